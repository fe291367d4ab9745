"""What a city may be called, and how many a nation may have. Pure."""

from __future__ import annotations

import unicodedata

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.text.escaping import plain

__all__ = ["MOST_CITIES", "checked_city"]

MOST_CITIES = 25
MARKS = " -'.,"


def checked_city(name: str) -> str:
    """Return a name that a city may have; raises ``InvalidInput`` for one with other characters."""
    fit = " ".join(unicodedata.normalize("NFC", name).split())
    letters = any(letter.isalnum() for letter in fit)
    if not letters or not all(letter.isalnum() or letter in MARKS for letter in fit):
        raise InvalidInput(
            f"“{plain(name[:60])}” is no name for a city. It has letters, digits, spaces, and - ' . , only.",
            rule="city.name",
        )
    return fit

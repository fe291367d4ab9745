"""How the interest of a loan is typed. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.text.escaping import plain

__all__ = ["HIGHEST", "rate_typed"]

HIGHEST = 5000
"""Hundredths of a percent a year."""
_RATE = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)\s*%?", re.ASCII)


def rate_typed(text: str) -> int:
    """Return what was typed, in hundredths of a percent; raises ``InvalidInput`` for others than 0 to 50."""
    found = _RATE.fullmatch(text.strip())
    value = int(Decimal(found[1].replace(",", ".")) * 100) if found is not None else HIGHEST + 1
    if value > HIGHEST:
        raise InvalidInput(
            f"“{plain(text[:40])}” is no interest. Write percent a year from 0 to 50, like 7.5.",
            rule="loan.rate",
        )
    return value

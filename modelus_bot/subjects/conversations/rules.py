"""What somebody who looks for words means by them. Pure."""

from __future__ import annotations

import unicodedata

__all__ = ["MARKS", "MOST_WORDS", "asked_for"]

MOST_WORDS = 12
"""Words that are looked for at most."""
SHORTEST_BEGINNING = 2
"""Letters from which on the last word may go on: one letter would mean a tenth of everything."""
MARKS = ("\x02", "\x03")
"""Between these a hit stands in an excerpt: characters that no text of Discord's has."""


def asked_for(text: str) -> str | None:
    """Return the question of a search for all words of a text, of which the last may be a beginning.

    Whatever was typed is words: quotes, stars and the operators of searches mean nothing. None without any.
    """
    cleaned = unicodedata.normalize("NFC", text).replace('"', " ").replace("\0", " ")
    words = [word for word in cleaned.split() if any(map(str.isalnum, word))][:MOST_WORDS]
    if not words:
        return None
    goes_on = " *" if len(words[-1]) >= SHORTEST_BEGINNING and words[-1][-1].isalnum() else ""
    return " ".join(f'"{word}"' for word in words) + goes_on

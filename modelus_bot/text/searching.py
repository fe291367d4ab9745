"""What somebody who looks for words means by them, and how the words around a hit are shown. Pure."""

from __future__ import annotations

import unicodedata

from modelus_bot.text.escaping import plain

__all__ = ["MARKS", "MOST_WORDS", "asked_for", "emphasised", "excerpt", "words_of"]

MOST_WORDS = 12
"""Words that are looked for at most."""
SHORTEST_BEGINNING = 2
"""Letters from which on the last word may go on: one letter would mean a tenth of everything."""
MARKS = ("\x02", "\x03")
"""Between these a hit stands in a text that was found: characters that no text of Discord's has."""
CODES = "\ue000", "\ue001"
"""What stands for the marks of a hit while its text is made harmless."""
ROOM, BEFORE = 160, 60
"""Characters of an excerpt, and how many of them stand before the first hit."""


def words_of(text: str) -> list[str]:
    """Return the words of what was typed, in order.

    Quotes, stars and the operators of searches mean nothing, nor does a character of private use.
    """
    cleaned = "".join(map(_spoken, unicodedata.normalize("NFC", text)))
    return [word for word in cleaned.split() if any(map(str.isalnum, word))][:MOST_WORDS]


def asked_for(text: str) -> str | None:
    """Return the question of a search for all words of a text, of which the last may be a beginning.

    None for a text without words.
    """
    words = words_of(text)
    if not words:
        return None
    goes_on = " *" if len(words[-1]) >= SHORTEST_BEGINNING and words[-1][-1].isalnum() else ""
    return " ".join(f'"{word}"' for word in words) + goes_on


def excerpt(text: str) -> str:
    """Return the words around the first hit, harmless, with the hits in bold."""
    for code in CODES:
        text = text.replace(code, " ")
    return emphasised(_window(text))


def emphasised(text: str) -> str:
    """Return a text on one line, harmless, with the hits in bold."""
    for mark, code in zip(MARKS, CODES, strict=True):
        text = text.replace(code, " ").replace(mark, code)
    safe = plain(text)
    return safe.replace(CODES[1] + CODES[0], "").replace(CODES[0], "**").replace(CODES[1], "**")


def _spoken(letter: str) -> str:
    return " " if letter in '"\0' or unicodedata.category(letter) == "Co" else letter


def _window(text: str) -> str:
    """Return the part of a text with its first hit, short enough for ten on a card, marks in pairs."""
    first = text.find(MARKS[0])
    begin = max(0, min(first - BEFORE, len(text) - ROOM))
    part = ("…" if begin else "") + text[begin : begin + ROOM] + ("…" if begin + ROOM < len(text) else "")
    return part + MARKS[1] * (part.count(MARKS[0]) - part.count(MARKS[1]))

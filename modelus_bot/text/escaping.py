"""Texts of people as Discord has to be given them: shown as they are, whatever is in them. Pure.

Every name, reason, note or typed word that the bot says goes through here: ``plain`` where Discord draws
Markdown (messages, cards with their titles and fields, the topics of channels), ``bare`` where it draws
none (lists to pick from, footers, buttons, logs of Discord).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["NAMELESS", "bare", "folded", "plain", "plain_lines", "undrawn"]

NAMELESS = "(no visible name)"
"""Said for a text of which nothing can be seen."""
MARKS = 3
"""Combining marks that one letter keeps; hundreds would cover the lines around, and no script needs more."""
BLANK = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}
"""Letters that are drawn as nothing."""
JOINERS = {"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))}
"""Invisible characters that emojis and some scripts are written with."""
SELECTORS = {*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0))}
"""Marks that choose how a character looks, and cover nothing."""
ISOLATE, END = "\u2068", "\u2069"
"""Between these a text written from right to left leaves the words around it where they are."""

_EVERYBODY = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_ACTIVE = re.compile(
    r"[\\*_~|`\[\]<>@]"
    r"|:(?=/|\w+:)"  # addresses, emojis by name
    r"|(?<=\w)\.(?=[^\W\d_])"  # addresses and invitations without a scheme
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_OPENING = re.compile(r"^(?:[#+-]|\d+(?=[.)]\s))")
"""What makes a heading, a list or small print of a line."""


def bare(text: str) -> str:
    """Return a text on one line, without what hides, reverses or covers its surroundings; never empty."""
    line = " ".join("".join(_visible(unicodedata.normalize("NFC", text))).split())
    if not line or all(letter in JOINERS or unicodedata.combining(letter) for letter in line):
        return NAMELESS
    return f"{ISOLATE}{line}{END}" if _runs_leftwards(line) else line


def plain(text: str) -> str:
    """Return a text on one line so that Discord draws nothing of it: no link, mention, style or heading."""
    return _escaped(bare(text))


def plain_lines(text: str) -> str:
    """Do the same to each line of a longer text, and leave empty lines out."""
    return "\n".join(plain(line) for line in text.splitlines() if line.strip()) or NAMELESS


def undrawn(text: str) -> str:
    """Return a sentence that was made for where Markdown is drawn as ``bare`` would give it."""
    return bare(_ESCAPE.sub(r"\1", text))


def folded(text: str) -> str:
    """Return what texts are compared by: case, width, spaces and invisible characters do not count."""
    letters = unicodedata.normalize("NFKC", bare(text)).casefold()
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Cf")


def _visible(text: str) -> Iterator[str]:
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        if category in {"Mn", "Me"} and letter not in SELECTORS:
            marks += 1
            if marks <= MARKS:
                yield letter
            continue
        if letter not in SELECTORS:
            marks = 0
        if category in {"Cc", "Zl", "Zp", "Zs"} or letter in BLANK:
            yield " "
        elif category == "Cs":
            yield "\ufffd"
        elif category != "Cf" or letter in JOINERS:
            yield letter


def _runs_leftwards(line: str) -> bool:
    return any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in line)


def _escaped(line: str) -> str:
    safe = _ACTIVE.sub(lambda found: "\\" + found[0], _EVERYBODY.sub("@\u200b", line))
    return _OPENING.sub(lambda found: _opening(found[0]), safe)


def _opening(start: str) -> str:
    return f"{start}\\" if start.isdecimal() else f"\\{start}"

"""Citations: ``Texas 14 §3`` is a section of the fourteenth law of Texas, ``#31`` a law by its own number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

__all__ = ["Citation", "cited_in", "names_before_numbers", "own_number", "read_citation"]

_WHOLE = re.compile(
    r"(?P<nation>.{1,80}?) +(?P<number>[1-9]\d{0,6})(?: *§+ *(?P<section>[1-9]\d{0,3}))?", re.ASCII
)
_OWN = re.compile(r"#(?P<number>[1-9]\d{0,17})(?: *§+ *(?P<section>[1-9]\d{0,3}))?", re.ASCII)
_NUMBER = re.compile(r"(?<=\S) +([1-9]\d{0,6})\b(?: *§+ *([1-9]\d{0,3})\b)?", re.ASCII)
_WORD = re.compile(r"(?<!\w)\S")
MOST_CITED, MOST_NUMBERS = 20, 100
LONGEST_NAME, MOST_WORDS = 50, 6
"""Characters and words of a nation's name that are looked for before a number."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A law of a nation by its number, and a section of it; 0 is none."""

    nation: str
    number: int
    section: int = 0


def read_citation(text: str) -> Citation | None:
    """Return what a text cites as a whole; None where it is no citation."""
    found = _WHOLE.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    return Citation(found["nation"], int(found["number"]), int(found["section"] or 0))


def own_number(text: str) -> tuple[int, int] | None:
    """Return a law's own number and a section, or 0; None for what is not written ``#31``."""
    found = _OWN.fullmatch(text.strip())
    return None if found is None else (int(found["number"]), int(found["section"] or 0))


def names_before_numbers(body: str) -> tuple[str, ...]:
    """Return what could be names of nations in a text: the words before each number, each once."""
    return tuple(dict.fromkeys(name for names, _, _ in _places(body) for name in names))


def cited_in(body: str, nations: Iterable[str]) -> Iterator[Citation]:
    """Yield the laws that a text cites, in order and each once; ``nations`` are the names that count.

    Of names that end alike, the longest is meant.
    """
    known = {name.casefold(): name for name in nations}
    seen: set[tuple[str, int]] = set()
    for names, number, section in _places(body):
        name = next((known[one.casefold()] for one in names if one.casefold() in known), None)
        if name is None or (name, number) in seen:
            continue
        seen.add((name, number))
        yield Citation(name, number, section)
        if len(seen) == MOST_CITED:
            return


def _places(body: str) -> Iterator[tuple[list[str], int, int]]:
    """Yield each number of a text with the words before it, the most words first, and a section or 0."""
    for found in islice(_NUMBER.finditer(body), MOST_NUMBERS):
        before = body[max(0, found.start() - LONGEST_NAME - 1) : found.start()]
        begins = [place.start() for place in _WORD.finditer(before)][-MOST_WORDS:]
        names = [before[begin:] for begin in begins if len(before) - begin <= LONGEST_NAME]
        yield names, int(found[1]), int(found[2] or 0)

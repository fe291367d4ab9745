"""Citations: ``Texas 14 §3`` is a section of the fourteenth law of Texas, ``#31`` a law by its own number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Citation", "cited_in", "own_number", "read_citation"]

_WHOLE = re.compile(
    r"(?P<nation>.{1,80}?) +(?P<number>[1-9]\d{0,6})(?: *§+ *(?P<section>[1-9]\d{0,3}))?", re.ASCII
)
_OWN = re.compile(r"#(?P<number>[1-9]\d{0,17})(?: *§+ *(?P<section>[1-9]\d{0,3}))?", re.ASCII)
MOST_CITED = 20


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


def cited_in(body: str, nations: Sequence[str]) -> Iterator[Citation]:
    """Yield the laws that a text cites, in order and each once; ``nations`` are the names that count."""
    if not nations:
        return
    names = "|".join(re.escape(name) for name in sorted(nations, key=len, reverse=True))
    known = {name.casefold(): name for name in nations}
    seen: set[tuple[str, int]] = set()
    pattern = rf"(?<!\w)({names}) +([1-9]\d{{0,6}})\b(?: *§+ *([1-9]\d{{0,3}})\b)?"
    for found in re.finditer(pattern, body, re.IGNORECASE):
        name = known.get(found[1].casefold())
        if name is None or (name, int(found[2])) in seen:
            continue
        seen.add((name, int(found[2])))
        yield Citation(name, int(found[2]), int(found[3] or 0))
        if len(seen) == MOST_CITED:
            return

"""Several sprints at once: what they are called and when they are. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

__all__ = ["LONGEST_NAME", "series"]

LONGEST_NAME = 60
_NUMBERED = re.compile(r"(.*?)(\d{1,6})", re.ASCII | re.DOTALL)


def series(name: str, start: date, end: date, count: int) -> Iterator[tuple[str, date, date]]:
    """Yield ``count`` sprints of the same length, each beginning on the day the one before ends.

    A number at the end of the name goes on counting; a name without one gets numbers from 2.
    """
    length = end - start
    found = _NUMBERED.fullmatch(name)
    stem, first, width = (found[1], int(found[2]), len(found[2])) if found else (f"{name} ", 1, 1)
    for step in range(count):
        number = f"{first + step:0{width}d}"
        called = f"{stem[: LONGEST_NAME - len(number)]}{number}" if step else name
        yield called, start + step * length, end + step * length

"""Rows that were mended, in portions that one transaction takes in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from modelus_bot.subjects.imports.model.outcome import Left, Ready, RowFate, RowsPlace, TakenRow

__all__ = ["BATCH", "in_portions"]

Row = TypeVar("Row", bound=TakenRow)
BATCH = 100
"""Rows that one transaction takes in, so that others wait for milliseconds."""


def in_portions(
    rows: Iterable[tuple[str, RowsPlace, Ready[Row] | RowFate]], size: int
) -> Iterator[tuple[Sequence[Ready[Row]], Sequence[Left]]]:
    """Yield the rows in their order, ``size`` at a time: those to take in, and those that are left out."""
    ready: list[Ready[Row]] = []
    left: list[Left] = []
    for table, place, found in rows:
        if isinstance(found, Ready):
            ready.append(found)
        else:
            left.append((table, place, found))
        if len(ready) + len(left) == size:
            yield ready, left
            ready, left = [], []
    if ready or left:
        yield ready, left

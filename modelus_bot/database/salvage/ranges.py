"""Which keys of each table stand on pages that were read: no two pages of a b-tree cover the same."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from modelus_bot.database.salvage.layouts import Layout

__all__ = ["Ranges"]


class Ranges:
    """The first and last key of pages, per table."""

    def __init__(self) -> None:
        """Start with none."""
        self._first: dict[Layout, list[Any]] = {}
        self._last: dict[Layout, list[Any]] = {}

    def add(self, layout: Layout, first: Any, last: Any) -> None:
        """Note that a page holds keys from ``first`` to ``last``; None if they cannot be compared."""
        if first is not None and last is not None:
            starts = self._first.setdefault(layout, [])
            place = bisect_left(starts, first)
            starts.insert(place, first)
            self._last.setdefault(layout, []).insert(place, last)

    def overlaps(self, layout: Layout, first: Any, last: Any) -> bool:
        """Say whether a page was noted that holds a key between ``first`` and ``last``."""
        starts = self._first.get(layout)
        if not starts or first is None or last is None:
            return False
        place = bisect_left(starts, first)
        if place and self._last[layout][place - 1] >= first:
            return True
        return place < len(starts) and bool(starts[place] <= last)

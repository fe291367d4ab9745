"""Regions as they are drawn, and the limits of what a file may hold. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.text.escaping import bare

__all__ = [
    "LARGEST",
    "MOST_BYTES",
    "SIDE",
    "Outlines",
    "Point",
    "Region",
    "Ring",
    "bad_map",
    "fitted",
]

MOST_BYTES = 2 * 2**20
MOST_REGIONS, MOST_POINTS = 300, 40_000
LARGEST = 1e9
"""What a coordinate may be at most."""
LONGEST = 60
SIDE = 1000
"""The longer side of every map, in whole units."""

Point = tuple[float, float]
Ring = list[Point]


@dataclass(frozen=True, slots=True)
class Region:
    """A region and its outlines: whole numbers from 0 to ``SIDE``, downwards from the upper left corner."""

    name: str
    rings: tuple[tuple[tuple[int, int], ...], ...]


def bad_map(what: str, todo: str) -> InvalidInput:
    """Return what is wrong with a map, and what to do about it."""
    return InvalidInput(f"{what} {todo}", rule="map.file")


class Outlines:
    """Outlines by the name of their region, as they are read, counted while they are."""

    def __init__(self) -> None:
        """Begin without any."""
        self.rings: dict[str, list[Ring]] = {}
        self._points = 0

    def add(self, name: str, rings: Iterable[Ring]) -> None:
        """Add outlines to a region; those without an area are left out. Raises ``InvalidInput``."""
        shown = bare(name.replace("_", " "))[:LONGEST]
        known = self.rings.setdefault(shown, [])
        if len(self.rings) > MOST_REGIONS:
            raise bad_map(
                f"The map has more than {MOST_REGIONS} regions.", "Leave those out that no nation is."
            )
        for ring in rings:
            self._count(ring)
            if len(set(ring)) > 2:
                known.append(ring)

    def _count(self, ring: Ring) -> None:
        self._points += len(ring)
        if self._points > MOST_POINTS:
            raise bad_map(
                f"The outlines have more than {MOST_POINTS:,} points.",
                "Simplify them in the program that made them.",
            )
        if not all(math.isfinite(value) and abs(value) <= LARGEST for point in ring for value in point):
            raise bad_map("A coordinate is no number or far too large.", "Save the map again.")


def fitted(outlines: Outlines) -> tuple[Region, ...]:
    """Return the regions in a square of ``SIDE``; points that fall together there are one."""
    rings = {name: found for name, found in outlines.rings.items() if found}
    points = [point for found in rings.values() for ring in found for point in ring]
    if not points:
        raise bad_map("The map has no region with a name and an outline.", "Name each region in it.")
    left, top = min(x for x, _ in points), min(y for _, y in points)
    size = max(max(x for x, _ in points) - left, max(y for _, y in points) - top)
    if size <= 0:
        raise bad_map("All of the map is in one place.", "Save the map again.")
    scale = SIDE / size
    return tuple(
        Region(name, tuple(_whole(ring, left, top, scale) for ring in found)) for name, found in rings.items()
    )


def _whole(ring: Sequence[Point], left: float, top: float, scale: float) -> tuple[tuple[int, int], ...]:
    moved = ((round((x - left) * scale), round((y - top) * scale)) for x, y in ring)
    return tuple(dict.fromkeys(moved))

"""Latencies as a picture, or as a line of characters where the extra ``charts`` is not installed."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from modelus_bot.ui.pictures import Pictures

__all__ = ["LatencyChart", "Point", "sparkline", "thinned"]

POINTS = 480
"""How many points a picture shows at most."""
BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Point:
    """A moment (UTC seconds) with latencies in milliseconds, None while nothing was asked.

    ``errors`` is how many operations failed since the point before; ``well`` whether everything worked.
    """

    at: int
    p50: float | None
    p99: float | None
    errors: int = 0
    well: bool = True


def thinned(points: Sequence[Point], most: int = POINTS) -> tuple[Point, ...]:
    """Return at most ``most`` points: of neighbours the middle p50, the worst p99, all errors."""
    if len(points) <= most:
        return tuple(points)
    size = -(-len(points) // most)
    return tuple(_together(points[first : first + size]) for first in range(0, len(points), size))


def sparkline(values: Sequence[float | None], width: int = 40) -> str:
    """Return a line of bars, the highest for the largest value; a space where there is none."""
    if not values:
        return ""
    size = -(-len(values) // width)
    groups = [values[first : first + size] for first in range(0, len(values), size)]
    tops = [max((item for item in group if item is not None), default=None) for group in groups]
    highest = max((item for item in tops if item is not None), default=0.0)
    if highest <= 0:
        return " " * len(tops)
    steps = len(BARS) - 1
    return "".join(" " if top is None else BARS[round(top / highest * steps)] for top in tops)


class LatencyChart:
    """Draws latencies in a child, one picture at a time, and keeps the last one.

    New figures come every half minute, and people ask more often than that.
    """

    def __init__(self) -> None:
        """Start without a picture."""
        self._pictures = Pictures("chart")

    async def picture(self, points: Sequence[Point], zone: str, folder: Path) -> bytes | None:
        """Return a PNG with times in ``zone``; None without the library, with too few points, or too late.

        The library keeps its fonts in ``folder``.
        """
        if len(points) < 2:
            return None
        drawing = {"zone": zone, "points": [astuple(point) for point in thinned(points)]}
        return await self._pictures.drawn(drawing, folder)


def _together(points: Sequence[Point]) -> Point:
    middles = [point.p50 for point in points if point.p50 is not None]
    worst = [point.p99 for point in points if point.p99 is not None]
    return Point(
        points[0].at,
        statistics.median(middles) if middles else None,
        max(worst) if worst else None,
        sum(point.errors for point in points),
        all(point.well for point in points),
    )

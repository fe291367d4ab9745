"""Latencies as a picture, or as a line of characters where the extra ``charts`` is not installed."""

from __future__ import annotations

import asyncio
import base64
import importlib.util
import statistics
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from loguru import logger

from modelus_bot.database.administration import run_child
from modelus_bot.runtime.os_errors import in_words

__all__ = ["LatencyChart", "Point", "drawing_folder", "sparkline", "thinned"]

POINTS = 480
"""How many points a picture shows at most."""
PATIENCE = 30.0
"""Seconds after which there is no picture."""
BARS = "▁▂▃▄▅▆▇█"

Task = dict[str, Any]


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


def drawing_folder(database: Path) -> Path:
    """Return where the library keeps what it found out about fonts, which takes it seconds."""
    return database.with_name(f"{database.stem}.drawing")


class LatencyChart:
    """Draws latencies in a child, one picture at a time, and keeps the last one.

    New figures come every half minute, and people ask more often than that.
    """

    def __init__(self) -> None:
        """Start without a picture."""
        self._turn = asyncio.Lock()
        self._drawn: tuple[Task, bytes] | None = None

    async def picture(self, points: Sequence[Point], zone: str, folder: Path) -> bytes | None:
        """Return a PNG with times in ``zone``; None without the library, with too few points, or too late.

        The library keeps its fonts in ``folder``. What goes wrong costs the picture and nothing else.
        """
        if len(points) < 2 or importlib.util.find_spec("matplotlib") is None:
            return None
        task: Task = {"zone": zone, "points": [astuple(point) for point in thinned(points)]}
        try:
            async with asyncio.timeout(PATIENCE), self._turn:
                if self._drawn is None or self._drawn[0] != task:
                    answer = await run_child("chart", task, environment={"MPLCONFIGDIR": str(folder)})
                    self._drawn = task, base64.b64decode(answer["png"])
                return self._drawn[1]
        except TimeoutError:
            logger.bind(seconds=PATIENCE).warning("chart_too_late")
        except Exception as error:  # noqa: BLE001 - a picture is never worth an answer
            logger.bind(error=in_words(error)).warning("chart_not_drawn")
        return None


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

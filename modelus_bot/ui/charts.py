"""Latencies as a picture, or as a line of characters where the extra ``charts`` is not installed."""

from __future__ import annotations

import asyncio
import importlib.util
import io
import statistics
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from loguru import logger

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Point", "latency_chart", "load", "sparkline", "thinned"]

POINTS = 480
"""How many points a picture shows at most."""
PATIENCE = 30.0
"""Seconds after which there is no picture: the first one loads the library."""
BARS = "▁▂▃▄▅▆▇█"
BACK, PAPER, INK, FAINT = "#2b2d31", "#313338", "#dbdee1", "#4e5058"
MIDDLE, SLOWEST, BAD, AWAY = "#5bc0a5", "#f0b132", "#f23f42", "#f23f42"

_drawing = threading.Lock()
"""One picture at a time: the library's fonts and caches are shared."""


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
    tops = [max((one for one in group if one is not None), default=None) for group in groups]
    highest = max((one for one in tops if one is not None), default=0.0)
    if highest <= 0:
        return " " * len(tops)
    steps = len(BARS) - 1
    return "".join(" " if top is None else BARS[round(top / highest * steps)] for top in tops)


async def latency_chart(points: Sequence[Point], zone: str) -> bytes | None:
    """Return a PNG with times in ``zone``; None without the library, with too few points, or too late.

    It is drawn on a thread of its own; what goes wrong there costs the picture and nothing else.
    """
    if len(points) < 2 or importlib.util.find_spec("matplotlib") is None:
        return None
    try:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.to_thread(_draw, thinned(points), zone)
    except TimeoutError:
        logger.bind(seconds=PATIENCE).warning("chart_too_late")
    except Exception as error:  # noqa: BLE001 - a picture is never worth an answer
        logger.opt(exception=error).warning("chart_not_drawn")
    return None


def load() -> None:
    """Load the library, which takes seconds, before anybody waits for a picture; blocking."""
    if importlib.util.find_spec("matplotlib") is not None:
        importlib.import_module("matplotlib.backends.backend_agg")
        importlib.import_module("matplotlib.figure")


def _together(points: Sequence[Point]) -> Point:
    middles = [one.p50 for one in points if one.p50 is not None]
    worst = [one.p99 for one in points if one.p99 is not None]
    return Point(
        points[0].at,
        statistics.median(middles) if middles else None,
        max(worst) if worst else None,
        sum(one.errors for one in points),
        all(one.well for one in points),
    )


def _draw(points: Sequence[Point], zone: str) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with _drawing:
        figure = Figure(figsize=(8, 3.6), dpi=110, facecolor=BACK, layout="constrained")
        canvas: Any = FigureCanvasAgg(figure)
        axes = figure.add_subplot(facecolor=PAPER)
        _lines(axes, points, ZoneInfo(zone))
        _frame(axes, ZoneInfo(zone))
        picture = io.BytesIO()
        canvas.print_png(picture)
        figure.clear()
        return picture.getvalue()


def _lines(axes: Axes, points: Sequence[Point], zone: ZoneInfo) -> None:
    times: list[Any] = [datetime.fromtimestamp(one.at, zone) for one in points]
    nan = float("nan")
    worst = [nan if one.p99 is None else one.p99 for one in points]
    middle = [nan if one.p50 is None else one.p50 for one in points]
    axes.fill_between(times, middle, worst, color=SLOWEST, alpha=0.12, linewidth=0)
    axes.plot(
        times, worst, color=SLOWEST, linewidth=1.4, label="slowest hundredth (p99)", marker=_mark(points)
    )
    axes.plot(times, middle, color=MIDDLE, linewidth=1.4, label="half of them (p50)", marker=_mark(points))
    axes.set_yscale("log")
    failed = [(time, one) for time, one in zip(times, points, strict=True) if one.errors]
    if failed:
        axes.plot(
            [time for time, _ in failed],
            [0.03] * len(failed),
            linestyle="none",
            marker="x",
            color=BAD,
            label="something failed",
            transform=axes.get_xaxis_transform(),
        )
    _shade(axes, times, points)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=4,
        frameon=False,
        labelcolor=INK,
        fontsize=8.5,
        borderaxespad=0.3,
    )


def _mark(points: Sequence[Point]) -> str:
    """Dots where lines alone would hide single points."""
    return "." if len(points) <= 60 else ""


def _shade(axes: Axes, times: Sequence[Any], points: Sequence[Point]) -> None:
    """Mark the spans in which the database was not well."""
    label: str | None = "database not well"
    begun: Any = None
    for time, point in zip(times, points, strict=True):
        if not point.well and begun is None:
            begun = time
        elif point.well and begun is not None:
            axes.axvspan(begun, time, color=AWAY, alpha=0.18, linewidth=0, label=label)
            begun = label = None
    if begun is not None:
        axes.axvspan(begun, times[-1], color=AWAY, alpha=0.18, linewidth=0, label=label)


def _frame(axes: Axes, zone: ZoneInfo) -> None:
    from matplotlib import dates
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    locate: Any = dates.AutoDateLocator
    write: Any = dates.ConciseDateFormatter
    locator = locate(tz=zone, minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(write(locator, tz=zone))
    axes.xaxis.get_offset_text().set_color(INK)
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=12))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel("milliseconds", color=INK, fontsize=9)
    axes.tick_params(which="both", colors=INK, labelsize=8.5)
    axes.grid(color=FAINT, linewidth=0.5, alpha=0.6)
    axes.margins(x=0.01, y=0.12)
    for side in axes.spines.values():
        side.set_color(FAINT)

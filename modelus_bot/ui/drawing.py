"""Draws the picture of latencies, in a child: the library takes a second to load, and holds up threads."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from matplotlib import dates
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from modelus_bot.ui.charts import Point

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from modelus_bot.database.administration import Report

__all__ = ["chart_job"]

BACK, PAPER, INK, FAINT = "#2b2d31", "#313338", "#dbdee1", "#4e5058"
MIDDLE, SLOWEST, BAD, AWAY = "#5bc0a5", "#f0b132", "#f23f42", "#f23f42"


def chart_job(task: dict[str, Any], _: Report) -> dict[str, Any]:
    """Draw ``points``, which are the fields of ``Point``, with times in ``zone``; ``png`` is in base64."""
    points = [Point(*fields) for fields in task["points"]]
    return {"png": base64.b64encode(_draw(points, task["zone"])).decode()}


def _draw(points: Sequence[Point], zone: str) -> bytes:
    figure = Figure(figsize=(8, 3.6), dpi=110, facecolor=BACK, layout="constrained")
    canvas: Any = FigureCanvasAgg(figure)
    axes = figure.add_subplot(facecolor=PAPER)
    _lines(axes, points, ZoneInfo(zone))
    _frame(axes, ZoneInfo(zone))
    picture = io.BytesIO()
    canvas.print_png(picture)
    return picture.getvalue()


def _lines(axes: Axes, points: Sequence[Point], zone: ZoneInfo) -> None:
    times: list[Any] = [datetime.fromtimestamp(point.at, zone) for point in points]
    nan = float("nan")
    worst = [nan if point.p99 is None else point.p99 for point in points]
    middle = [nan if point.p50 is None else point.p50 for point in points]
    axes.fill_between(times, middle, worst, color=SLOWEST, alpha=0.12, linewidth=0)
    axes.plot(
        times, worst, color=SLOWEST, linewidth=1.4, label="slowest hundredth (p99)", marker=_mark(points)
    )
    axes.plot(times, middle, color=MIDDLE, linewidth=1.4, label="half of them (p50)", marker=_mark(points))
    axes.set_yscale("log")
    failed = [(time, item) for time, item in zip(times, points, strict=True) if item.errors]
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

"""Draws the burndown of a sprint, in a child: what is left over time, beside an even pace and the scope."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from matplotlib import dates
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from modelus_bot.database.administration import Report

__all__ = ["burndown_job"]


@dataclass(frozen=True, slots=True)
class _Theme:
    back: str
    paper: str
    ink: str
    faint: str
    left: str
    scope: str
    guide: str


THEMES = {
    "dark": _Theme("#2b2d31", "#313338", "#dbdee1", "#4e5058", "#5bc0a5", "#f0b132", "#b5bac1"),
    "light": _Theme("#f2f3f5", "#ffffff", "#2e3035", "#c4c9ce", "#17745c", "#a35c00", "#6d6f78"),
}


def burndown_job(task: dict[str, Any], _: Report) -> dict[str, Any]:
    """Draw ``marks`` (instant, left, scope) of a sprint from ``begin`` to ``end``; ``png`` is in base64.

    ``planned`` is where the even pace begins, ``unit`` what is counted, times are in ``zone``.
    """
    return {"png": base64.b64encode(_draw(task, THEMES[task["theme"]])).decode()}


def _draw(task: dict[str, Any], theme: _Theme) -> bytes:
    figure = Figure(figsize=(8, 4), dpi=110, facecolor=theme.back, layout="constrained")
    canvas: Any = FigureCanvasAgg(figure)
    axes = figure.add_subplot(facecolor=theme.paper)
    zone = ZoneInfo(task["zone"])
    _lines(axes, task, theme, zone)
    _frame(axes, task, theme, zone)
    picture = io.BytesIO()
    canvas.print_png(picture)
    return picture.getvalue()


def _lines(axes: Axes, task: dict[str, Any], theme: _Theme, zone: ZoneInfo) -> None:
    times: list[Any] = [datetime.fromtimestamp(mark[0], zone) for mark in task["marks"]]
    left = [mark[1] for mark in task["marks"]]
    scope = [mark[2] for mark in task["marks"]]
    ends: list[Any] = [datetime.fromtimestamp(task[name], zone) for name in ("begin", "end")]
    axes.plot(
        ends, [task["planned"], 0], color=theme.guide, linewidth=1.3, linestyle=(0, (5, 3)), label="even pace"
    )
    axes.plot(times, scope, color=theme.scope, linewidth=1.3, drawstyle="steps-post", label="all there is")
    axes.fill_between(times, left, step="post", color=theme.left, alpha=0.22, linewidth=0)
    axes.plot(times, left, color=theme.left, linewidth=2.2, drawstyle="steps-post", label="left")
    axes.plot(times[-1:], left[-1:], color=theme.left, marker="o", markersize=6, linestyle="none")
    axes.annotate(
        f"{left[-1]} {task['unit']}",
        (times[-1], left[-1]),
        xytext=(7, 7),
        textcoords="offset points",
        color=theme.ink,
        fontsize=9.5,
        annotation_clip=False,
        bbox={"facecolor": theme.paper, "edgecolor": "none", "pad": 1.5},
    )
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
        frameon=False,
        labelcolor=theme.ink,
        fontsize=9,
        borderaxespad=0.3,
    )


def _frame(axes: Axes, task: dict[str, Any], theme: _Theme, zone: ZoneInfo) -> None:
    locate: Any = dates.AutoDateLocator
    write: Any = dates.DateFormatter
    axes.xaxis.set_major_locator(locate(tz=zone, minticks=4, maxticks=9, interval_multiples=False))
    axes.xaxis.set_major_formatter(write("%b %-d", tz=zone))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=7))
    axes.set_ylabel(f"{task['unit']} left", color=theme.ink, fontsize=9.5)
    axes.set_xlabel("days of the sprint", color=theme.ink, fontsize=9.5)
    axes.tick_params(colors=theme.ink, labelsize=9)
    axes.grid(color=theme.faint, linewidth=0.5, alpha=0.7)
    begin, end = (datetime.fromtimestamp(task[name], zone) for name in ("begin", "end"))
    room = (end - begin) / 40
    number: Any = dates.date2num
    axes.set_xlim(number(begin - room), number(end + 2 * room))
    most = max(1, task["planned"], *(mark[2] for mark in task["marks"]))
    axes.set_ylim(0, most * 1.12)
    for side in axes.spines.values():
        side.set_color(theme.faint)

"""Draws how a figure changed, in a child: a line in steps, with marks of what caused each change."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from matplotlib import dates
from matplotlib.patheffects import withStroke

from modelus_bot.ui.paper import Paper

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from modelus_bot.database.administration import Report

__all__ = ["course_job"]

HEIGHT = 3.9
SHAPES = ("o", "s", "D", "^", "v", "P", "X", "*")
"""Causes are told apart by shape, too: not everybody tells colours apart."""
DAY = 86_400
NUMBERED = 14
"""How many marks still have room for their numbers."""


def course_job(task: dict[str, Any], _: Report) -> dict[str, Any]:
    """Draw ``marks`` (number, instant, value, cause, undone) up to ``end``; ``png`` is in base64.

    ``causes`` are the words of all causes in order, ``ticks`` values with their words, ``label`` names the
    figure and its unit, times are in ``zone``. With ``begin`` the line begins there (instant, value).
    """
    paper = Paper(task["theme"], HEIGHT, layout="constrained")
    axes = paper.framed()
    zone = ZoneInfo(task["zone"])
    _line(axes, paper, task, zone)
    for place, cause in enumerate(task["causes"]):
        _marks(axes, paper, task, place, cause, zone)
    _numbers(axes, paper, task, zone)
    _frame(axes, paper, task, zone)
    return paper.encoded()


def _time(at: int, zone: ZoneInfo) -> Any:
    return datetime.fromtimestamp(at, zone)


def _line(axes: Axes, paper: Paper, task: dict[str, Any], zone: ZoneInfo) -> None:
    marks = task["marks"]
    begin = [task["begin"]] if task["begin"] is not None else []
    places = [*begin, *((mark[1], mark[2]) for mark in marks), (task["end"], marks[-1][2])]
    times, values = [_time(at, zone) for at, _ in places], [value for _, value in places]
    axes.plot(times, values, color=paper.colours.line, linewidth=2.2, drawstyle="steps-post", zorder=2)


def _marks(axes: Axes, paper: Paper, task: dict[str, Any], place: int, cause: str, zone: ZoneInfo) -> None:
    """Mark the changes of one cause; those that do not count any more are hollow."""
    colour = paper.colours.causes[place % len(paper.colours.causes)]
    shape = SHAPES[place % len(SHAPES)]
    label: str | None = cause
    for undone in (False, True):
        found = [mark for mark in task["marks"] if mark[3] == place and mark[4] == undone]
        if not found:
            continue
        axes.plot(
            [_time(mark[1], zone) for mark in found], [mark[2] for mark in found], linestyle="none",
            marker=shape, markersize=8.5, markeredgewidth=1.6, zorder=3, color=colour,
            markerfacecolor=paper.colours.paper if undone else colour,
            label=f"{cause}, undone" if undone else label,
        )  # fmt: skip


def _numbers(axes: Axes, paper: Paper, task: dict[str, Any], zone: ZoneInfo) -> None:
    """Write beside each mark the number under which the list has it, where there is room."""
    for number, at, value, _, _ in task["marks"] if len(task["marks"]) <= NUMBERED else ():
        axes.annotate(
            str(number), (_time(at, zone), value), xytext=(0, 9), textcoords="offset points", ha="center",
            color=paper.colours.ink, fontsize=9.5, zorder=4,
            path_effects=[withStroke(linewidth=3, foreground=paper.colours.paper)],
        )  # fmt: skip


def _day_words(seconds: int) -> str:
    """Return how instants of a span are written, so that two beside each other differ."""
    if seconds < 3 * DAY:
        return "%b %-d, %H:%M"
    return "%b %-d" if seconds < 300 * DAY else "%b %Y"


def _frame(axes: Axes, paper: Paper, task: dict[str, Any], zone: ZoneInfo) -> None:
    ink = paper.colours.ink
    locate: Any = dates.AutoDateLocator
    write: Any = dates.DateFormatter
    axes.xaxis.set_major_locator(locate(tz=zone, minticks=3, maxticks=5))
    begun = task["marks"][0][1] if task["begin"] is None else task["begin"][0]
    axes.xaxis.set_major_formatter(write(_day_words(task["end"] - begun), tz=zone))
    axes.set_yticks([value for value, _ in task["ticks"]])
    axes.set_yticklabels([words for _, words in task["ticks"]])
    axes.set_ylabel(task["label"], color=ink, fontsize=10.5)
    axes.margins(x=0.03, y=0.14)
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, labelcolor=ink, fontsize=10,
        borderaxespad=0.3, handletextpad=0.2, columnspacing=1.2,
    )  # fmt: skip

"""Draws the rota as a calendar, in a child: the library takes a second to load, and holds up threads."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.patheffects import withStroke

from modelus_bot.ui.lettering import Lettering
from modelus_bot.ui.rota_chart import Bar, Mark, RotaChart, RotaRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from modelus_bot.database.administration import Report

__all__ = ["rota_job"]

WIDTH, ROW, HEAD, DPI = 10.0, 0.46, 0.86, 110
"""Inches of the picture and of a row, inches above the rows, dots per inch."""
LABELS = 0.15
"""The part of the width in which the disciplines' names stand."""
LEGEND = "outlined: a cover   ·   striped: away   ·   dotted line: today"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one theme; names are readable on each of the people's ``tones``."""

    back: str
    paper: str
    ink: str
    faint: str
    weekend: str
    bad: str
    away: str
    now: str
    tones: tuple[str, ...]
    on_tone: str


DARK = Palette(
    "#2b2d31", "#313338", "#dbdee1", "#4e5058", "#3a3c42", "#f23f42", "#f0b132", "#ffffff",
    ("#3f72c4", "#3d8f6b", "#8a63c0", "#a8623f", "#2f8698", "#a94f7d", "#6f7b33", "#6d6f78"), "#ffffff",
)  # fmt: skip
LIGHT = Palette(
    "#ffffff", "#f7f8fa", "#2e3338", "#c4c9d0", "#e9ecf0", "#c02428", "#8a5a00", "#000000",
    ("#a9c6f5", "#a6dcc3", "#cfbcf0", "#f3c6ab", "#a5dde8", "#f3bcd7", "#d3dc9a", "#cdd0d6"), "#1b1d20",
)  # fmt: skip


def rota_job(task: dict[str, Any], _: Report) -> dict[str, Any]:
    """Draw a ``RotaChart``; ``png`` is in base64."""
    return {"png": base64.b64encode(_Picture(RotaChart.of(task)).png()).decode()}


class _Picture:
    """One picture while it is drawn."""

    def __init__(self, chart: RotaChart) -> None:
        """Prepare the paper."""
        self.chart = chart
        self.colours = LIGHT if chart.theme == "light" else DARK
        height = HEAD + ROW * max(1, len(chart.rows)) + 0.12
        self.figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=self.colours.back)
        self.canvas: Any = FigureCanvasAgg(self.figure)
        self.axes: Axes = self.figure.add_axes(
            (LABELS, 0.12 / height, 0.985 - LABELS, ROW * max(1, len(chart.rows)) / height),
            facecolor=self.colours.paper,
        )
        self.axes.set_xlim(0, chart.days)
        self.axes.set_ylim(max(1, len(chart.rows)), 0)
        self.lettering = Lettering(self.figure, self.canvas)

    def png(self) -> bytes:
        """Draw everything."""
        self._weekends()
        self._sprints()
        for place, row in enumerate(self.chart.rows):
            self._row(place, row)
        self._frame()
        picture = io.BytesIO()
        self.canvas.print_png(picture)
        return picture.getvalue()

    def _weekends(self) -> None:
        for day in range(self.chart.days):
            if (self.chart.first + timedelta(days=day)).weekday() >= 5:
                self.axes.axvspan(day, day + 1, color=self.colours.weekend, linewidth=0, zorder=0)

    def _sprints(self) -> None:
        """Write the sprints' names above, with a line where each begins; hatch days that are in none."""
        for mark in self.chart.sprints:
            self.axes.axvline(mark.start, color=self.colours.faint, linewidth=1.2, zorder=1, clip_on=False)
            self._above(mark, mark.words, self.colours.ink)
        for gap in self.chart.unplanned:
            self.axes.axvspan(
                gap.start, gap.end, facecolor="none", edgecolor=self.colours.bad, hatch="xx", linewidth=0,
                alpha=0.55, zorder=1,
            )  # fmt: skip
            self._above(gap, "gap", self.colours.bad)

    def _above(self, mark: Mark, words: str, colour: str) -> None:
        middle, days = self._seen(mark.start, mark.end)
        self.axes.annotate(
            self._fitting(words, days, 9), (middle, 0), xytext=(0, 33), textcoords="offset points",
            ha="center", va="center", fontsize=9, color=colour, annotation_clip=False, parse_math=False,
        )  # fmt: skip

    def _seen(self, start: int, end: int) -> tuple[float, int]:
        """Return the middle of what is seen of some days, and how many that are."""
        first, last = max(0, start), min(self.chart.days, end)
        return (first + last) / 2, last - first

    def _row(self, place: int, row: RotaRow) -> None:
        label = self.lettering.cut(row.label, WIDTH * LABELS * DPI - 20, 9.5)
        self.axes.annotate(
            label, (0, place + 0.5), xytext=(-8, 0), textcoords="offset points", ha="right", va="center",
            fontsize=9.5, color=self.colours.ink, annotation_clip=False, parse_math=False,
        )  # fmt: skip
        for bar in row.bars:
            self._bar(place, bar)
        for mark in row.away:
            self._away(place, mark)

    def _bar(self, place: int, bar: Bar) -> None:
        nobody = bar.tone is None
        colour = "none" if bar.tone is None else self.colours.tones[bar.tone % len(self.colours.tones)]
        edge = self.colours.bad if nobody else (self.colours.ink if bar.cover else self.colours.paper)
        self.axes.add_patch(
            FancyBboxPatch(
                (bar.start + 0.06, place + 0.12), bar.end - bar.start - 0.12, 0.76,
                boxstyle="round,pad=0,rounding_size=0.12", facecolor=colour, edgecolor=edge,
                linewidth=1.3 if nobody or bar.cover else 0.8, linestyle="--" if nobody else "-", zorder=2,
                mutation_aspect=0.9,
            )
        )  # fmt: skip
        ink = self.colours.bad if nobody else self.colours.on_tone
        middle, days = self._seen(bar.start, bar.end)
        self.axes.text(
            middle, place + 0.5, self._fitting(bar.words, days, 9), ha="center", va="center",
            fontsize=9, color=ink, zorder=4, parse_math=False, clip_on=True,
            path_effects=[withStroke(linewidth=3, foreground=self.colours.paper if nobody else colour)],
        )  # fmt: skip

    def _away(self, place: int, mark: Mark) -> None:
        """Hatch the lower edge of the days on which a holder is away."""
        self.axes.add_patch(
            Rectangle(
                (mark.start + 0.06, place + 0.7), mark.end - mark.start - 0.12, 0.18,
                facecolor=self.colours.away, edgecolor=self.colours.paper, hatch="////", linewidth=0,
                zorder=3,
            )
        )  # fmt: skip

    def _frame(self) -> None:
        """Write the days above, mark today, and leave the rest plain."""
        step = max(1, -(-self.chart.days // 16))
        step = 7 if 3 < step <= 7 else 14 if step > 7 else step
        offset = -self.chart.first.weekday() % step if step >= 7 else 0
        days = list(range(offset, self.chart.days, step))
        self.axes.set_xticks(days)
        self.axes.set_xticklabels([*self._days(days)])
        self.axes.xaxis.tick_top()
        self.axes.tick_params(which="both", colors=self.colours.ink, labelsize=8.5, length=3)
        self.axes.set_yticks([])
        for place in range(1, len(self.chart.rows)):
            self.axes.axhline(place, color=self.colours.faint, linewidth=0.6, zorder=1)
        self.figure.text(
            0.985, 0.975, LEGEND, ha="right", va="top", fontsize=7.5, color=self.colours.ink, alpha=0.75
        )
        for side in self.axes.spines.values():
            side.set_color(self.colours.faint)
        if 0 <= self.chart.today < self.chart.days:
            middle = self.chart.today + 0.5
            self.axes.axvline(
                middle, color=self.colours.now, linewidth=1.3, linestyle=":", zorder=3, alpha=0.8
            )

    def _days(self, days: list[int]) -> Iterator[str]:
        for number in days:
            day = self.chart.first + timedelta(days=number)
            yield f"{day:%b} {day.day}"

    def _fitting(self, words: str, days: float, size: float) -> str:
        """Shorten words to the width of some days."""
        inches = WIDTH * (0.985 - LABELS) * days / self.chart.days
        return self.lettering.cut(words, inches * DPI - 6, size)

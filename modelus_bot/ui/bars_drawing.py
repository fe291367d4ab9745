"""Draws figures beside each other as bars, in a child: a ranking, or two of a kind in several figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.patches import Rectangle

from modelus_bot.ui.paper import DPI, WIDTH, Paper

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from modelus_bot.database.administration import Report

__all__ = ["bars_job"]

MARGIN, ROW, GAP, HEAD = 0.12, 0.27, 0.14, 0.36
"""Inches around everything, of one bar, between groups of them, and of the line above."""
LABELS, FIGURES = 2.05, 1.05
"""Inches for the words on the left, and for those after the longest bar."""
SIZE = 10.5
LEAST = 0.02
"""Inches of a bar of nothing, so that it is seen."""


def bars_job(task: dict[str, Any], _: Report) -> dict[str, Any]:
    """Draw ``groups`` of bars (label, words, share of the longest from 0 to 1, tone); ``png`` is in base64.

    Tones are 0 and 1; ``legend`` has the words of both, or what the bars are alone in one.
    """
    groups: list[list[Any]] = task["groups"]
    bars = sum(map(len, groups))
    paper = Paper(task["theme"], 2 * MARGIN + HEAD + ROW * bars + GAP * (len(groups) - 1))
    axes = paper.bare()
    _head(axes, paper, task["legend"])
    y = MARGIN + HEAD
    for group in groups:
        for bar in group:
            _bar(axes, paper, y, bar)
            y += ROW
        y += GAP
    return paper.encoded()


def _tone(paper: Paper, tone: int) -> str:
    return (paper.colours.line, paper.colours.own)[tone]


def _head(axes: Axes, paper: Paper, legend: list[str]) -> None:
    """Write what the bars are: one thing in words, or two with their colours, each in half of the width."""
    if len(legend) == 1:
        axes.text(
            MARGIN, MARGIN + HEAD / 3, legend[0], fontsize=11, fontweight="bold", va="center",
            color=paper.colours.ink, parse_math=False,
        )  # fmt: skip
        return
    half = WIDTH / 2 - MARGIN
    for tone, words in enumerate(legend):
        x, y = MARGIN + tone * half, MARGIN + HEAD / 3
        axes.add_patch(Rectangle((x, y - 0.08), 0.26, 0.16, linewidth=0, facecolor=_tone(paper, tone)))
        cut = paper.lettering.cut(words, (half - 0.5) * DPI, SIZE)
        axes.text(x + 0.36, y, cut, fontsize=SIZE, va="center", color=paper.colours.ink, parse_math=False)


def _bar(axes: Axes, paper: Paper, y: float, bar: list[Any]) -> None:
    label, words, share, tone = bar
    middle, ink = y + ROW / 2, paper.colours.ink
    cut = paper.lettering.cut(label, (LABELS - 2 * MARGIN) * DPI, SIZE)
    axes.text(
        LABELS - MARGIN, middle, cut, fontsize=SIZE, ha="right", va="center", color=ink, parse_math=False
    )
    long = max(LEAST, share * (WIDTH - LABELS - FIGURES - MARGIN))
    face = _tone(paper, tone)
    axes.add_patch(Rectangle((LABELS, y + 0.04), long, ROW - 0.08, linewidth=0, facecolor=face))
    axes.text(LABELS + long + 0.08, middle, words, fontsize=SIZE, va="center", color=ink, parse_math=False)

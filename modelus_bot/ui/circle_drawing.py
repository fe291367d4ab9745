"""Draws who is tied to whom, in a child: names around a circle, lines between, groups as rings outside."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Arc, Circle, PathPatch, Rectangle
from matplotlib.path import Path

from modelus_bot.ui.paper import DPI, Paper

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from modelus_bot.database.administration import Report

__all__ = ["circle_job"]

MARGIN = 0.14
FEW = 16
"""Up to so many, names lie flat and the legend is below; more stand out like rays, beside the legend."""
FLAT, RAYS = (1.85, 0.34), (1.6, 1.2)
"""Inches of the radius, and above and below the rings for names, of few and of many."""
BESIDE, SIDE = 1.3, 2.9
"""Inches for flat names on each side, and for the legend beside rays."""
RING, FIRST_RING, RING_STEP = 0.17, 0.16, 0.22
"""Inches of a ring's breadth, from the circle to the middle of the first, and from one to the next."""
NAMES = (12.0, 11.5, 10.0)
"""Sizes of letters: of few names, of many, of very many."""
TOLD, ROW = 11, 0.3
LINES: tuple[tuple[Any, float], ...] = (
    ("-", 2.4),
    ((0, (5, 2)), 2.0),
    ((0, (1, 1.6)), 2.2),
    ((0, (6, 1.6, 1.2, 1.6)), 2.0),
)
"""How the lines of each kind look besides their colour: whole, dashed, dotted, dash and dot; with widths."""
DARK, BRIGHT = "#14171a", "#ffffff"

Point = tuple[float, float]


def circle_job(task: dict[str, Any], _: Report) -> dict[str, Any]:
    """Draw ``names`` (name, numbers of its groups by ring or None, whether it leads) and ``ties`` between.

    A tie is two places in ``names`` and the number of its kind; ``kinds``, ``groups`` and ``leads`` have the
    words of the legend. ``png`` is in base64.
    """
    names: list[Any] = task["names"]
    flat = len(names) <= FEW
    radius, room = FLAT if flat else RAYS
    across = MARGIN + FIRST_RING + RING_STEP * 2 + radius
    middle = across + (BESIDE if flat else room), across + room
    legend = list(_legend_of(task))
    columns = 2 if flat else 1
    rows = -(-len(legend) // columns)
    width, height = 2 * middle[0] + (0 if flat else SIDE), 2 * middle[1]
    below = ROW * (rows + 0.3) + MARGIN if flat else max(0, ROW * rows + 2 * MARGIN - height)
    paper = Paper(task["theme"], height + below, width=width)
    axes = paper.bare()
    drawing = _Circle(axes, paper, middle, radius, max(1, len(names)))
    drawing.ties(task["ties"])
    for ring in (0, 1):
        drawing.ring(ring, [groups[ring] for _, groups, _ in names])
    drawing.names(names, MARGIN + room)
    left, top = (MARGIN, height) if flat else (2 * middle[0], (height + below - ROW * rows) / 2)
    step = (width - left) / columns
    for place, (kind, number, words) in enumerate(legend):
        where = left + place % columns * step, top + ROW * (place // columns + 0.5)
        _entry(axes, paper, where, (kind, number), words, step)
    return paper.encoded()


class _Circle:
    """The circle while it is drawn: places run clockwise from the top."""

    def __init__(self, axes: Axes, paper: Paper, middle: Point, radius: float, count: int) -> None:
        self.axes, self.paper, self.middle, self.radius = axes, paper, middle, radius
        self.step = 2 * math.pi / count
        self.thin = 1.0 if count <= 2 * FEW else 0.7
        self.size = NAMES[0] if count <= FEW else NAMES[1] if count <= 2 * FEW else NAMES[2]

    def at(self, place: float, distance: float) -> Point:
        """Return the point of a place at a distance from the middle."""
        angle, (x, y) = place * self.step, self.middle
        return x + distance * math.sin(angle), y - distance * math.cos(angle)

    def ties(self, ties: Sequence[Sequence[int]]) -> None:
        """Draw the lines; those of one pair lie beside each other."""
        for _, same in groupby(ties, key=lambda tie: tuple(tie[:2])):
            several = list(same)
            for number, (one, other, kind) in enumerate(several):
                self._tie((one, other), kind, number - (len(several) - 1) / 2)

    def _tie(self, places: Point, kind: int, shift: float) -> None:
        (ax, ay), (bx, by) = (self.at(place, self.radius) for place in places)
        x, y = self.middle
        # The nearer two are, the less their line bends to the middle.
        near = math.dist((ax, ay), (bx, by)) / (2 * self.radius)
        pull = 0.35 + 0.4 * near
        length = max(0.01, math.dist((ax, ay), (bx, by)))
        aside = (shift * 0.3 * (by - ay) / length, shift * 0.3 * (ax - bx) / length)
        control = (
            (ax + bx) / 2 * (1 - pull) + x * pull + aside[0],
            (ay + by) / 2 * (1 - pull) + y * pull + aside[1],
        )
        path = Path([(ax, ay), control, (bx, by)], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
        style, width = LINES[kind % len(LINES)]
        self.axes.add_patch(
            PathPatch(
                path, fill=False, linewidth=width * self.thin, linestyle=style, zorder=2,
                edgecolor=self.paper.colours.causes[kind % 8],
            )
        )  # fmt: skip

    def ring(self, ring: int, groups: Sequence[int | None]) -> None:
        """Draw who stands together: a band over each run of one group, with the group's number."""
        distance = self.radius + FIRST_RING + RING_STEP * ring
        for first, last, group in _runs(groups):
            tone = _tone(self.paper, group)
            half = 0.42 if len(groups) > 1 else 0.5
            begin, end = (math.degrees(place * self.step) - 90 for place in (first - half, last + half))
            self.axes.add_patch(
                Arc(
                    self.middle, 2 * distance, 2 * distance, theta1=begin, theta2=end, color=tone,
                    linewidth=RING * 72, zorder=1,
                )
            )  # fmt: skip
            x, y = self.at((first + last) / 2, distance)
            self.axes.text(
                x, y, str(group + 1), fontsize=9, fontweight="bold", color=_ink(tone), ha="center",
                va="center", zorder=3,
            )  # fmt: skip

    def names(self, names: Sequence[Any], room: float) -> None:
        """Mark each place, and write its name outside of the rings."""
        flat = len(names) <= FEW
        ink = self.paper.colours.ink
        rings = max(
            (ring + 1 for _, groups, _ in names for ring in (0, 1) if groups[ring] is not None), default=0
        )
        distance = self.radius + (FIRST_RING + RING_STEP * (rings - 0.5) if rings else 0.06) + 0.08
        for place, (name, _, leads) in enumerate(names):
            self._mark(place, leads=leads)
            x, y = self.at(place, distance)
            turn = math.degrees(place * self.step)
            right = turn < 180
            width = (self.paper.width - MARGIN - x if right else x - MARGIN) if flat else room - MARGIN / 2
            written = self.paper.lettering.cut(name, width * DPI, self.size)
            if not flat:
                angle, side = (90 - turn, "left") if right else (270 - turn, "right")
                self.axes.text(
                    x, y, written, fontsize=self.size, color=ink, ha=side, va="center", parse_math=False,
                    rotation=angle, rotation_mode="anchor",
                )  # fmt: skip
                continue
            edge = abs(math.sin(math.radians(turn))) < 0.2
            side = "center" if edge else "left" if right else "right"
            high = "center" if not edge else "bottom" if turn < 90 or turn > 270 else "top"
            self.axes.text(x, y, written, fontsize=self.size, color=ink, ha=side, va=high, parse_math=False)

    def _mark(self, place: int, *, leads: bool) -> None:
        x, y = self.at(place, self.radius)
        ink, back = self.paper.colours.ink, self.paper.colours.back
        if leads:
            half = 0.075
            self.axes.add_patch(
                Rectangle((x - half, y - half), 2 * half, 2 * half, facecolor=ink, edgecolor=back, zorder=4)
            )
        else:
            self.axes.add_patch(Circle((x, y), 0.06, facecolor=ink, edgecolor=back, zorder=4))


def _runs(groups: Sequence[int | None]) -> Iterator[tuple[int, int, int]]:
    """Yield first place, last place and group of each run around the circle; one may go over the top."""
    count = len(groups)
    start = next((place for place in range(count) if groups[place] != groups[place - 1]), 0)
    place = start
    for group, run in groupby(groups[(start + offset) % count] for offset in range(count)):
        length = len(list(run))
        if group is not None:
            yield place, place + length - 1, group
        place += length


def _legend_of(task: dict[str, Any]) -> Iterator[tuple[str, int, str]]:
    used = {kind for _, _, kind in task["ties"]}
    yield from (("kind", number, words) for number, words in enumerate(task["kinds"]) if number in used)
    yield from (("group", number, words) for number, words in enumerate(task["groups"]))
    if task["groups"]:
        yield "leads", 0, task["leads"]


def _entry(axes: Axes, paper: Paper, where: Point, what: tuple[str, int], words: str, room: float) -> None:
    """Write one line of the legend, with a sample of what it is about before it."""
    (x, y), (kind, number) = where, what
    if kind == "kind":
        style, width = LINES[number % len(LINES)]
        axes.add_line(
            Line2D([x, x + 0.42], [y, y], color=paper.colours.causes[number % 8], linestyle=style, lw=width)
        )
    elif kind == "group":
        tone = _tone(paper, number)
        axes.add_patch(Rectangle((x + 0.06, y - RING / 2), 0.3, RING, facecolor=tone, linewidth=0))
        axes.text(
            x + 0.21, y, str(number + 1), fontsize=9, fontweight="bold", color=_ink(tone), ha="center",
            va="center",
        )  # fmt: skip
    else:
        axes.add_patch(Rectangle((x + 0.14, y - 0.07), 0.14, 0.14, facecolor=paper.colours.ink, linewidth=0))
    cut = paper.lettering.cut(words, (room - 0.6 - MARGIN) * DPI, TOLD)
    axes.text(x + 0.52, y, cut, fontsize=TOLD, va="center", color=paper.colours.ink, parse_math=False)


def _tone(paper: Paper, group: int) -> str:
    """Return a group's colour; the first ones are none of those that the lines have."""
    return paper.colours.causes[(4 + group) % 8]


def _ink(tone: str) -> str:
    """Return a colour that can be read on another."""
    red, green, blue = to_rgb(tone)
    return DARK if 0.3 * red + 0.59 * green + 0.11 * blue > 0.5 else BRIGHT

"""Draws a map, in a child: regions filled by their classes or groups, with names, figures and a legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from modelus_bot.ui.map_faces import NONE, Face, face_of, ink_on
from modelus_bot.ui.paper import DPI, Paper

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from modelus_bot.database.administration import Report

__all__ = ["map_job"]

WIDTH = 8.0
"""Inches: as many regions side by side as a map has need more room than other pictures."""
MARGIN, LEGEND, LEGEND_ROW, COLUMNS = 0.12, 0.66, 0.29, 3
"""Inches around the map, above the rows of the legend, of one row; how many classes stand in one."""
HIGHEST = 6.4
NAMES, FIGURE, MARK, TOLD, LABEL = (10.5, 9.5, 8.5, 7.8), 9.8, 15, 12, 12.5
"""Sizes of letters: of names those that are tried one after the other, figures, marks of groups, the legend,
and what is above it."""
BOLD = 0.88
"""How wide plain letters are beside bold ones."""
LINE = 0.17
"""Inches from one line to the next."""
GROUPS = "groups"
"""The scheme in which colours and patterns tell groups apart; the other runs from little to much."""

Ring = Sequence[Sequence[float]]


def map_job(task: dict[str, Any], _: Report) -> dict[str, Any]:
    """Draw ``regions``: ``rings`` in whole units of ``side``, ``name``, ``figure``, and the ``tint``.

    A tint is the number of one of the ``classes``, whose words are in the legend; None: no nation, -1: a
    nation in none of them, for which the legend says ``without``. ``second`` is the tint of the right half.
    ``scheme`` says what tints are, ``label`` is above the legend. ``png`` is in base64.
    """
    points = [point for region in task["regions"] for ring in region["rings"] for point in ring]
    wide, high = (max(point[axis] for point in points) or 1 for axis in (0, 1))
    scale = min((WIDTH - 2 * MARGIN) / wide, HIGHEST / high)
    left, below = (WIDTH - wide * scale) / 2, high * scale + 2 * MARGIN
    legend = _legend_of(task)
    rows = -(-len(legend) // COLUMNS)
    paper = Paper(task["theme"], below + LEGEND / 2 + LEGEND_ROW * rows + MARGIN, width=WIDTH)
    axes = paper.bare()
    placed = [
        (region, [[(left + x * scale, MARGIN + y * scale) for x, y in ring] for ring in region["rings"]])
        for region in task["regions"]
    ]
    faces = _Faces(paper, task)
    for region, rings in placed:
        _shape(axes, paper, faces.of(region), rings)
    for region, rings in placed:
        _words(axes, paper, region, rings, faces.of(region), MARK if task["scheme"] == GROUPS else FIGURE)
    _legend(axes, paper, task["label"], [(faces.one(tint), words) for tint, words in legend], below)
    return paper.encoded()


class _Faces:
    """How the tints of one map are filled."""

    def __init__(self, paper: Paper, task: dict[str, Any]) -> None:
        self._colours = paper.colours
        self._patterned = task["scheme"] == GROUPS
        self._scheme = paper.colours.groups if self._patterned else paper.colours.tints

    def one(self, tint: int | None) -> Face:
        return face_of(self._colours, self._scheme, tint, patterned=self._patterned)

    def of(self, region: dict[str, Any]) -> list[Face]:
        """Return how a region is filled: whole, or half in another way."""
        second = region.get("second")
        return [self.one(region["tint"]), *([] if second is None else [self.one(second)])]


def _legend_of(task: dict[str, Any]) -> list[tuple[int | None, str]]:
    tints = {region["tint"] for region in task["regions"]}
    legend: list[tuple[int | None, str]] = list(enumerate(task["classes"]))
    legend += [(NONE, task["without"])] if NONE in tints else []
    return legend + ([(None, "no nation")] if None in tints else [])


def _shape(axes: Axes, paper: Paper, faces: Sequence[Face], rings: Sequence[Ring]) -> None:
    vertices: list[Any] = []
    codes: list[Any] = []
    for ring in rings:
        vertices += [*ring, ring[0]]
        codes += [Path.MOVETO, *[Path.LINETO] * (len(ring) - 1), Path.CLOSEPOLY]
    path = Path(vertices, codes)
    for place, face in enumerate(faces):
        for patch in _filled(path, face, above=place):
            axes.add_artist(patch)
            if place:
                extents = path.get_extents()
                right = ((extents.x0 + extents.x1) / 2, extents.y0)
                half = Rectangle(right, extents.width, extents.height, transform=axes.transData)
                patch.set_clip_path(half)
    edge = paper.colours.back
    axes.add_artist(PathPatch(path, linewidth=1.2, zorder=2, facecolor="none", edgecolor=edge))


def _filled(path: Path, face: Face, *, above: float = 0) -> list[PathPatch]:
    """Return a shape in its colour and, above it, its pattern."""
    order = 1 + above / 2
    filled = [PathPatch(path, linewidth=0, zorder=order, facecolor=face.colour)]
    if not face.pattern:
        return filled
    drawn = PathPatch(path, linewidth=0, zorder=order, facecolor="none", edgecolor=face.over)
    drawn.set_hatch(face.pattern)
    return [*filled, drawn]


def _words(
    axes: Axes,
    paper: Paper,
    region: dict[str, Any],
    rings: Sequence[Ring],
    faces: Sequence[Face],
    size: float,
) -> None:
    """Write a region's name, in two lines where it needs them, and its figure below, if there is room."""
    x, y, wide, high = _room(rings)
    names = _lines(paper, region["name"], wide * DPI - 4, most=2 if high > 3.2 * LINE else 1)
    if not names or high < LINE:
        return
    lines = [(line, letters, LINE, "bold") for line, letters in names]
    below = LINE * max(size / FIGURE * 0.9, 1)
    room = high > len(lines) * LINE + below and paper.lettering.width(region["figure"], size) <= wide * DPI
    if region["figure"] and room:
        lines.append((region["figure"], size, below, "bold" if size == MARK else "normal"))
    mixed = len(faces) > 1
    ink = paper.colours.ink if mixed else ink_on(paper.colours, faces[0])
    around = withStroke(
        linewidth=4 if mixed or faces[0].pattern else 2,
        foreground=paper.colours.back if mixed else faces[0].colour,
    )
    top = y - sum(tall for _, _, tall, _ in lines) / 2
    for words, letters, tall, weight in lines:
        axes.text(
            x, top + tall / 2, words, ha="center", va="center", fontsize=letters, color=ink, zorder=3,
            parse_math=False, fontweight=weight, path_effects=[around],
        )  # fmt: skip
        top += tall


def _lines(paper: Paper, name: str, pixels: float, most: int) -> list[tuple[str, float]]:
    """Return a name in lines of a size: whole if it can be, smaller before it is cut."""
    for size in NAMES:
        parts = _parts(paper, name, pixels, size, most)
        if parts is not None:
            return [(part, size) for part in parts]
    widest, size = pixels * BOLD, NAMES[-1]
    first, *rest = _ways(paper.lettering.drawable(name).split(), most)[-1]
    cut = [paper.lettering.cut(line, widest, size) for line in (first, *rest)]
    return [(line, size) for line in cut if len(line) > 3]


def _parts(paper: Paper, name: str, pixels: float, size: float, most: int) -> list[str] | None:
    """Return a name in at most so many lines, if it fits."""
    for way in _ways(paper.lettering.drawable(name).split(), most):
        if all(paper.lettering.width(line, size) <= pixels * BOLD for line in way):
            return way
    return None


def _ways(words: Sequence[str], most: int) -> list[list[str]]:
    """Return words in one line, then in two that are as much of one length as they can be."""
    ways = [[" ".join(words)]]
    if most > 1 and len(words) > 1:
        cuts = [[" ".join(words[:cut]), " ".join(words[cut:])] for cut in range(1, len(words))]
        ways.append(min(cuts, key=lambda lines: max(map(len, lines))))
    return ways


def _room(rings: Sequence[Ring]) -> tuple[float, float, float, float]:
    """Return where in its largest outline a region has most room: middle, width, and height of it."""
    ring = max(rings, key=_area)
    top, bottom = min(y for _, y in ring), max(y for _, y in ring)
    middle = (top + bottom) / 2
    best = (0.0, 0.0, middle)
    for part in (0.5, 0.42, 0.58, 0.34, 0.66, 0.25, 0.75):
        y = top + (bottom - top) * part
        wide, x = max(_spans(ring, y), default=(0.0, 0.0))
        if wide > best[0] * 1.08:
            best = (wide, x, y)
    wide, x, y = best
    return x, y, wide, 2 * min(y - top, bottom - y)


def _spans(ring: Ring, y: float) -> list[tuple[float, float]]:
    """Return the widths and middles of what an outline encloses at a height."""
    crossed = sorted(
        ax + (bx - ax) * (y - ay) / (by - ay)
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True)
        if (ay > y) != (by > y)
    )
    return [(b - a, (a + b) / 2) for a, b in zip(crossed[::2], crossed[1::2], strict=False)]


def _area(ring: Ring) -> float:
    sides = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in sides))


def _legend(axes: Axes, paper: Paper, label: str, legend: Sequence[tuple[Face, str]], top: float) -> None:
    ink = paper.colours.ink
    whole = paper.lettering.cut(label, (WIDTH - 2 * MARGIN) * BOLD * DPI, LABEL)
    axes.text(
        MARGIN, top + 0.1, whole, fontsize=LABEL, fontweight="bold", color=ink, va="center", parse_math=False
    )
    step = (WIDTH - 2 * MARGIN) / COLUMNS
    for place, (face, words) in enumerate(legend):
        x, y = MARGIN + place % COLUMNS * step, top + LEGEND / 2 + place // COLUMNS * LEGEND_ROW
        box = Path([(x, y), (x + 0.32, y), (x + 0.32, y + 0.18), (x, y + 0.18), (x, y)], closed=True)
        for patch in _filled(box, face):
            axes.add_artist(patch)
        cut = paper.lettering.cut(words, (step - 0.5) * DPI, TOLD)
        axes.text(x + 0.42, y + 0.09, cut, fontsize=TOLD, color=ink, va="center", parse_math=False)

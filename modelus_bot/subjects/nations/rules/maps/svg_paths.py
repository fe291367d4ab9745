"""Outlines from the letters and numbers of an SVG path; curves become short lines. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from modelus_bot.subjects.nations.rules.maps.regions import Point, Ring, bad_map

__all__ = ["number", "numbers", "path_rings"]

PIECES = 6
"""Lines of a curve."""
TAKES = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "z": 0}
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][+-]?\d{1,3})?")
_PART = re.compile(r"([A-Za-z])([^A-DF-Za-df-z]*)")
"""A letter and what follows it; an e belongs to a number."""


def numbers(text: str) -> list[float]:
    """Return the numbers of a text, in order."""
    return [float(found) for found in _NUMBER.findall(text)]


def number(text: str) -> float:
    """Return the number that a text begins with, 0 without one: units do not matter in a map."""
    return next(iter(numbers(text)), 0.0)


def path_rings(text: str) -> list[Ring]:
    """Return the outlines that a path draws; raises ``InvalidInput`` for arcs and letters of no meaning."""
    pen = _Pen()
    for letter, said in _PART.findall(text):
        takes = TAKES.get(letter.lower())
        if takes is None:
            raise bad_map(
                f"An outline of the map has “{letter}”, which is not read.",
                "Let your drawing program turn arcs into curves, and save it again.",
            )
        values = numbers(said)
        if takes == 0:
            pen.close()
        for first in range(0, len(values) - takes + 1, takes or len(values) + 1):
            pen.draw(letter if first == 0 else _next(letter), values[first : first + takes])
    return pen.rings


def _next(letter: str) -> str:
    """Further pairs after a move are lines."""
    return {"m": "l", "M": "L"}.get(letter, letter)


class _Pen:
    """Where a path is, and what it drew."""

    def __init__(self) -> None:
        self.rings: list[Ring] = []
        self._here: Point = (0.0, 0.0)
        self._begun: Point = (0.0, 0.0)
        self._control: tuple[str, Point] = ("", (0.0, 0.0))

    def close(self) -> None:
        self._here = self._begun
        self._control = ("", self._here)

    def draw(self, letter: str, values: list[float]) -> None:
        """Draw one step."""
        kind, (x, y) = letter.lower(), self._here if letter.islower() else (0.0, 0.0)
        control: tuple[str, Point] = ("", self._here)
        if kind == "m":
            self._here = self._begun = (x + values[0], y + values[1])
            self.rings.append([self._here])
            self._control = ("", self._here)
            return
        if kind == "h":
            points = [self._here, (x + values[0], self._here[1])]
        elif kind == "v":
            points = [self._here, (self._here[0], y + values[0])]
        else:
            points = [self._here, *((x + a, y + b) for a, b in zip(values[::2], values[1::2], strict=True))]
            if kind in "st":
                points.insert(1, self._mirrored("c" if kind == "s" else "q"))
            if kind in "csqt":
                control = ("c" if kind in "cs" else "q", points[-2])
        self._along(points)
        self._control = control

    def _mirrored(self, kind: str) -> Point:
        """Return the control point of a smooth curve after one of the same kind."""
        (before, (x, y)), (here_x, here_y) = self._control, self._here
        return (2 * here_x - x, 2 * here_y - y) if before == kind else self._here

    def _along(self, points: list[Point]) -> None:
        """Add a line, or the lines of a Bézier curve through its control points."""
        if not self.rings or (not self.rings[-1] or self._here == self._begun != self.rings[-1][-1]):
            self.rings.append([self._here])
        pieces = 1 if len(points) == 2 else PIECES
        for piece in range(1, pieces + 1):
            self.rings[-1].append(_between(points, piece / pieces))
        self._here = points[-1]


def _between(points: list[Point], part: float) -> Point:
    """Return where a curve is, by de Casteljau."""
    while len(points) > 1:
        points = [(a + (c - a) * part, b + (d - b) * part) for (a, b), (c, d) in pairwise(points)]
    return points[0]

"""Maps as SVG: shapes with names, moved and scaled as their groups say. Pure.

Nothing is resolved and nothing is fetched: a file that declares entities is refused before any is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from modelus_bot.subjects.nations.rules.maps.regions import Outlines, Ring, bad_map
from modelus_bot.subjects.nations.rules.maps.svg_paths import number, numbers, path_rings

__all__ = ["add_shapes"]

DEEPEST = 64
UNDRAWN = {"defs", "clipPath", "mask", "symbol", "pattern", "marker"}
NAMES = ("data-name", "inkscape:label", "aria-label", "id")
Matrix = tuple[float, float, float, float, float, float]
STILL: Matrix = (1, 0, 0, 1, 0, 0)
_MOVES = re.compile(r"([A-Za-z]+)\s*\(([^()]*)\)")
REMEDY = "Save it again as plain SVG."


def add_shapes(data: bytes, outlines: Outlines) -> None:
    """Add every path, polygon and rectangle that has a name or is in a group with one."""
    _Reader(outlines).read(data)


class _Element:
    """An element that is open: its name, where it is moved to, and its outlines until its name is known."""

    def __init__(self, tag: str, above: _Element | None, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.name = next((attributes[key] for key in NAMES if attributes.get(key, "").strip()), None)
        self.title = ""
        self.above = above
        self.drawn: bool = tag not in UNDRAWN and (above is None or above.drawn)
        before = above.matrix if above is not None else STILL
        self.matrix: Matrix = _moved(before, attributes.get("transform", ""))
        self.rings: list[Ring] = []

    def called(self) -> str | None:
        """Return its title, its name, or that of the nearest group; drawings' own roots are no region."""
        if self.title.strip():
            return self.title.strip()
        if self.name is not None and self.tag != "svg":
            return self.name
        return self.above.called() if self.above is not None else None


class _Reader:
    """Reads one file."""

    def __init__(self, outlines: Outlines) -> None:
        self._outlines = outlines
        self._open: list[_Element] = []
        self._parser = expat.ParserCreate()
        self._parser.EntityDeclHandler = _no_entities
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def read(self, data: bytes) -> None:
        try:
            self._parser.Parse(data, True)
        except (expat.ExpatError, ValueError, LookupError):
            line = self._parser.CurrentLineNumber
            raise bad_map(f"The map is no SVG: line {line} cannot be read.", REMEDY) from None

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            raise bad_map("The groups of the map are too deep in each other.", REMEDY)
        above = self._open[-1] if self._open else None
        element = _Element(tag.rpartition(":")[2], above, attributes)
        if element.drawn:
            element.rings = [
                [_at(element.matrix, x, y) for x, y in ring] for ring in _rings(element.tag, attributes)
            ]
        self._open.append(element)

    def _end(self, _: str) -> None:
        element = self._open.pop()
        name = element.called() if element.rings else None
        if name is not None:
            self._outlines.add(name, element.rings)

    def _text(self, text: str) -> None:
        if len(self._open) > 1 and self._open[-1].tag == "title":
            of = self._open[-2]
            of.title = (of.title + text)[:200]


def _no_entities(*_: Any) -> None:
    raise bad_map("The map declares entities, which are not read.", REMEDY)


def _rings(tag: str, attributes: dict[str, str]) -> list[Ring]:
    if tag == "path":
        return path_rings(attributes.get("d", ""))
    if tag == "polygon":
        values = numbers(attributes.get("points", ""))
        return [list(zip(values[::2], values[1::2], strict=False))]
    if tag == "rect":
        x, y, wide, high = (number(attributes.get(key, "0")) for key in ("x", "y", "width", "height"))
        return [[(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]]
    return []


def _at(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _moved(before: Matrix, text: str) -> Matrix:
    """Return a matrix after what ``transform`` says."""
    for kind, said in _MOVES.findall(text):
        before = _after(before, _matrix(kind, numbers(said)))
    return before


def _matrix(kind: str, said: list[float]) -> Matrix:
    known = dict(_known(kind, said))
    if kind not in known:
        raise bad_map(
            f"The map uses “{kind[:20]}”, which is not read.",
            "Let your drawing program apply the transformations, and save it again.",
        )
    return known[kind]


def _known(kind: str, said: list[float]) -> Iterator[tuple[str, Matrix]]:
    first, second = (said[0] if said else 0.0), (said[1] if len(said) > 1 else None)
    yield "translate", (1, 0, 0, 1, first, second or 0.0)
    yield "scale", (first, 0, 0, first if second is None else second, 0, 0)
    if kind == "matrix" and len(said) == 6:
        yield "matrix", (said[0], said[1], said[2], said[3], said[4], said[5])


def _after(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)

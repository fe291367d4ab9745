"""Maps of tiles: a hexagon for each region, by column and row. Pure."""

from __future__ import annotations

import math
from typing import Any

from modelus_bot.subjects.nations.rules.maps.regions import Outlines, Ring, bad_map

__all__ = ["add_tiles"]

GAP = 0.97
"""How much of its place a tile takes."""
FURTHEST = 1000
REMEDY = 'Write each as {"region": "Texas", "column": 3.5, "row": 3}.'


def add_tiles(tiles: Any, outlines: Outlines) -> None:
    """Add a hexagon for each tile; every second row is half a column further on. Raises ``InvalidInput``."""
    for number, tile in enumerate(tiles if isinstance(tiles, list) else (), 1):
        known = tile if isinstance(tile, dict) else {}
        name, column, row = known.get("region"), _place(known.get("column")), _place(known.get("row"))
        if not isinstance(name, str) or not name.strip() or column is None or row is None:
            raise bad_map(f"Tile {number} of the map lacks its region, its column or its row.", REMEDY)
        outlines.add(name, [_hexagon(column, row)])


def _place(value: Any) -> float | None:
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if numeric and abs(value) <= FURTHEST else None


def _hexagon(column: float, row: float) -> Ring:
    """Return a hexagon that stands on a corner; columns are 1 apart."""
    radius = 1 / math.sqrt(3)
    corners = (math.radians(60 * corner + 30) for corner in range(6))
    return [
        (
            column + radius * GAP * math.cos(corner),
            row * radius * 1.5 + radius * GAP * math.sin(corner),
        )
        for corner in corners
    ]

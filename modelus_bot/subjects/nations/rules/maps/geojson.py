"""Maps as GeoJSON: a feature for each region, its name among the properties. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from modelus_bot.subjects.nations.rules.maps.regions import LARGEST, Outlines, Ring, bad_map

__all__ = ["add_features"]

NAMES = ("name", "NAME", "Name", "region", "title")
REMEDY = "Save the map again as GeoJSON with polygons."


def add_features(features: Any, outlines: Outlines) -> None:
    """Add the polygons of each feature; others are left out. Raises ``InvalidInput``."""
    found = [item for item in features if isinstance(item, dict)] if isinstance(features, list) else []
    read = [
        (_name(item, number), list(_polygons(item.get("geometry")))) for number, item in enumerate(found, 1)
    ]
    latitudes = [y for _, rings in read for ring in rings for _, y in ring]
    middle = (min(latitudes) + max(latitudes)) / 2 if latitudes else 0.0
    # Degrees of longitude are narrower the further they are from the equator; other units are left alone.
    narrow = math.cos(math.radians(middle)) if all(abs(y) <= 85 for y in latitudes) else 1.0
    for name, rings in read:
        if rings:
            outlines.add(name, ([(x * narrow, -y) for x, y in ring] for ring in rings))


def _name(feature: dict[str, Any], number: int) -> str:
    properties = feature.get("properties")
    known = properties if isinstance(properties, dict) else {}
    for value in (*(known.get(name) for name in NAMES), feature.get("id")):
        if isinstance(value, str) and value.strip():
            return value
    raise bad_map(f"Feature {number} of the map has no name.", "Give it a property called “name”.")


def _polygons(geometry: Any) -> Iterator[Ring]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        return
    parts = [geometry.get("coordinates")] if kind == "Polygon" else geometry.get("coordinates")
    for polygon in _listed(parts):
        for ring in _listed(polygon):
            yield [_point(point) for point in _listed(ring)]


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise bad_map("A polygon of the map is no list of places.", REMEDY)
    return value


def _point(value: Any) -> tuple[float, float]:
    numbers = [one for one in value[:2] if type(one) in (int, float)] if isinstance(value, list) else []
    if len(numbers) < 2:
        raise bad_map("A place of the map is not two numbers.", REMEDY)
    if any(abs(one) > LARGEST for one in numbers):
        raise bad_map("A place of the map is far too large.", REMEDY)
    return float(numbers[0]), float(numbers[1])

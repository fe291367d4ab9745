"""A map's file, of whatever of the three kinds it is. Pure."""

from __future__ import annotations

import json
from typing import Any

from modelus_bot.subjects.nations.rules.maps.geojson import add_features
from modelus_bot.subjects.nations.rules.maps.regions import MOST_BYTES, Outlines, Region, bad_map, fitted
from modelus_bot.subjects.nations.rules.maps.svg import add_shapes
from modelus_bot.subjects.nations.rules.maps.tiles import add_tiles

__all__ = ["read_map"]

KINDS = "A map is an SVG, a GeoJSON FeatureCollection, or a list of tiles."


def read_map(data: bytes) -> tuple[Region, ...]:
    """Return the regions of a map; raises ``InvalidInput`` with what is wrong and what to do."""
    if len(data) > MOST_BYTES:
        raise bad_map(f"The map is larger than {MOST_BYTES // 2**20} MB.", "Simplify its outlines.")
    outlines = Outlines()
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        add_shapes(data, outlines)
    else:
        _add_json(data, outlines)
    return fitted(outlines)


def _add_json(data: bytes, outlines: Outlines) -> None:
    found = _parsed(data)
    if isinstance(found, dict) and "tiles" in found:
        add_tiles(found["tiles"], outlines)
    elif isinstance(found, dict) and "features" in found:
        add_features(found["features"], outlines)
    else:
        raise bad_map("The map is none of the kinds that are known.", KINDS)


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise bad_map("The map cannot be read as JSON.", KINDS) from None

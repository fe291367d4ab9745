"""Maps from files: each kind is read as it is meant, and whatever else a file holds is refused in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.cards.map_source import BUILT_IN, MapSource
from modelus_bot.subjects.nations.rules.classes import class_of, classes_of
from modelus_bot.subjects.nations.rules.maps.reading import read_map
from modelus_bot.subjects.nations.rules.maps.regions import MOST_BYTES, SIDE, Region
from modelus_bot.subjects.nations.rules.maps.svg_paths import PIECES

SQUARE = [[0, 0], [0, 10], [10, 10], [10, 0], [0, 0]]


def feature(name: Any, ring: Any, kind: str = "Polygon") -> dict[str, Any]:
    """Return a feature of GeoJSON."""
    return {"properties": {"name": name}, "geometry": {"type": kind, "coordinates": [ring]}}


def geojson(*features: Any) -> bytes:
    """Return a file of features."""
    return json.dumps({"features": features}).encode()


def svg(inside: str, before: str = "") -> bytes:
    """Return a drawing."""
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" id="drawing">{inside}</svg>'.encode()


def within(regions: Sequence[Region]) -> bool:
    """Say whether every place is in the square that maps are drawn in."""
    return all(0 <= value <= SIDE for one in regions for ring in one.rings for at in ring for value in at)


def test_the_map_that_ships_has_every_region_of_the_sample() -> None:
    """Each once, in a place of its own, within the square that maps are drawn in."""
    regions = read_map(BUILT_IN.read_bytes())
    sample = json.loads((Path(__file__).parents[2] / "sample" / "nations.json").read_bytes())
    assert sorted(region.name for region in regions) == sorted(nation["name"] for nation in sample)
    assert len({region.rings for region in regions}) == len(regions)
    assert all(
        0 <= value <= SIDE for region in regions for ring in region.rings for at in ring for value in at
    )


def test_a_drawing_is_read_with_its_groups_titles_and_moves() -> None:
    """Names by title, label, id or group; moved and scaled; nothing of what is only defined; curves bend."""
    drawn = svg(
        '<defs><path id="no" d="M0 0L9 9 9 0z"/></defs>'
        '<g transform="translate(10 20) scale(2)" data-name="Group">'
        '<path id="New_York" d="M0,0 h5 v5 h-5z"/><path d="m40 0 5 0 0 5z"/></g>'
        '<polygon points="10,20 20,30 110,120" id="p"><title>Texas</title></polygon>'
        '<rect x="10" y="20" width="10" height="10" id="r"/>'
        '<path id="c" d="M10 20C10 30 20 30 20 20z"/>'
        '<circle r="5" id="round"/><path d="M0 0L99 99 0 99z"/>'
    )
    found = {region.name: region.rings for region in read_map(drawn)}
    assert set(found) == {"New York", "Group", "Texas", "r", "c"}
    assert found["New York"] == found["r"] == (((0, 0), (100, 0), (100, 100), (0, 100)),)
    assert found["Group"] == (((800, 0), (900, 0), (900, 100)),)
    assert len(found["c"][0]) == PIECES + 1
    assert max(y for _, y in found["c"][0]) == 75


def test_a_geojson_keeps_its_proportions_with_north_above() -> None:
    """Degrees of longitude are as wide as they are where the map is; several polygons are one region."""
    far = [[x + 20, y + 40] for x, y in SQUARE]
    found = read_map(geojson(feature("South", SQUARE), feature("North", [far], "MultiPolygon")))
    south, north = (region.rings[0] for region in found)
    assert min(y for _, y in north) == 0
    assert max(y for _, y in south) == SIDE
    assert max(x for x, _ in north) < SIDE * 30 / 50
    twice = read_map(geojson(feature("A", SQUARE), feature("A", far)))
    assert len(twice) == 1
    assert len(twice[0].rings) == 2


LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
HOSTILE = {
    "nothing": (b"", "cannot be read as JSON"),
    "large": (b" " * (MOST_BYTES + 1), "larger than 2 MB"),
    "deep json": (b"[" * 200_000, "cannot be read as JSON"),
    "other json": (b"[]", "none of the kinds"),
    "entities": (svg("<rect id='a'><title>&b;</title></rect>", LAUGHS), "declares entities"),
    "deep groups": (svg("<g>" * 100), "too deep"),
    "broken": (svg("<g"), "line 1 cannot be read"),
    "an arc": (svg("<path id='a' d='M0 0A1 1 0 0 0 9 9z'/>"), "turn arcs into curves"),
    "turned": (svg("<g transform='rotate(45)'/>"), "apply the transformations"),
    "unnamed shapes": (svg("<path d='M0 0L1 1 1 0z'/>"), "Name each region"),
    "one place": (svg("<rect id='a' width='0' height='0'/>"), "Name each region"),
    "far": (svg("<rect id='a' width='1e300' height='1e300'/>"), "far too large"),
    "many points": (svg(f"<path id='a' d='M0 0{'L1 2 3 4' * 20_001}'/>"), "Simplify them"),
    "many regions": (svg("".join(f"<rect id='r{n}' width='1'/>" for n in range(301))), "300 regions"),
    "no name": (geojson(feature("  ", SQUARE)), "Feature 1 of the map has no name"),
    "no numbers": (geojson(feature("A", [["x", 1]] * 4)), "is not two numbers"),
    "no list": (geojson(feature("A", 5)), "no list of places"),
    "no number": (geojson(feature("A", [[1, 0], [0, float("nan")], [1, 1]])), "no number or far too large"),
    "a tile": (b'{"tiles": [{"region": "A", "column": true, "row": 1}]}', "Tile 1 of the map lacks"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_map_is_refused_with_what_to_do(name: str) -> None:
    """Before it takes time or room; the sentence says what is wrong and what to do."""
    data, words = HOSTILE[name]
    with pytest.raises(InvalidInput, match=words) as refused:
        read_map(data)
    assert str(refused.value).count(". ") + str(refused.value).count(": ") >= 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
PATH = st.lists(st.sampled_from("MmLlHhVvCcSsQqTtZzA") | st.integers(-99, 99).map(str), max_size=20).map(
    " ".join
)
FILES = st.one_of(
    st.binary(max_size=80),
    JSON.map(lambda value: json.dumps({"tiles": value}).encode()),
    st.lists(st.builds(feature, JSON, JSON) | JSON, max_size=3).map(lambda some: geojson(*some)),
    PATH.map(lambda path: svg(f"<path id='a' d='{path}'/>")),
    st.text(max_size=20).map(lambda text: svg(f"<polygon id='b' points='{text}'/>")),
)


@settings(max_examples=150)
@example(data=b"\xff\xfe<")
@given(data=FILES)
def test_anything_is_a_map_or_refused(data: bytes) -> None:
    """No other error, and every place of what is read is within the square."""
    try:
        regions = read_map(data)
    except InvalidInput:
        return
    assert within(regions)


async def test_a_file_is_read_again_only_when_it_changed(tmp_path: Path) -> None:
    """What cannot be used is said, and the map that ships is taken; a folder or a device is not opened."""
    source, file = MapSource(), tmp_path / "map.svg"
    built_in, refused = await source.regions(None)
    assert refused is None
    for path in (file, tmp_path, Path("/dev/zero")):
        found, refused = await source.regions(path)
        assert found is built_in
        assert "map_file" in str(refused)
    file.write_bytes(svg('<path id="A" d="M0 0h5v5z"/>'))
    first, refused = await source.regions(file)
    assert [region.name for region in first] == ["A"]
    assert refused is None
    assert (await source.regions(file))[0] is first
    file.write_bytes(svg('<path id="Another" d="M0 0h5v5z"/>'))
    assert [region.name for region in (await source.regions(file))[0]] == ["Another"]
    file.write_bytes(b"no map")
    found, refused = await source.regions(file)
    assert found is built_in
    assert "cannot be read as JSON" in str(refused)


@given(values=st.lists(st.integers(0, 50), max_size=60))
def test_equal_values_are_in_one_class(values: list[int]) -> None:
    """At most five, in order, without a gap for any value; the ends are values themselves."""
    classes = classes_of(values)
    assert len(classes) <= 5
    flat = [value for pair in classes for value in pair]
    assert flat == sorted(flat)
    for value in values:
        least, most = classes[class_of(value, classes)]
        assert least <= value <= most
    assert set(flat) <= set(values)

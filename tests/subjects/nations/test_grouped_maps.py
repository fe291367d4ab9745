"""Maps of nations in groups: told apart by colour, pattern and mark, drawn in both themes, said in words."""

from __future__ import annotations

import base64
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.map_tints import MapGroup, MapGroups, MapTint
from modelus_bot.subjects.nations.cards.grouped_map import grouped_card, grouped_task, grouped_words
from modelus_bot.subjects.nations.cards.map_source import BUILT_IN
from modelus_bot.subjects.nations.model import GroupedMap
from modelus_bot.subjects.nations.rules.groups import MOST_TINTED, places_in, tinted
from modelus_bot.subjects.nations.rules.maps.reading import read_map
from modelus_bot.ui.map_drawing import map_job
from modelus_bot.ui.map_faces import PATTERNS, face_of, ink_on
from modelus_bot.ui.paper import THEMES
from modelus_bot.ui.rota_chart import Theme

REGIONS = read_map(BUILT_IN.read_bytes())
BOTH: tuple[Theme, Theme] = ("dark", "light")
APART, READABLE = 13.0, 4.5
"""Distances of colours in CIELAB that nobody takes for one; the contrast that WCAG asks of words."""
EYES = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "no green": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "no blue": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
"""What eyes without one kind of cones see of light, after Machado, Oliveira and Fernandes."""
Light = tuple[float, float, float]


def light(colour: str) -> Light:
    """Return how much red, green and blue light a colour is."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour))
    return red, green, blue


def seen(colour: str, eyes: str) -> Light:
    """Return where in CIELAB somebody sees a colour."""
    rgb = light(colour)
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, rgb, strict=True)))) for row in EYES[eyes]
    )
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: str, other: str, eyes: str) -> float:
    """Return how far apart two colours are."""
    pairs = zip(seen(one, eyes), seen(other, eyes), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 has it."""
    weights = (0.2126, 0.7152, 0.0722)
    values = sorted(
        sum(a * b for a, b in zip(weights, light(colour), strict=True)) for colour in (one, other)
    )
    return (values[1] + 0.05) / (values[0] + 0.05)


@pytest.mark.parametrize("theme", BOTH)
@pytest.mark.parametrize("eyes", EYES)
def test_groups_are_told_apart_by_all_eyes(theme: Theme, eyes: str) -> None:
    """Any two colours, and each from a region of nobody; beyond the colours, patterns differ as well."""
    colours = THEMES[theme]
    for one, other in combinations((*colours.groups, colours.empty), 2):
        assert distance(one, other, eyes) > APART, (one, other)
    faces = {face_of(colours, colours.groups, tint, patterned=True) for tint in range(MOST_TINTED)}
    assert len({face.pattern for face in faces}) == len(PATTERNS) == MOST_TINTED


@pytest.mark.parametrize("theme", BOTH)
def test_words_can_be_read_on_every_tint(theme: Theme) -> None:
    """Of figures, of groups, on regions of nobody, and on those that are in two groups."""
    colours = THEMES[theme]
    faces = [face_of(colours, colours.tints, tint, patterned=False) for tint in (None, -1, *range(5))]
    faces += [face_of(colours, colours.groups, tint, patterned=True) for tint in range(MOST_TINTED)]
    for face in faces:
        assert contrast(ink_on(colours, face), face.colour) >= READABLE, face
    assert contrast(colours.ink, colours.back) >= READABLE


def groups_of(count: int, size: int = 3) -> MapGroups:
    """Return groups that overlap by one nation each."""
    found = [
        MapGroup(
            str(number), f"*Bloc* {number}", tuple(range((size - 1) * number, (size - 1) * number + size))
        )
        for number in range(1, count + 1)
    ]
    return MapGroups("bloc", "in no bloc", tuple(found), "Blocs of today.")


def view_of(groups: MapGroups, nations: int = 28) -> GroupedMap:
    """Return a map whose first regions are nations."""
    regions = tuple(
        (region.name, number if number <= nations else None) for number, region in enumerate(REGIONS, 1)
    )
    known = {number for group in groups.groups for number in group.nations}
    return GroupedMap(groups, regions, {number: f"Land {number}" for number in {*known, *range(1, 29)}})


def drawn(view: GroupedMap, theme: Theme) -> bytes:
    """Draw in this process."""
    content = base64.b64decode(map_job(grouped_task(view, REGIONS, theme), lambda _: None)["png"])
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    return content


def test_groups_are_drawn_marked_and_told() -> None:
    """In both themes; a nation in two groups has both marks; names as they are, styles of none of them."""
    view = view_of(groups_of(2), 6)
    assert drawn(view, "dark") != drawn(view, "light")
    task = grouped_task(view, REGIONS, "dark")
    told = [(one["figure"], one["tint"], one["second"]) for one in task["regions"][:7]]
    alone, both = ("1", 0, None), ("1+2", 0, 1)
    assert told == [("", -1, None), alone, alone, both, ("2", 1, None), ("2", 1, None), ("", None, None)]
    assert task["classes"] == ["1: *Bloc* 1", "2: *Bloc* 2"]
    words = grouped_words(view)
    for part in ("by bloc. *Bloc* 1: Land 2, Land 3, Land 4. *Bloc* 2: Land 4", "In no bloc: Land 1."):
        assert part in words
    assert words.endswith("Southern California, Arizona, Nuevo Arizona, Oklahoma, Missouri, Kentucky,"
                          " Virginia, Maryland, Texas, Dixieland, Georgia, Carolina, Florida.")  # fmt: skip
    card = grouped_card(view, pictured=True)
    assert [(field.name, field.text) for field in card.fields] == [
        ("1: \\*Bloc\\* 1", "Land 2, Land 3, Land 4"),
        ("2: \\*Bloc\\* 2", "Land 4, Land 5, Land 6"),
    ]
    assert card.text == "Blocs of today."
    assert card.footer == "22 of 28 regions have no nation"
    assert grouped_card(view, pictured=False).fields[0].name == "\\*Bloc\\* 1"


def test_more_groups_than_colours_are_listed_all_the_same() -> None:
    """The last ones are tinted together; what has no room on a card is counted; nobody at all is said."""
    view = view_of(groups_of(23))
    drawn(view, "light")
    assert grouped_task(view, REGIONS, "dark")["classes"][-1] == "…: 12 more"
    card = grouped_card(view, pictured=True)
    assert len(card.fields) == 20
    assert card.footer == "3 more groups are not listed"
    assert "Bloc* 23" in grouped_words(view)
    nobody = view_of(replace(groups_of(0), note=""))
    drawn(nobody, "dark")
    assert grouped_card(nobody, pictured=True).text == "Nobody."


@given(
    sizes=st.lists(st.lists(st.integers(1, 9), max_size=5, unique=True), max_size=30),
)
def test_no_nation_is_lost_by_too_many_groups(sizes: list[list[int]]) -> None:
    """Each is in the groups that it was in, or in the one of all that are left over."""
    groups = [MapGroup(str(place), str(place), tuple(nations)) for place, nations in enumerate(sizes)]
    found = tinted(groups)
    assert len(found) <= MOST_TINTED
    for nation in range(1, 10):
        before = {min(place, MOST_TINTED - 1) for place in places_in(nation, groups)}
        assert set(places_in(nation, found)) == before


def test_a_tint_is_shown_while_the_database_is_away() -> None:
    """So its queries have to be kept ones; others are refused where they are declared."""

    @query
    def groups(_: ReadTransaction, __: int | None) -> MapGroups:
        return groups_of(1)

    with pytest.raises(ValueError, match="has to be kept"):
        MapTint(key="bloc", label="bloc", groups=groups)

"""Pictures of nations: drawn in both themes, with words for those who cannot see them."""

from __future__ import annotations

import base64
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

from modelus_bot.subjects.nations.cards.bars import compare_task, compare_words, rank_task, rank_words
from modelus_bot.subjects.nations.cards.course import course_task, course_words, drawable
from modelus_bot.subjects.nations.cards.map_card import map_card, map_task, map_words
from modelus_bot.subjects.nations.cards.map_source import BUILT_IN
from modelus_bot.subjects.nations.model import (
    Course,
    HistoryEntry,
    MapNation,
    MapView,
    Nation,
    Ranking,
    RankPlace,
)
from modelus_bot.subjects.nations.rules.maps.reading import read_map
from modelus_bot.ui.bars_drawing import bars_job
from modelus_bot.ui.course_drawing import course_job
from modelus_bot.ui.map_drawing import map_job
from modelus_bot.ui.pictures import ChildPicture
from modelus_bot.ui.rota_chart import Theme

ZONE = "America/New_York"
THEMES: tuple[Theme, ...] = ("dark", "light")
AT = 1_790_000_000
DAY = 86_400
NATION = Nation(
    1, "Texas", None, 1, 1, 1, 1, 0, 0, 1, 1, 1, "Republic", None, None, None, "active", None, 1, AT, AT
)


def drawn(job: Any, task: dict[str, Any]) -> bytes:
    """Draw in this process: the child is the same for each kind."""
    content = base64.b64decode(job(task, lambda _: None)["png"])
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    return content


def course(*values: int) -> Course:
    """Return changes a day apart."""
    entries = [
        HistoryEntry(number, 1, "gdp", old, new, "admin", None, 0, 1, "$x$", AT + number * DAY)
        for number, (old, new) in enumerate(zip((None, *values), values, strict=False), 1)
    ]
    return Course(tuple(reversed(entries)))


async def test_a_course_is_drawn_in_both_themes(tmp_path: Path) -> None:
    """A PNG of its size from the child; what it shows is said in words, with unit, dates and causes."""
    entries = course(2_400_000_000_000, 2_500_000_000_000, 2_300_000_000_000)
    last, middle, first = entries.entries
    entries = Course((last, replace(middle, undone=True), first))
    pictures = ChildPicture("course")
    about = course_words(NATION, "gdp", entries, ZONE)
    task = course_task(entries, "gdp", ZONE, "light", AT + 5 * DAY)
    make = await pictures.file(task, tmp_path, "history.png", about)
    assert make is not None
    file = make()
    content = file.fp.read()
    assert struct.unpack(">II", content[16:24]) == (704, 429)
    assert file.description is not None
    for words in (
        "GDP in dollars of Texas since Sep",
        "from $2.4 T to $2.3 T",
        "nor above $2.5 T",
        "(undone)",
    ):
        assert words in file.description
    assert content != drawn(course_job, course_task(entries, "gdp", ZONE, "dark", AT + 5 * DAY))


def test_a_course_at_the_ends_of_its_range() -> None:
    """Nothing, everything and the smallest change are drawn; values that round to the same are told apart."""
    for values in ((0, 0), (0, 900 * 10**12), (-(2**62), 2**62), (2_400_000_000_000, 2_400_000_000_001)):
        task = course_task(course(*values), "gdp", ZONE, "dark", AT)
        drawn(course_job, task)
        words = [words for _, words in task["ticks"]]
        assert len(set(words)) == len(words)


def test_a_course_of_some_days_begins_with_what_was_before() -> None:
    """One change is enough where it is known what the figure was until then; none is not drawn."""
    last = course(5, 7).entries[0]
    some = Course((last,), AT, 5)
    assert drawable(some)
    assert not drawable(Course((last,), AT, None))
    assert not drawable(Course((), AT, 5))
    task = course_task(some, "gdp", ZONE, "dark", AT + 5 * DAY)
    assert task["begin"] == (AT, 5)
    assert drawn(course_job, task) != drawn(course_job, {**task, "begin": (AT - 9 * DAY, 6)})
    words = course_words(NATION, "gdp", some, ZONE)
    assert words.startswith("GDP in dollars of Texas since Sep 21, 2026: from $5 to $7, never below $5 nor")


REGIONS = read_map(BUILT_IN.read_bytes())


def on_map(*nations: MapNation | None) -> MapView:
    """Return a view of the map that ships, its first regions with these nations."""
    found = zip(REGIONS, (*nations, *[None] * len(REGIONS)), strict=False)
    return MapView("gdp_per_capita", tuple((one.name, nation) for one, nation in found), ("Utah",), 3)


def test_a_map_is_drawn_and_told() -> None:
    """Names of any letters and length, nations without the figure, and regions without a nation."""
    names = ("Łódź", "$x$ & <b>", "Free and Most Serene People of the Lone Star", "W" * 50, "😀")
    view = on_map(*(MapNation(number, name, number or None) for number, name in enumerate(names)))
    pictures = {drawn(map_job, map_task(view, REGIONS, theme)) for theme in THEMES}
    assert len(pictures) == 2
    said = map_words(view)
    assert "$x$ & <b> $1" in said
    assert "Łódź none" in said
    assert "Regions without a nation: New York" in said
    card = map_card(view, pictured=True)
    assert card.fields[0].text == "Utah and 2 more"
    assert card.footer == "23 of 28 regions have no nation"
    assert "Łódź: none" in map_card(view, pictured=False).text
    empty = on_map()
    drawn(map_job, map_task(empty, REGIONS, "dark"))
    assert "No nation is on the map yet" in map_card(empty, pictured=True).text


def test_a_map_of_odd_shapes() -> None:
    """A sliver, a region far higher than wide, and one with a hole have their words where there is room."""
    shapes = '<path id="A" d="M0 0h1v900h-1z"/><path id="Hole" d="M9 0h90v90h-90zM20 20v50h50v-50z"/>'
    regions = read_map(f"<svg>{shapes}</svg>".encode())
    view = MapView("gdp", tuple((one.name, MapNation(1, one.name, 5)) for one in regions), (), 0)
    drawn(map_job, map_task(view, regions, "light"))


def test_rankings_and_pairs_are_drawn_and_told() -> None:
    """One's own after the others where it is further down; nothing at all, and figures that there are not."""
    places = tuple(RankPlace(number, number, f"Land {number}", None, 10 - number) for number in range(1, 4))
    own = RankPlace(9, 9, "$x$", None, None)
    found = Ranking("gdp_per_capita", places, 9, own)
    task = rank_task(found, "dark")
    assert [len(group) for group in task["groups"]] == [3, 1]
    assert [bar[2] for group in task["groups"] for bar in group] == [1, 8 / 9, 7 / 9, 0]
    assert drawn(bars_job, task) != drawn(bars_job, rank_task(found, "light"))
    assert "1. Land 1 $9; 2. Land 2 $8" in rank_words(found)
    assert "Your nation: 9. $x$ none" in rank_words(found)
    among = rank_task(replace(found, own=places[1]), "dark")
    assert [bar[3] for group in among["groups"] for bar in group] == [0, 1, 0]
    nobody = replace(NATION, gdp=0, population=0, name="W" * 50)
    drawn(bars_job, compare_task(NATION, nobody, "light"))
    drawn(bars_job, compare_task(nobody, nobody, "dark"))
    assert "GDP per head $1 and none" in compare_words(NATION, nobody)

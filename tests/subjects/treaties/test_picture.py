"""Who is allied with whom: drawn in both themes, and told in words to those who cannot see it."""

from __future__ import annotations

import base64
import random
import struct
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.subjects.blocs.model import Bloc, BlocMember, BlocSheet
from modelus_bot.subjects.treaties.cards.alliances import (
    MOST,
    alliances_card,
    alliances_of,
    alliances_task,
    alliances_words,
    ties_of,
)
from modelus_bot.subjects.treaties.model import Treaty, TreatyKind
from modelus_bot.subjects.treaties.rules import KINDS
from modelus_bot.ui.circle_drawing import circle_job
from modelus_bot.ui.pictures import ChildPicture

NAMES = ("Texas", "Łódź", "$x$ & <b>", "Free and Most Serene People of the Lone Star", "😀", "Ohio")


def name(number: int) -> str:
    """Return what a nation is called."""
    return NAMES[number - 1] if number <= len(NAMES) else f"Nation {number}"


def treaty(one: int, other: int, kind: TreatyKind = "alliance") -> Treaty:
    """Return a treaty in force."""
    a, b = sorted((one, other))
    return Treaty(a * 1000 + b, a, name(a), b, name(b), kind, "active", a, None, 1, 0, 9, 2, 5, None, None,
                  None, 2)  # fmt: skip


def bloc(number: int, *members: int) -> BlocSheet:
    """Return a bloc, which its first member leads."""
    people = tuple(
        BlocMember(number, one, name(one), "member" if place else "leader", place, None)
        for place, one in enumerate(members)
    )
    return BlocSheet(Bloc(number, f"Bloc {number}", None, "active", 0, None, 1), people)


def drawn(task: dict[str, Any]) -> tuple[int, int]:
    """Draw in this process, and return width and height in dots."""
    content = base64.b64decode(circle_job(task, lambda _: None)["png"])
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


async def test_it_is_drawn_by_the_child_and_told(tmp_path: Path) -> None:
    """Names of any letters; each kind has its line, each bloc its number and its ring."""
    ties = [treaty(1, 2), treaty(1, 2, "trade"), treaty(3, 4, "defense"), treaty(5, 6, "non_aggression")]
    view = alliances_of(ties, [bloc(1, 1, 2, 3), bloc(2, 3, 4)])
    task = alliances_task(view, "light")
    places = [number for number, _ in view.nations]
    assert sorted(places) == [1, 2, 3, 4, 5, 6]
    assert [task["names"][places.index(number)][1] for number in (1, 3, 4, 5)] == [
        (0, None), (0, 1), (None, 1), (None, None),
    ]  # fmt: skip
    assert [task["names"][places.index(number)][2] for number in (1, 2, 3)] == [True, False, True]
    assert sorted(kind for _, _, kind in task["ties"]) == [0, 1, 2, 3]
    assert task["kinds"] == list(KINDS.values())
    words = alliances_words(view)
    assert words.startswith("Who is allied with whom. Bloc 1: Texas, Łódź, $x$ & <b>. Bloc 2: $x$ &")
    assert "Trade agreement: Texas and Łódź." in words
    make = await ChildPicture("circle").file(task, tmp_path, "alliances.png", words)
    assert make is not None
    assert make().description == words
    without = alliances_card(view, pictured=False)
    assert "**Alliance:** Texas and Łódź" in without.text
    assert r"**Bloc 2:** $x$ & \<b\>" in without.text
    assert alliances_card(view, pictured=True).text.startswith("Alliance: 1\n")


def test_a_nations_card_has_its_ties() -> None:
    """Its blocs and its treaties by kind; nothing for a nation that has none."""
    ties = [treaty(1, 2), treaty(1, 6), treaty(1, 2, "trade")]
    assert ties_of(1, ties, [bloc(1, 1, 2), bloc(2, 3, 1)]) == [
        ("Blocs", "Bloc 1 (leads it), Bloc 2"),
        ("Treaties", "Alliance: Łódź, Ohio\nTrade agreement: Łódź"),
    ]
    assert ties_of(1, [], []) == []


def test_members_of_a_bloc_stand_together() -> None:
    """Whoever is in two blocs stands between them, and the others by those whom they agreed with."""
    view = alliances_of([treaty(6, 9), treaty(7, 1)], [bloc(1, 1, 5, 9), bloc(2, 9, 8)])
    order = [number for number, _ in view.nations]
    assert (set(order[:2]), order[2:4]) == ({1, 5}, [9, 8])
    task = alliances_task(view, "dark")
    assert {tuple(tie[:2]) for tie in task["ties"]} == {
        tuple(sorted((place(view, 6), place(view, 9)))),
        tuple(sorted((place(view, 7), place(view, 1)))),
    }


def place(view: Any, number: int) -> int:
    """Return where a nation stands."""
    return [one for one, _ in view.nations].index(number)


def test_one_nation_alone() -> None:
    """Its treaties and blocs, and nobody whom it has nothing to do with."""
    every = ([treaty(1, 2), treaty(3, 4), treaty(2, 5)], [bloc(1, 1, 6), bloc(2, 3, 4)])
    view = alliances_of(*every, (1, "Texas"))
    assert {number for number, _ in view.nations} == {1, 2, 6}
    assert alliances_words(view).startswith("Who is allied with Texas. Bloc 1: Texas, Ohio.")
    assert "No treaty in force" in alliances_card(alliances_of(*every, (9, "Utah")), pictured=True).text


@pytest.mark.parametrize(("nations", "theme"), [(2, "dark"), (16, "light"), (17, "dark"), (80, "light")])
def test_any_number_of_nations(nations: int, theme: Any) -> None:
    """Few names lie flat, many stand out; of too many those with most ties are drawn, and it is said."""
    dice = random.Random(nations)
    pairs = {tuple(sorted(dice.sample(range(1, nations + 1), 2))) for _ in range(2 * nations)}
    blocs = [bloc(n + 1, *range(4 * n + 1, min(4 * n + 5, nations + 1))) for n in range(nations // 4)]
    view = alliances_of([treaty(one, other) for one, other in sorted(pairs)], blocs)
    assert len(view.nations) == min(MOST, len({number for pair in pairs for number in pair} | set(
        range(1, 4 * (nations // 4) + 1)
    )))  # fmt: skip
    width, height = drawn(alliances_task(view, theme))
    assert width <= 1100
    assert height <= 900
    assert width > height
    footer = alliances_card(view, pictured=True).footer
    assert (footer is not None) == bool(view.left_out) == (nations > MOST)

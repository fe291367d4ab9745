"""Cards of wars that do not say who fought on whose side, as those of other programs do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from modelus_bot.subjects.wars.cards import wars_card
from modelus_bot.subjects.wars.model import Side, War, WarSheet, WarSide

DAY = date(2026, 1, 5)
WAR = War(1, "Great War", "active", DAY, None, None, 7, None, 1)


@pytest.mark.parametrize(
    ("sides", "told"),
    [
        ((("Ohio", "A"), ("Texas", "B"), ("Utah", "other")), "Ohio against Texas,"),
        ((("Ohio", "other"), ("Texas", "other")), "Ohio, Texas,"),
        ((("Ohio", "A"),), "Ohio,"),
        ((), "nobody is named,"),
    ],
)
def test_a_list_names_who_fights_whatever_is_known(sides: tuple[tuple[str, Side], ...], told: str) -> None:
    """No line has a word for a side that nobody is on."""
    found = tuple(WarSide(1, number, name, side, DAY, None) for number, (name, side) in enumerate(sides))
    text = wars_card([WarSheet(WAR, found)], DAY).text
    assert f"day 1): {told} 7 casualties" in text


def test_a_list_says_how_long_a_war_lasted_and_who_left() -> None:
    """What has ended has no day of today any more."""
    ended = replace(WAR, status="ended", ended_on=DAY + timedelta(days=2))
    found = WarSheet(ended, (WarSide(1, 1, "Ohio", "A", DAY, None), WarSide(1, 2, "Utah", "A", DAY, DAY)))
    text = wars_card([found], DAY + timedelta(days=9)).text
    assert text == "**Great War** (ended after 3 days): Ohio, Utah (left), 7 casualties"

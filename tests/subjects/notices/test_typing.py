"""What people type about their inbox: times of the day, zones, numbers of notices."""

from __future__ import annotations

import pytest

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.notices.choices import (
    number_of,
    suggest_minutes,
    suggest_zones,
    typed_minute,
    typed_zone,
)


@pytest.mark.parametrize(
    ("typed", "minute"),
    [("22:00", 1320), ("7", 420), ("7:30", 450), (" 10 PM ", 1320), ("12am", 0), ("12 pm", 720), ("0:05", 5)],
)
def test_times_of_the_day(typed: str, minute: int) -> None:
    """As clocks and people say them."""
    assert typed_minute(typed) == minute


@pytest.mark.parametrize("typed", ["24:00", "7:60", "13 pm", "0 am", "night", "-1", "", "7:5", "٧"])
def test_what_is_no_time(typed: str) -> None:
    """The sentence says how one is written."""
    with pytest.raises(InvalidInput, match="Write a time of the day as 22:00"):
        typed_minute(typed)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("UTC", "UTC"),
    ],
)
def test_zones(typed: str, zone: str) -> None:
    """By their name or their city, whatever the case."""
    assert typed_zone(typed) == zone


def test_what_is_no_zone_is_told_what_is_like_it() -> None:
    """A slip of the finger is answered with what was probably meant."""
    with pytest.raises(InvalidInput, match="Did you mean Europe/Berlin"):
        typed_zone("Berlim")
    with pytest.raises(InvalidInput, match="Pick one from the list"):
        typed_zone("!!")


def test_zones_are_suggested_with_the_time_there() -> None:
    """Some before anything is typed, misspelt ones by likeness, at most what Discord shows."""
    assert suggest_zones("")[0].value == "America/New_York"
    assert "(now " in suggest_zones("")[0].name
    assert suggest_zones("kolkata")[0].value == "Asia/Kolkata"
    assert "Europe/Berlin" in [item.value for item in suggest_zones("berlim")]
    assert len(suggest_zones("a")) == 25
    assert suggest_zones("!!") == []


def test_times_are_suggested() -> None:
    """What was typed comes first, as it was understood."""
    assert suggest_minutes("10pm", off=False)[0].value == "22:00"
    assert [item.value for item in suggest_minutes("", off=True)][:2] == ["off", "20:00"]
    assert [item.value for item in suggest_minutes("off", off=False)] == []
    assert [item.value for item in suggest_minutes("no", off=True)] == ["off"]


def test_numbers_of_notices() -> None:
    """Typed with or without its title."""
    assert number_of("12") == number_of("#12") == number_of("12: Title (On duty)") == 12
    for typed in ("twelve", "0", "1" * 19, "-3"):
        with pytest.raises(InvalidInput, match="is not a notice"):
            number_of(typed)

"""Days that the files write as instants: which day was meant, and that it is said."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.subjects.rotation_import.rules.days import day_taken
from modelus_bot.subjects.rotation_import.rules.mending import mend
from modelus_bot.subjects.rotation_import.rules.reading import parse

ZONES = ("Asia/Tokyo", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC")


@given(st.dates(date(2001, 1, 1), date(2198, 1, 1)), st.sampled_from(ZONES))
def test_a_local_midnight_is_its_local_day(day: date, zone: str) -> None:
    """As JavaScript writes a date that was picked in the server's zone."""
    midnight = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    written = midnight.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert day_taken(written, ZoneInfo(zone)).day == day


@pytest.mark.parametrize(
    ("written", "zone", "day"),
    [
        ("2026-11-15T15:00:00.000Z", "Asia/Tokyo", date(2026, 11, 16)),
        ("2026-11-15T05:00:00.000Z", "America/New_York", date(2026, 11, 15)),
        ("2026-11-15T00:00:00.000Z", "America/New_York", date(2026, 11, 15)),
        ("2026-11-15T00:00:00+00:00", "Asia/Tokyo", date(2026, 11, 15)),
        ("2026-11-15T23:30:00Z", "Asia/Tokyo", date(2026, 11, 16)),
        ("2026-11-15T12:00:00+09:00", "America/New_York", date(2026, 11, 14)),
        ("2026-11-15T10:00:00", "Asia/Tokyo", date(2026, 11, 15)),
        ("2026-11-15 00:00", "Asia/Tokyo", date(2026, 11, 15)),
        (" 2026-11-15 ", "Asia/Tokyo", date(2026, 11, 15)),
    ],
)
def test_which_day_is_meant(written: str, zone: str, day: date) -> None:
    """Local midnight, what is left of a day in UTC, and times of day."""
    assert day_taken(written, ZoneInfo(zone)).day == day


@pytest.mark.parametrize(
    "written", ["2026-11-15Tx", "2026-13-01", "1999-12-31", "15.11.2026", 20261115, None]
)
def test_what_is_no_day_is_refused(written: object) -> None:
    """With the way to write one."""
    with pytest.raises(ValueError, match="day"):
        day_taken(written, ZoneInfo("UTC"))


def test_what_was_taken_for_what_is_in_the_report() -> None:
    """A line for each way, with the first of them."""
    sprints = [
        f'{{"sprintName": "S{n}", "startDate": "2026-11-{n:02}T15:00:00.000Z",'
        f' "endDate": "2026-11-{n + 1:02}T15:00:00.000Z"}}'
        for n in range(1, 6)
    ]
    data = mend(parse({"sprints.json": f"[{', '.join(sprints)}]"}, "Asia/Tokyo"))
    assert [sprint.start.day for sprint in data.sprints] == [2, 3, 4, 5, 6]
    said = [item.sentence for item in data.mended if "Asia/Tokyo" in item.sentence]
    (sentence,) = said
    assert sentence == (
        "sprints.json: midnights in Asia/Tokyo were taken as days: 2026-11-01T15:00:00.000Z as 2026-11-02,"
        " 2026-11-02T15:00:00.000Z as 2026-11-03, 2026-11-03T15:00:00.000Z as 2026-11-04, and 3 more."
    )


def test_sprints_of_one_name_are_said() -> None:
    """They are kept as they are; whoever imports them reads that a name does not tell them apart."""
    sprints = [
        {"sprintName": name, "startDate": f"2026-11-{day:02}", "endDate": f"2026-11-{day + 1:02}"}
        for name, day in (("Sprint", 1), ("Other", 2), (" sprint", 3))
    ]
    data = mend(parse({"sprints.json": json.dumps(sprints)}))
    assert len(data.sprints) == 3
    assert any("2 sprints are called" in item.sentence for item in data.mended)

"""Heads-up: five in the evening of the last working day before a hand-over, to both sides, once."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.clock.writes import TakeBackFuture
from modelus_bot.subjects.heads_up.rules import heads_up_at
from modelus_bot.subjects.heads_up.writes import TellHeadsUp
from modelus_bot.subjects.oncall.writes import Handoff
from modelus_bot.subjects.rosters.writes.edits import MoveInRoster
from modelus_bot.subjects.sprints.writes import EditSprint
from tests.subjects.rota import ADA, BEN, CLEO, MANAGER, Rota, instant, sprint_start

DAY = timedelta(days=1)
AT_FIVE = TellHeadsUp(minute=17 * 60)
FRIDAY = sprint_start(1) - 3 * DAY
TOLD = "SELECT user_id, dedupe_key FROM notifications WHERE dedupe_key GLOB 'heads-up:*' ORDER BY id"


def look(rota: Rota, at: int) -> list[tuple[int, str]]:
    """Return whom a look at an instant tells of which side; the second look tells nobody."""
    before = len(rota.rows(TOLD))
    rota.at = at
    told = rota.do(AT_FIVE)
    assert rota.do(AT_FIVE) == 0
    found = rota.rows(TOLD)[before:]
    assert told == len(found)
    return [(person, key.split(":")[3]) for person, key in found]


def test_both_sides_are_told_on_friday_at_five(rota: Rota) -> None:
    """The sprint begins on a Monday; not a second earlier, and once."""
    assert look(rota, instant(FRIDAY, "17:00") - 1) == []
    assert look(rota, instant(FRIDAY, "17:00")) == [(ADA, "out"), (BEN, "in")]
    assert look(rota, instant(sprint_start(1), "07:59")) == []
    text = rota.value("SELECT message FROM notifications WHERE dedupe_key GLOB 'heads-up:*:in:*'")
    assert f"<t:{instant(sprint_start(1), '08:00')}:f>" in text
    assert "Before you it was Ada" in text


def test_missed_it_is_told_until_the_hand_over(rota: Rota) -> None:
    """On Sunday it is late and still said; once the hand-over has come it is not."""
    assert look(rota, instant(sprint_start(1) - DAY, "20:00")) == [(ADA, "out"), (BEN, "in")]
    rota.at = instant(sprint_start(1), "08:00")
    rota.do(Handoff())
    assert look(rota, rota.at) == []
    assert look(rota, instant(sprint_start(2), "08:00") + 60) == [], "it is over: two sprints later nobody is"


def test_who_gets_the_turn_later_is_told_too(rota: Rota) -> None:
    """Cleo takes Ben's place on Saturday; he hears that his turn moved, and Ada is not told again."""
    look(rota, instant(FRIDAY, "17:00"))
    rota.at = instant(FRIDAY + DAY)
    rota.do(MoveInRoster(member_id=CLEO, discipline="account", position=2), MANAGER)
    assert look(rota, rota.at + 60) == [(CLEO, "in")]


def test_after_a_gap_it_is_the_day_before_the_next_sprint(rota: Rota) -> None:
    """The holders stay on duty through the gap, so they are told when it ends."""
    rota.do(EditSprint(sprint_id=rota.sprint_id(1), start=sprint_start(1) + 3 * DAY, reason="x"), MANAGER)
    assert look(rota, instant(FRIDAY, "17:00")) == []
    assert look(rota, instant(sprint_start(1) + 2 * DAY, "17:00")) == [(ADA, "out"), (BEN, "in")]


def test_nobody_is_told_of_a_sprint_that_is_not_planned(rota: Rota) -> None:
    """In the last sprint there is no hand-over to tell of."""
    rota.at = instant(sprint_start(9), "09:00")
    rota.do(Handoff())
    assert look(rota, instant(sprint_start(10) - DAY, "18:00")) == []


def test_a_future_that_did_not_come_is_taken_back(rota: Rota) -> None:
    """Told by a wrong clock, it is withdrawn and told again when it is time."""
    now = rota.at
    assert look(rota, instant(FRIDAY, "17:00")) != []
    rota.at = now
    rota.do(TakeBackFuture(beyond=now + 60))
    assert rota.rows(TOLD) == []
    assert look(rota, instant(FRIDAY, "17:00")) == [(ADA, "out"), (BEN, "in")]


@pytest.mark.parametrize(
    ("handover", "handoff", "told"),
    [
        (date(2026, 1, 19), "08:00", "2026-01-16 17:00"),  # Monday: the Friday before
        (date(2026, 1, 18), "08:00", "2026-01-16 17:00"),
        (date(2026, 1, 17), "08:00", "2026-01-16 17:00"),
        (date(2026, 1, 21), "08:00", "2026-01-20 17:00"),
        (date(2026, 1, 21), "20:00", "2026-01-21 17:00"),  # before that day's own hand-over
        (date(2026, 1, 21), "17:00", "2026-01-20 17:00"),
        (date(2026, 3, 9), "08:00", "2026-03-06 17:00"),  # clocks change in between
        (date(2026, 11, 2), "08:00", "2026-10-30 17:00"),
    ],
)
def test_the_last_working_day(handover: date, handoff: str, told: str) -> None:
    """Saturdays and Sundays are none; the time is that of the server's clocks."""
    hours, minutes = map(int, handoff.split(":"))
    day, clock = told.split()
    expected = instant(date.fromisoformat(day), clock, ZoneInfo("America/New_York"))
    assert heads_up_at(handover, Calendar(handoff_minute=hours * 60 + minutes), 17 * 60) == expected

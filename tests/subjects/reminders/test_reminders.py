"""Reminders: some days before a turn begins, once for each distance, to whoever has it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.cover_days import Days, StandIn, Turn
from modelus_bot.subjects.clock.writes import TakeBackFuture
from modelus_bot.subjects.covers.writes.steps import ApproveCover, RequestCover, RevokeCover
from modelus_bot.subjects.disciplines.model import DisciplineSpec
from modelus_bot.subjects.disciplines.writes import EnsureDisciplines
from modelus_bot.subjects.notices.writes.sending import MarkDelivered
from modelus_bot.subjects.oncall.writes import Handoff
from modelus_bot.subjects.reminders.queries import coming_turns, distance_due
from modelus_bot.subjects.reminders.writes import RemindHolders
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from modelus_bot.subjects.sprints.writes import AddSprint, EditSprint
from tests.subjects.rota import (
    ADA,
    BEN,
    CLEO,
    MANAGER,
    SPRINT_DAYS,
    Rota,
    fill_roster,
    instant,
    sprint_start,
)

DAY = timedelta(days=1)
WEEK_AND_DAY = RemindHolders(days_before=(7, 1))
REMINDERS = "SELECT user_id, dedupe_key FROM notifications WHERE dedupe_key GLOB 'remind:*' ORDER BY id"


def reminded(rota: Rota, at: int) -> list[tuple[int, str]]:
    """Return whom one look at an instant reminds, with the distance, the second look reminding nobody."""
    before = len(rota.rows(REMINDERS))
    rota.at = at
    rota.do(Handoff())
    queued = rota.do(WEEK_AND_DAY)
    assert rota.do(WEEK_AND_DAY) == 0
    found = rota.rows(REMINDERS)[before:]
    assert queued == len(found)
    return [(person, key.split(":")[3]) for person, key in found]


def test_a_week_and_a_day_before_at_the_hand_over(rota: Rota) -> None:
    """Not a second earlier, each once, and never after the turn has begun."""
    week, eve, begin = (instant(sprint_start(1) - days * DAY, "08:00") for days in (7, 1, 0))
    assert reminded(rota, week - 1) == []
    assert reminded(rota, week) == [(BEN, "7")]
    assert reminded(rota, eve - 1) == []
    assert reminded(rota, eve) == [(BEN, "1")]
    assert reminded(rota, begin - 1) == []
    assert reminded(rota, begin) == []
    told = "SELECT DISTINCT message FROM notifications WHERE dedupe_key GLOB 'remind*'"
    ((text,),) = rota.rows(told)
    end = instant(sprint_start(2), "08:00")
    assert f"In Sprint 1 you are on duty from <t:{begin}:f> (<t:{begin}:R>):" in text
    assert f"• Account, until <t:{end}:f>" in text
    assert "ask for cover" in text


def test_what_was_missed_is_made_up_for_until_the_turn_begins(rota: Rota) -> None:
    """Down for the first moment, it comes late; down for both, only one comes; begun, none does."""
    begin = instant(sprint_start(1), "08:00")
    assert reminded(rota, begin - 3 * 86400) == [(BEN, "7")]
    rota.connection.execute("DELETE FROM notifications")
    assert reminded(rota, begin - 3600) == [(BEN, "1")]
    rota.connection.execute("DELETE FROM notifications")
    assert reminded(rota, begin) == []


def test_one_message_names_all_duties_of_a_turn(rota: Rota) -> None:
    """Those who get another one later hear of that one alone."""
    for discipline in ("producer", "ui_eng"):
        rota.do(AddToRoster(member_id=BEN, name="Ben", discipline=discipline), MANAGER)
    week = instant(sprint_start(1) - 7 * DAY, "08:00")
    assert reminded(rota, week) == [(BEN, "7")]
    title, message = rota.rows("SELECT title, message FROM notifications ORDER BY id DESC LIMIT 1")[0]
    assert title == "Your turn begins soon: Account, Producer, UI engineer"
    assert message.count("\n• ") == 3
    rota.do(AddToRoster(member_id=BEN, name="Ben", discipline="po"), MANAGER)
    assert reminded(rota, week + 60) == [(BEN, "7")]
    assert rota.notices(BEN)[-1] == "Your turn begins soon: Product owner"


def test_a_new_holder_is_reminded_too(rota: Rota) -> None:
    """After a cover of the whole turn the replacement, and if it is revoked nobody a second time."""
    week = instant(sprint_start(1) - 7 * DAY, "08:00")
    assert reminded(rota, week) == [(BEN, "7")]
    wish = RequestCover(sprint_id=rota.sprint_id(1), discipline="account", replacement_id=CLEO)
    number = rota.do(wish, BEN).cover.id
    rota.do(ApproveCover(cover_id=number), MANAGER)
    assert reminded(rota, week + 86400) == [(CLEO, "7")]
    assert reminded(rota, week + 6 * 86400) == [(CLEO, "1")]
    rota.do(RevokeCover(cover_id=number, reason="x"), MANAGER)
    assert reminded(rota, week + 6 * 86400 + 60) == [(BEN, "1")]
    assert reminded(rota, week + 6 * 86400 + 120) == []


def test_days_that_are_covered_are_a_turn_of_their_own(rota: Rota) -> None:
    """Who covers them is reminded of them; the holder of the turn of its own first day."""
    wish = RequestCover(
        sprint_id=rota.sprint_id(1),
        discipline="account",
        replacement_id=CLEO,
        first_day=sprint_start(1),
        last_day=sprint_start(1) + 2 * DAY,
    )
    rota.do(ApproveCover(cover_id=rota.do(wish, BEN).cover.id), MANAGER)
    eve = instant(sprint_start(1) - DAY, "08:00")
    assert reminded(rota, eve) == [(BEN, "7"), (CLEO, "1")]
    assert reminded(rota, eve + 3 * 86400) == [(BEN, "1")]
    message = rota.value(
        "SELECT message FROM notifications WHERE user_id = ? AND dedupe_key GLOB 'remind*'", CLEO
    )
    assert "• Account, covering Jan 19–21, until" in message
    assert "tell a project manager" in message
    again = wish.model_copy(
        update={"first_day": sprint_start(1) + 5 * DAY, "last_day": sprint_start(1) + 5 * DAY}
    )
    rota.do(ApproveCover(cover_id=rota.do(again, BEN).cover.id), MANAGER)
    assert reminded(rota, eve + 3 * 86400 + 60) == [(CLEO, "7")]
    assert reminded(rota, eve + 5 * 86400) == [(CLEO, "1")]
    assert reminded(rota, eve + 7 * 86400 + 60) == [], "days after one's own covered days begin nothing"


def test_a_turn_that_is_moved_is_reminded_of_anew(rota: Rota) -> None:
    """It begins on another day."""
    week = instant(sprint_start(1) - 7 * DAY, "08:00")
    assert reminded(rota, week) == [(BEN, "7")]
    rota.do(EditSprint(sprint_id=rota.sprint_id(1), reason="x", start=sprint_start(1) + DAY), MANAGER)
    assert reminded(rota, week + 60) == []
    assert reminded(rota, week + 86400) == [(BEN, "7")]


def test_nobody_is_reminded_of_an_empty_turn_or_without_an_account(staffed: Rota) -> None:
    """Neither where nobody is on the roster nor for people imported without a Discord account."""
    rota = staffed
    rota.do(AddToRoster(member_id=7, name="Imported", discipline="account"))
    rota.do(AddSprint(name="S", start=sprint_start(1), end=sprint_start(2)), MANAGER)
    rota.at = instant(sprint_start(1) - DAY, "12:00")
    rota.do(Handoff())
    rota.do(WEEK_AND_DAY)
    assert rota.rows(REMINDERS) == []


def test_who_was_reminded_in_a_future_that_did_not_come_is_reminded_again(rota: Rota) -> None:
    """What was not sent is withdrawn; what was sent does not stand in the way of the real one."""
    now = rota.at
    rota.at = instant(sprint_start(1) - DAY, "08:00")
    rota.do(WEEK_AND_DAY)
    number = rota.value("SELECT max(id) FROM notifications")
    rota.do(MarkDelivered(ids=(number,)))
    rota.at = instant(sprint_start(2) - DAY, "08:00")
    rota.do(Handoff())
    rota.do(WEEK_AND_DAY)
    assert len(rota.rows(REMINDERS)) == 2
    rota.at = now
    rota.do(TakeBackFuture(beyond=now + 60))
    assert rota.rows(REMINDERS) == []
    assert rota.value("SELECT count(*) FROM notifications WHERE id = ?", number) == 1
    assert reminded(rota, instant(sprint_start(1) - DAY, "08:00")) == [(BEN, "1")]


@pytest.mark.parametrize("change", [date(2026, 3, 8), date(2026, 11, 1)])
@pytest.mark.parametrize("days", [1, 7])
def test_reminders_come_at_the_hand_over_s_local_time(staffed: Rota, change: date, days: int) -> None:
    """Also where clocks are changed between the reminder and the turn, or on the day of either."""
    rota = staffed
    fill_roster(rota, ADA)
    for begin in (change + DAY, change, change + days * DAY):
        with rota.transaction() as connection:
            for table in ("current_holders", "current_state", "assignments", "notifications", "sprints"):
                connection.execute(f"DELETE FROM {table}")
        rota.do(AddSprint(name="S", start=begin, end=begin + 14 * DAY), MANAGER, at=instant(begin - 20 * DAY))
        moment = instant(begin - days * DAY, "08:00")
        for at, expected in ((moment - 1, 0), (moment, 1)):
            rota.at = at
            assert rota.do(RemindHolders(days_before=(days,))) == expected


def test_a_turn_of_many_duties_with_long_keys_is_told_in_several(rota: Rota) -> None:
    """A notice's key has room for some; none is forgotten, none told twice."""
    keys = [f"{number}{'x' * 31}" for number in range(4)]
    rota.do(EnsureDisciplines(disciplines=tuple(DisciplineSpec(key=key, label=key[:3]) for key in keys)))
    for key in keys:
        rota.do(AddToRoster(member_id=CLEO, name="Cleo", discipline=key), MANAGER)
    found = reminded(rota, instant(sprint_start(1) - 7 * DAY, "08:00"))
    assert found == [(BEN, "7"), (CLEO, "7"), (CLEO, "7")]
    named = ", ".join(title.partition(": ")[2] for title in rota.notices(CLEO)[-2:])
    assert sorted(named.split(", ")) == sorted(key[:3] for key in keys)


@given(
    st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    st.lists(st.integers(1, 60), min_size=1, max_size=5, unique=True),
    st.integers(-61 * 86400, 86400),
    st.integers(0, 1439),
)
def test_the_nearest_distance_counts(first: date, days: list[int], offset: int, minute: int) -> None:
    """Told by instants: the latest moment that has passed, while the turn has not begun."""
    calendar = Calendar("Europe/Berlin", minute)
    at = calendar.handoff(first) + offset
    moments = {calendar.handoff(first - day * DAY): day for day in days}
    passed = [moment for moment in moments if moment <= at]
    expected = moments[max(passed)] if passed and offset < 0 else None
    assert distance_due(first, at, calendar, days) == expected


@given(st.lists(st.tuples(st.integers(0, 13), st.sampled_from([BEN, CLEO])), max_size=10))
def test_everybody_who_takes_over_is_told_before(wishes: list[tuple[int, int]]) -> None:
    """Whoever gets a day after somebody else is among them, except on the way back to its holder."""
    start, end = sprint_start(0), sprint_start(1)
    by_day = dict(wishes)
    turn = Turn(
        ADA,
        "rotation",
        tuple(
            StandIn(number, person, "P", Days(start + number * DAY, start + number * DAY))
            for number, person in by_day.items()
        ),
    )
    days = [by_day.get(number, ADA) for number in range(SPRINT_DAYS)]
    taken_over = [
        (person, start + number * DAY)
        for number, (before, person) in enumerate(pairwise([None, *days]))
        if before != person and (person != ADA or ADA not in days[:number])
    ]
    found = [(beginning.user_id, beginning.days.first) for beginning in turn.beginnings(start, end)]
    assert found == taken_over


def test_coming_turns_are_those_of_one_person_if_asked_so(rota: Rota) -> None:
    """The present turn is none of them."""
    week = instant(sprint_start(1) - 7 * DAY, "08:00")
    everybody = rota.ask(coming_turns, week, rota.calendar, 60)
    assert [item.user_id for item in everybody] == [BEN, CLEO, ADA, BEN]
    assert rota.ask(coming_turns, week, rota.calendar, 60, CLEO) == tuple(everybody[1:2])

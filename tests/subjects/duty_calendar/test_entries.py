"""Entries of a calendar: keys that stay, numbers that grow, and files that another library reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.cover_days import Turn
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import NotAllowed
from modelus_bot.subjects.assignments.model import DealtTurn
from modelus_bot.subjects.covers.writes.requests import RequestCover
from modelus_bot.subjects.covers.writes.steps import ApproveCover, RevokeCover
from modelus_bot.subjects.duty_calendar.cards.calendar_file import calendar_file
from modelus_bot.subjects.duty_calendar.model import CalendarEntry, DutyCalendar, PublishedEntry
from modelus_bot.subjects.duty_calendar.pruning import PruneEntries, old_entries
from modelus_bot.subjects.duty_calendar.queries import duty_calendar
from modelus_bot.subjects.duty_calendar.rules.entries import planned_entries, published
from modelus_bot.subjects.duty_calendar.writes import PublishEntries
from modelus_bot.subjects.oncall.writes import SetHolder
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.subjects.rosters.writes.edits import MoveInRoster
from modelus_bot.subjects.sprints.writes import EditSprint
from tests.subjects.rota import ADA, BEN, CLEO, DAN, GUEST, MANAGER, Rota, sprint_start

DAY = timedelta(days=1)
SERVER = 4
FIRST = date(2026, 1, 5)


def look(rota: Rota, whose: int | None = None, weeks: int = 20, **calendar: Any) -> DutyCalendar:
    """Return the calendar as it is handed out now, and remember that."""
    known = replace(rota.calendar, **calendar)
    last = known.duty_day(rota.at) + timedelta(weeks=weeks)
    found = rota.ask(duty_calendar, Viewer(whose or ADA), whose, rota.at, known, last, SERVER)
    context = {"zone": known.zone, "handoff_minute": known.handoff_minute}
    changed = rota.do(PublishEntries(at=rota.at, server=SERVER), **context)
    assert bool(changed) == found.unpublished
    assert rota.do(PublishEntries(at=rota.at, server=SERVER), **context) == 0
    return found


def file_of(found: DutyCalendar, zone: str = "America/New_York") -> str:
    """Return the calendar's file."""
    return calendar_file(found.entries, zone, "On duty").decode()


def read_back(text: str) -> dict[str, Any]:
    """Return the events of a file by key, as another library reads them."""
    calendar = vobject.readOne(text)
    events = {event.uid.value: event for event in calendar.contents.get("vevent", [])}
    assert len(events) == len(calendar.contents.get("vevent", []))
    return events


def local(event: Any) -> tuple[str, str]:
    """Return when an event begins and ends, as clocks there show it."""
    return tuple(getattr(event, name).value.strftime("%Y-%m-%d %H:%M") for name in ("dtstart", "dtend"))  # type: ignore[return-value]


def test_the_team_has_every_turn_and_one_person_theirs(rota: Rota) -> None:
    """Seven sprints of one roster are dealt; each entry is read back with its words, times and zone."""
    team = read_back(file_of(look(rota)))
    assert len(team) == 7
    mine = read_back(file_of(look(rota, BEN)))
    assert {event.summary.value for event in mine.values()} == {"Account: Ben"}
    assert mine.keys() <= team.keys()
    first = min(mine.values(), key=lambda event: event.dtstart.value)
    assert local(first) == (f"{sprint_start(1)} 08:00", f"{sprint_start(2)} 08:00")
    assert first.description.value == "On duty as Account in Sprint 1."
    assert (first.status.value, first.sequence.value, first.transp.value) == ("CONFIRMED", "0", "TRANSPARENT")


def test_a_cover_of_days_divides_the_turn_and_taking_it_back_cancels_it(rota: Rota) -> None:
    """Ben's entry ends earlier and another begins; Cleo's is there, then cancelled; keys stay."""
    before = read_back(file_of(look(rota)))
    start = sprint_start(1)
    rota.at += 60
    asked = rota.do(
        RequestCover(
            sprint_id=rota.sprint_id(1),
            discipline="account",
            replacement_id=CLEO,
            first_day=start + 3 * DAY,
            last_day=start + 4 * DAY,
        ),
        BEN,
    )
    rota.do(ApproveCover(cover_id=asked.cover.id), MANAGER)
    during = read_back(file_of(look(rota)))
    new = {uid: during[uid] for uid in during.keys() - before.keys()}
    assert sorted((event.summary.value, *local(event)) for event in new.values()) == [
        ("Account: Ben", f"{start + 5 * DAY} 08:00", f"{start + 14 * DAY} 08:00"),
        ("Account: Cleo (cover)", f"{start + 3 * DAY} 08:00", f"{start + 5 * DAY} 08:00"),
    ]
    (moved,) = [uid for uid in before if during[uid].sequence.value == "1"]
    assert local(during[moved]) == (f"{start} 08:00", f"{start + 3 * DAY} 08:00")
    assert during[moved].last_modified.value == datetime.fromtimestamp(rota.at, UTC)
    cover = next(event for event in new.values() if "cover" in event.summary.value)
    assert cover.description.value == "On duty as Account in Sprint 1. Covering for Ben."

    rota.at += 60
    rota.do(RevokeCover(cover_id=asked.cover.id, reason="x"), MANAGER)
    after = read_back(file_of(look(rota)))
    assert {after[uid].status.value for uid in new} == {"CANCELLED"}
    assert {after[uid].sequence.value for uid in new} == {"1"}
    assert after[moved].sequence.value == "2"
    assert local(after[moved]) == (f"{start} 08:00", f"{start + 14 * DAY} 08:00")
    assert read_back(file_of(look(rota))).keys() == after.keys()
    assert file_of(look(rota)) == file_of(look(rota)), "nothing changed, so neither does the file"


def test_moved_days_update_and_a_lost_turn_is_cancelled_in_its_old_holders_file(rota: Rota) -> None:
    """An edit of the sprint keeps the key; a move on the roster gives the turn to somebody else."""
    before = read_back(file_of(look(rota, BEN)))
    rota.at += 60
    rota.do(EditSprint(sprint_id=rota.sprint_id(1), start=sprint_start(1) + DAY, reason="x"), MANAGER)
    moved = read_back(file_of(look(rota, BEN)))
    assert moved.keys() == before.keys()
    first = min(moved.values(), key=lambda event: event.dtstart.value)
    assert (local(first)[0], first.sequence.value) == (f"{sprint_start(1) + DAY} 08:00", "1")

    rota.at += 60
    rota.do(MoveInRoster(member_id=CLEO, discipline="account", position=2), MANAGER)
    lost = read_back(file_of(look(rota, BEN)))
    assert lost[first.uid.value].status.value == "CANCELLED"
    assert [event.status.value for event in lost.values()].count("CONFIRMED") == 2


def test_a_turn_that_was_cut_short_today_is_updated_not_cancelled(rota: Rota) -> None:
    """Cleo covers the rest of Ada's turn from today: Ada's own days stay hers, and end today."""
    before = read_back(file_of(look(rota, ADA)))
    today = sprint_start(0) + 2 * DAY
    asked = rota.do(
        RequestCover(
            sprint_id=rota.sprint_id(0),
            discipline="account",
            replacement_id=CLEO,
            first_day=today,
            last_day=sprint_start(1) - DAY,
        ),
        ADA,
    )
    rota.do(ApproveCover(cover_id=asked.cover.id), MANAGER)
    rota.at += 60
    after = read_back(file_of(look(rota, ADA)))
    cut = after[min(before, key=lambda uid: before[uid].dtstart.value)]
    assert (cut.status.value, cut.sequence.value) == ("CONFIRMED", "1")
    assert local(cut) == (f"{sprint_start(0)} 08:00", f"{today} 08:00")
    rota.do(SetHolder(discipline="producer", member_id=DAN, name="Dan", reason="x"), MANAGER)
    assert "Producer: Dan" in file_of(look(rota))


def test_another_zone_or_hand_over_is_a_change(rota: Rota) -> None:
    """The same keys, the next number, the new times in the new zone."""
    before = read_back(file_of(look(rota)))
    rota.at += 60
    after = read_back(file_of(look(rota, zone="Europe/Berlin", handoff_minute=570), "Europe/Berlin"))
    assert after.keys() == before.keys()
    assert {event.sequence.value for event in after.values()} == {"1"}
    assert {local(event)[0][-5:] for event in after.values()} == {"09:30"}
    offsets = {event.dtstart.value.utcoffset() for event in after.values()}
    assert offsets == {timedelta(hours=1), timedelta(hours=2)}


@pytest.mark.parametrize(
    ("zone", "minute", "day", "offset", "clock"),
    [
        ("America/New_York", 480, date(2026, 3, 8), -4, "08:00"),
        ("America/New_York", 480, date(2026, 3, 7), -5, "08:00"),
        ("America/New_York", 150, date(2026, 3, 8), -4, "03:30"),
        ("America/New_York", 480, date(2026, 11, 1), -5, "08:00"),
        ("America/New_York", 90, date(2026, 11, 1), -4, "01:30"),
        ("Europe/Berlin", 150, date(2026, 10, 25), 2, "02:30"),
        ("Europe/Berlin", 150, date(2026, 3, 29), 2, "03:30"),
        ("UTC", 0, date(2026, 3, 8), 0, "00:00"),
        ("Australia/Lord_Howe", 480, date(2026, 4, 5), 10.5, "08:00"),
    ],
)
def test_daylight_saving_days(zone: str, minute: int, day: date, offset: float, clock: str) -> None:
    """On the days on which clocks change, the file says the instant of the hand-over, with its own offset."""
    calendar = Calendar(zone, minute)
    turn = DealtTurn(1, "S", day, day + DAY, "account", "Account", True, Turn(ADA, "rotation"))
    (planned,) = planned_entries([turn], {ADA: "Ada"}, calendar, SERVER)
    handed_out = published((), [planned], 0)
    text = calendar_file([CalendarEntry(handed_out[0], "Account: Ada", "")], zone, "x").decode()
    (event,) = read_back(text).values()
    begins = event.dtstart.value
    assert begins.astimezone(UTC) == datetime.fromtimestamp(calendar.handoff(day), UTC)
    assert (begins.strftime("%H:%M"), begins.utcoffset()) == (clock, timedelta(hours=offset))
    assert event.dtend.value.astimezone(UTC) == datetime.fromtimestamp(calendar.handoff(day + DAY), UTC)
    if zone != "UTC":
        assert "BEGIN:VTIMEZONE" in text
        assert f"DTSTART;TZID={zone}:" in text


@settings(max_examples=60)
@given(st.text(max_size=60), st.text(min_size=1, max_size=60))
def test_any_name_is_one_line_of_one_entry(name: str, label: str) -> None:
    """Whatever people are called, the file has one entry with that name and nothing of it is read as more."""
    turn = DealtTurn(1, "S", date(2026, 1, 5), date(2026, 1, 19), "a", label, True, Turn(ADA, "rotation"))
    (planned,) = planned_entries([turn], {ADA: name}, Calendar(), SERVER)
    entry = CalendarEntry(published((), [planned], 0)[0], planned.summary, planned.description)
    text = calendar_file([entry], "America/New_York", "x").decode()
    (event,) = read_back(text).values()
    assert event.summary.value == planned.summary
    assert text.count("BEGIN:VEVENT") == 1


entries = st.builds(
    PublishedEntry,
    uid=st.sampled_from("abcd"),
    sprint_id=st.just(1),
    discipline=st.just("account"),
    user_id=st.just(ADA),
    starts_at=st.just(0),
    ends_at=st.integers(1, 20),
    digest=st.sampled_from(("x", "y")),
    sequence=st.integers(0, 3),
    is_cancelled=st.booleans(),
    created_at=st.just(0),
    updated_at=st.just(0),
)


@settings(max_examples=200)
@given(st.lists(entries, unique_by=lambda item: item.uid), st.lists(entries, unique_by=lambda item: item.uid))
def test_numbers_only_grow_and_only_with_a_change(
    before: list[PublishedEntry], then: list[PublishedEntry]
) -> None:
    """Handing the same out twice changes nothing; what is gone is cancelled unless it is over."""
    planned = [
        plan
        for item in then
        for plan in planned_entries(
            [
                DealtTurn(
                    1, item.uid, date(2026, 1, 5), date(2026, 1, 19), item.uid, "L", True, Turn(ADA, "manual")
                )
            ],
            {},
            Calendar(),
            SERVER,
        )
    ]
    first = published((), planned, 5)
    known = {entry.uid: entry for entry in published([*first, *before], planned, 10)}
    assert published(known.values(), planned, 12) == tuple(known[plan.uid] for plan in planned) + tuple(
        known[uid] for uid in sorted(known.keys() - {plan.uid for plan in planned})
    )
    for old in before:
        new = known[old.uid]
        assert new.sequence == old.sequence + (new != old)
        assert new.is_cancelled == (old.is_cancelled or old.ends_at > 10)


def test_only_staff_see_the_team_and_everybody_their_own(rota: Rota) -> None:
    """Asked for somebody else's, the query refuses; a guest's own is empty."""
    rota.do(RegisterMember(discord_id=GUEST, username="Gus"), GUEST)
    for whose in (None, ADA):
        with pytest.raises(NotAllowed):
            rota.ask(duty_calendar, Viewer(GUEST), whose, rota.at, rota.calendar, sprint_start(9), SERVER)
    own = rota.ask(duty_calendar, Viewer(GUEST), GUEST, rota.at, rota.calendar, sprint_start(9), SERVER)
    assert own.entries == ()


def test_entries_go_after_a_while(rota: Rota) -> None:
    """Those that were over before a day, and no others."""
    look(rota)
    before = rota.calendar.handoff(sprint_start(2)) + 1
    old = rota.ask(old_entries, before, "", 10)
    assert len(old) == 2
    assert rota.do(PruneEntries(uids=old, before=before - 86400 * 30)) == 0
    assert rota.do(PruneEntries(uids=old, before=before)) == 2
    assert rota.value("SELECT count(*) FROM calendar_entries") == 5


def test_an_empty_calendar_is_a_calendar(rota: Rota) -> None:
    """Without entries there is a file all the same, with no zone."""
    assert read_back(calendar_file((), "America/New_York", "x").decode()) == {}


def test_in_a_gap_the_calendar_begins_today(rota: Rota) -> None:
    """Long after the last sprint nobody wants to see when that was; the gap itself is there."""
    rota.at = rota.calendar.handoff(sprint_start(10) + 100 * DAY)
    found = look(rota, weeks=4)
    assert (found.days.first, found.today) == (sprint_start(10) + 100 * DAY, 0)
    assert (found.turns, found.sprints, found.entries) == ((), (), ())

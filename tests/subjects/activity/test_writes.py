"""Counting, leave, and items about who fell silent, on a real file."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from modelus_bot.database.core.visibility.declaration import Viewer
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.refusals import InvalidInput, NotAllowed
from modelus_bot.subjects.activity.pruning import PruneActivity, old_activity
from modelus_bot.subjects.activity.queries.counts import member_activity, top_members
from modelus_bot.subjects.activity.queries.offices import office_standings
from modelus_bot.subjects.activity.writes.counting import CountMessages
from modelus_bot.subjects.activity.writes.leaves import TakeLeave
from modelus_bot.subjects.activity.writes.reporting import CheckInactivity, ReportInactive
from modelus_bot.subjects.members.writes.erasing import EraseMember
from modelus_bot.subjects.members.writes.members import LinkMember
from modelus_bot.subjects.nations.writes.archiving import SendOnLeave
from modelus_bot.subjects.people.model import BOT_ITSELF, BOT_NAME
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from modelus_bot.subjects.triage.writes.closing import RejectItem, ResolveItem
from modelus_bot.subjects.triage.writes.talking import AddNote, ReplyToReporter
from tests.subjects.activity.activity_cases import HALL, LIMITS, LOBBY, count, fallen_silent, led, write
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, FIRST_DAY, GUEST, MANAGER, Rota, instant

CHECK, REPORT = CheckInactivity(**LIMITS), ReportInactive(**LIMITS)
ITEMS = "SELECT id, title, reporter_id FROM triage_items ORDER BY id"
STAFF, PLAYER = Viewer(MANAGER), Viewer(GUEST)


def counted(rota: Rota) -> list[tuple[object, ...]]:
    """Return what the table holds."""
    return [tuple(row) for row in rota.rows("SELECT user_id, channel_id, day, messages FROM activity")]


def test_counts_add_up_and_their_authors_become_known(staffed: Rota) -> None:
    """A second batch adds; a name is kept once, in the members' table; nothing else is told of it."""
    before = staffed.value("SELECT count(*) FROM audit_logs")
    batch = CountMessages(counts=(count(GUEST, FIRST_DAY, 2), count(ADA, FIRST_DAY)), names={GUEST: "Gus"})
    staffed.do(batch)
    staffed.do(batch)
    day = FIRST_DAY.isoformat()
    assert sorted(counted(staffed)) == sorted([(GUEST, HALL, day, 4), (ADA, HALL, day, 2)])
    assert staffed.value("SELECT username FROM users WHERE discord_id = ?", GUEST) == "Gus"
    told = staffed.rows("SELECT table_name, record_id FROM audit_logs WHERE id > ?", before)
    assert [tuple(row) for row in told] == [("users", str(GUEST))]


def test_erased_and_deactivated_members_are_not_counted(staffed: Rota) -> None:
    """Erasing takes what is there; what they write afterwards is left out until they are back."""
    write(staffed, count(ADA, FIRST_DAY), count(BEN, FIRST_DAY))
    staffed.do(TakeLeave(member_id=ADA, to_day=FIRST_DAY + timedelta(days=9)), ADA)
    erased = staffed.do(EraseMember(discord_id=ADA), ADA)
    assert (erased.rows["activity"], erased.rows["leaves"]) == (1, 1)
    result = staffed.do(CountMessages(counts=(count(ADA, FIRST_DAY, 3), count(BEN, FIRST_DAY)), names={}))
    assert (result.messages, result.left_out) == (1, 3)
    assert [row[0] for row in counted(staffed)] == [BEN]


def test_an_imported_person_gets_what_their_account_wrote(staffed: Rota) -> None:
    """Linking joins the counts of both, day by day."""
    staffed.do(AddToRoster(member_id=7, name="Imported", discipline="account"))
    write(staffed, count(7, FIRST_DAY, 2), count(GUEST, FIRST_DAY, 3), count(GUEST, FIRST_DAY, 1, LOBBY))
    staffed.do(TakeLeave(member_id=GUEST, to_day=FIRST_DAY + timedelta(days=9)), GUEST)
    staffed.do(LinkMember(placeholder_id=7, discord_id=GUEST, username="Gus"), ADMIN)
    assert {row[:2] + row[3:] for row in counted(staffed)} == {(GUEST, HALL, 5), (GUEST, LOBBY, 1)}
    assert staffed.value("SELECT user_id FROM leaves") == GUEST


def test_staff_see_all_and_members_themselves(staffed: Rota) -> None:
    """Top lists are the staff's; one's own numbers are one's own."""
    second = FIRST_DAY + timedelta(days=1)
    write(staffed, count(GUEST, FIRST_DAY, 2), count(GUEST, second, 3, LOBBY), count(ADA, second, 9))
    top = staffed.ask(top_members, STAFF, FIRST_DAY)
    assert [(one.user_id, one.messages, one.days) for one in top] == [(ADA, 9, 1), (GUEST, 5, 2)]
    in_lobby = staffed.ask(top_members, STAFF, FIRST_DAY, LOBBY)
    assert [(one.user_id, one.messages) for one in in_lobby] == [(GUEST, 3)]
    own = staffed.ask(member_activity, PLAYER, GUEST, second)
    assert (own.messages, [one.messages for one in own.by_channel]) == (3, [3])
    assert own.last_at == instant(second)
    assert staffed.ask(member_activity, STAFF, GUEST, FIRST_DAY).messages == 5
    for refused in ((top_members, PLAYER, FIRST_DAY), (member_activity, PLAYER, ADA, FIRST_DAY)):
        with pytest.raises(NotAllowed):
            staffed.ask(*refused)


def test_one_item_for_each_silence(staffed: Rota) -> None:
    """By hand or by the clock, once; rejected, it stays decided until they were heard again."""
    fallen_silent(staffed)
    report = staffed.do(REPORT, MANAGER)
    assert (report.offices, report.items) == (2, (1,))
    assert staffed.do(REPORT, MANAGER).items == ()
    assert staffed.do(CHECK).items == ()
    number, title, reporter = staffed.rows(ITEMS)[0]
    assert title == "Texas: the president Ada has been silent for 15 days"
    assert reporter == BOT_ITSELF
    told = staffed.value("SELECT description FROM triage_items")
    assert "Proposal: the vice president Ben, who was there, follows as president of Texas." in told
    staffed.do(RejectItem(item_id=number, reason="She is back tomorrow"), BEN)
    assert staffed.do(REPORT, MANAGER).items == ()
    again = FIRST_DAY + timedelta(days=16)
    write(staffed, count(ADA, again), *(count(CLEO, again + timedelta(days=more)) for more in range(20)))
    staffed.at = instant(again + timedelta(days=20))
    assert staffed.do(REPORT, MANAGER).items == (2,)
    assert staffed.value("SELECT count(*) FROM nation_offices WHERE until IS NULL") == 2
    staffed.check()


def test_who_has_an_open_item_gets_no_second_one(staffed: Rota) -> None:
    """Also when they were heard meanwhile and fell silent again."""
    fallen_silent(staffed)
    staffed.do(CHECK)
    later = FIRST_DAY + timedelta(days=16)
    write(staffed, count(ADA, later), *(count(CLEO, later + timedelta(days=more)) for more in range(20)))
    staffed.at = instant(later + timedelta(days=20))
    assert staffed.do(CHECK).items == ()


def test_missed_days_are_caught_up_once(staffed: Rota) -> None:
    """A day has one run, whatever comes between; a clock that goes back repeats none."""
    fallen_silent(staffed, 40)
    report = staffed.do(CHECK)
    assert [one.items for one in (report, staffed.do(replace_day(staffed, 1)))] == [(1,), ()]
    assert staffed.do(CHECK) is None
    staffed.at -= 5 * 86_400
    assert staffed.do(CHECK) is None
    runs = staffed.rows("SELECT details FROM job_runs WHERE job = 'inactivity_check' ORDER BY run_key")
    assert [json.loads(row[0]) for row in runs] == [{"offices": 2, "items": [1]}, {"offices": 2, "items": []}]


def replace_day(rota: Rota, days: int) -> CheckInactivity:
    """Let days pass."""
    rota.at += days * 86_400
    return CHECK


def test_leave_of_absence_and_a_nation_on_leave_count_for_no_silence(staffed: Rota) -> None:
    """Neither makes an item, and the list says why."""
    fallen_silent(staffed)
    today = FIRST_DAY + timedelta(days=16)
    staffed.do(TakeLeave(member_id=ADA, to_day=today + timedelta(days=5)), MANAGER)
    assert staffed.do(REPORT, MANAGER).items == ()
    limits = {"president": 14, "vice_president": 21}
    standing = staffed.ask(office_standings, STAFF, limits, today, Calendar())
    assert [(one.user_id, one.standing) for one in standing] == [(ADA, "leave"), (BEN, "heard")]
    assert standing[0].leave_to == today + timedelta(days=5)
    assert standing[0].silent_since == FIRST_DAY, "a manager spoke, not she"
    staffed.do(TakeLeave(member_id=ADA), MANAGER)
    assert staffed.ask(office_standings, STAFF, limits, today, Calendar())[0].silent_days == 15
    staffed.do(SendOnLeave(nation_id=1, comes_back=2**40), ADMIN)
    assert staffed.do(REPORT, MANAGER).items == ()
    with pytest.raises(NotAllowed):
        staffed.ask(office_standings, PLAYER, limits, today, Calendar())
    with pytest.raises(NotAllowed):
        staffed.do(REPORT, GUEST)


def test_days_of_leave_that_have_passed_stay_days_of_leave(staffed: Rota) -> None:
    """Whether it is prolonged, ends by itself or is ended; one's own word is as good as a message."""
    led(staffed)
    days = [FIRST_DAY + timedelta(days=number) for number in range(60)]
    write(staffed, *(count(CLEO, day) for day in days))
    staffed.do(TakeLeave(member_id=ADA, to_day=days[20]), MANAGER)
    staffed.at = instant(days[15])
    longer = staffed.do(TakeLeave(member_id=ADA, to_day=days[30]), MANAGER)
    assert (longer.after.from_day, longer.after.to_day, longer.after.said_on) == (days[0], days[30], None)
    staffed.at = instant(days[25])
    ended = staffed.do(TakeLeave(member_id=ADA), MANAGER)
    assert (ended.after.to_day, ended.back) == (days[24], True)
    limits = {"president": 14, "vice_president": 0}
    standing = staffed.ask(office_standings, STAFF, limits, days[30], Calendar(), "president")[0]
    assert (standing.silent_days, standing.standing) == (5, "silent")
    staffed.at = instant(days[40])
    staffed.do(TakeLeave(member_id=ADA, from_day=days[45], to_day=days[50]), ADA)
    standing = staffed.ask(office_standings, STAFF, limits, days[44], Calendar(), "president")[0]
    assert (standing.silent_since, standing.silent_days) == (days[40], 3)
    assert staffed.do(TakeLeave(member_id=ADA), ADA).after is None


def test_days_on_which_the_bot_heard_nobody_are_held_against_no_one(staffed: Rota) -> None:
    """A bot that was away for a month makes nobody inactive when it is back."""
    led(staffed)
    write(staffed, count(ADA, FIRST_DAY), count(BEN, FIRST_DAY))
    staffed.at = instant(FIRST_DAY + timedelta(days=40))
    assert staffed.do(CHECK).items == ()


@pytest.mark.parametrize(
    ("days", "rule"),
    [
        ({"from_day": date(2026, 1, 9), "to_day": date(2026, 1, 8)}, "leave.order"),
        ({"from_day": date(2026, 1, 1), "to_day": date(2026, 1, 2)}, "leave.over"),
        ({"to_day": date(2026, 12, 1)}, "leave.long"),
        ({"from_day": date(2026, 10, 1), "to_day": date(2026, 10, 2)}, "leave.long"),
        ({"from_day": date(2026, 1, 9)}, "leave.open"),
        ({}, "leave.none"),
    ],
)
def test_leaves_that_cannot_be(staffed: Rota, days: dict[str, date], rule: str) -> None:
    """Each is refused with its rule."""
    with pytest.raises(InvalidInput) as refused:
        staffed.do(TakeLeave(member_id=ADA, **days), ADA)
    assert refused.value.rule == rule


def test_only_managers_set_the_leave_of_others(staffed: Rota) -> None:
    """It would hide that somebody is silent."""
    with pytest.raises(NotAllowed):
        staffed.do(TakeLeave(member_id=ADA, to_day=FIRST_DAY + timedelta(days=9)), BEN)


def test_old_counts_are_pruned_in_batches(staffed: Rota) -> None:
    """Only those of days before the moment; the entry tells how many, not whose."""
    days = [FIRST_DAY + timedelta(days=number) for number in range(4)]
    write(staffed, *(count(person, day) for day in days for person in (ADA, BEN)))
    before = instant(days[2])
    first = staffed.ask(old_activity, before, "", 3)
    assert len(first) == 3
    rest = staffed.ask(old_activity, before, first[-1], 3)
    young = f"{days[3]}/{HALL}/{ADA}"
    assert staffed.do(PruneActivity(keys=(*first, *rest, young), before=before)) == 4
    assert {row[2] for row in counted(staffed)} == {day.isoformat() for day in days[2:]}
    told = staffed.value("SELECT old_values FROM audit_logs WHERE table_name = 'activity'")
    assert json.loads(told) == {"removed": 4, "before": before}


def test_nobody_replies_to_the_bot(staffed: Rota) -> None:
    """Its report is answered by a note, which stops the clock; nobody is told of its end but the staff."""
    fallen_silent(staffed)
    staffed.do(CHECK)
    with pytest.raises(InvalidInput, match="nobody would read a reply"):
        staffed.do(ReplyToReporter(item_id=1, text="Hello?"), BEN)
    assert staffed.do(AddNote(item_id=1, text="Asked her"), BEN).first_response_at == staffed.at
    staffed.at += 60
    assert staffed.do(AddNote(item_id=1, text="Again"), BEN).first_response_at == staffed.at - 60
    staffed.do(ResolveItem(item_id=1, resolution="She is back"), BEN)


def test_the_bot_is_nobody_to_be_linked(staffed: Rota) -> None:
    """It stands among the members as reporter, without an account and without notices."""
    fallen_silent(staffed)
    staffed.do(CHECK)
    assert staffed.value("SELECT username FROM users WHERE discord_id = ?", BOT_ITSELF) == BOT_NAME
    link = LinkMember(placeholder_id=BOT_ITSELF, discord_id=GUEST, username="Gus")
    with pytest.raises(InvalidInput):
        staffed.do(link, ADMIN)
    assert staffed.value("SELECT count(*) FROM notifications WHERE user_id = ?", BOT_ITSELF) == 0

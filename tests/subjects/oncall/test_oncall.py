"""On call: hand-overs, who is on duty when, setting somebody by hand, notes."""

from __future__ import annotations

from typing import Any

import pytest

from modelus_bot.database import Viewer
from modelus_bot.database.core.operation import Write
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.members.writes.members import DeactivateMember
from modelus_bot.subjects.notices.queries import due_people, inbox
from modelus_bot.subjects.oncall.queries import duties, oncall_now, oncall_on
from modelus_bot.subjects.oncall.writes import Handoff, HandoffNote, SetHolder
from modelus_bot.subjects.rosters.writes.edits import AddToRoster, MoveInRoster, RemoveFromRoster
from tests.subjects.rota import (
    ADA,
    ADMIN,
    BEN,
    CLEO,
    DAN,
    GUEST,
    MANAGER,
    SPRINT_DAYS,
    Rota,
    fill_roster,
    instant,
    plan_sprints,
    sprint_start,
)

SPRINT = SPRINT_DAYS * 86400


def state(rota: Rota) -> tuple[int, int]:
    """Return the current state's sprint and version."""
    row: tuple[int, int] = rota.rows("SELECT sprint_id, version FROM current_state")[0]
    return row


def test_duty_passes_on_at_the_hand_over_and_not_before(rota: Rota) -> None:
    """One second decides; both people are told; the state counts up."""
    boundary = instant(sprint_start(1), "08:00")
    sprint, version = state(rota)
    rota.at = boundary - 1
    assert rota.do(Handoff()).changes == ()
    assert rota.on_duty() == ADA
    rota.at = boundary
    report = rota.do(Handoff())
    assert report.new_sprint
    assert [(change.before, change.after) for change in report.changes] == [(ADA, BEN)]
    assert rota.on_duty() == BEN
    assert state(rota) == (rota.sprint_id(1), version + 1)
    assert sprint == rota.sprint_id(0)
    assert rota.notices(ADA)[-1] == "Your sprint on duty is complete: Account"
    assert rota.notices(BEN)[-1] == "You are now on duty: Account"


def test_any_number_of_hand_overs_is_one(rota: Rota) -> None:
    """Nothing is written when nothing changed."""
    rota.at += SPRINT
    rota.do(Handoff())
    before = rota.dump()
    for _ in range(3):
        report = rota.do(Handoff())
        assert (report.changes, report.new_sprint) == ((), False)
    assert rota.dump() == before


def test_a_hand_over_missed_for_weeks_is_made_up_once(rota: Rota) -> None:
    """After downtime the right person is on duty, and only those concerned are told, once."""
    rota.at += 4 * SPRINT
    rota.do(Handoff())
    assert rota.on_duty() == BEN
    assert rota.notices(CLEO) == []
    assert rota.notices(BEN).count("You are now on duty: Account") == 1


def test_a_gap_keeps_the_holder_and_tells_managers_once(staffed: Rota) -> None:
    """After the last sprint its holder goes on; managers hear of it once each."""
    fill_roster(staffed, ADA, BEN)
    plan_sprints(staffed, 1)
    staffed.at = instant(sprint_start(1), "08:00")
    for _ in range(3):
        staffed.do(Handoff())
        staffed.at += 86400
    assert staffed.on_duty() == ADA
    assert staffed.notices(MANAGER).count("The rota has a gap") == 1
    assert staffed.notices(MANAGER + 1).count("The rota has a gap") == 1


def test_an_emptied_duty_is_told_each_time_it_is_emptied(staffed: Rota) -> None:
    """Once per emptiness, not once per look."""
    plan_sprints(staffed, 1)
    title = "Nobody is on duty: Account"
    assert staffed.notices(MANAGER).count(title) == 1
    for times in (2, 3):
        staffed.at += 60
        fill_roster(staffed, ADA)
        staffed.at += 60
        staffed.do(RemoveFromRoster(member_id=ADA, discipline="account"), MANAGER)
        staffed.do(Handoff())
        assert staffed.notices(MANAGER).count(title) == times


def test_now_shows_this_sprint_and_the_next(rota: Rota) -> None:
    """Holders, days left, and when duty passes on; in all disciplines or in one."""
    found = rota.ask(oncall_now, rota.at, rota.calendar)
    assert found.sprint is not None
    assert found.next_sprint is not None
    assert (found.sprint.index, found.next_sprint.index, found.days_left) == (0, 1, 12)
    assert found.handoff_at == instant(sprint_start(1), "08:00")
    assert (found.holders[0].username, found.next_holders[0].username) == ("Ada", "Ben")
    assert len(found.holders) == 5
    only = rota.ask(oncall_now, rota.at, rota.calendar, "account")
    assert [holder.discipline for holder in only.holders] == ["account"]
    with pytest.raises(NotFound, match="Account, Producer, Product owner"):
        rota.ask(oncall_now, rota.at, rota.calendar, "chess")


def test_before_the_first_sprint_only_the_next_is_shown(rota: Rota) -> None:
    """Nobody is on duty yet."""
    found = rota.ask(oncall_now, instant(sprint_start(0), "07:00"), rota.calendar)
    assert found.sprint is None
    assert found.holders == ()
    assert found.next_sprint is not None
    assert found.next_sprint.index == 0


def test_who_is_on_duty_on_a_day(rota: Rota) -> None:
    """On a boundary day it is the later sprint; after the last one nothing is planned."""
    names = [
        found.holders[0].username
        for number in range(4)
        for found in [rota.ask(oncall_on, sprint_start(number), rota.calendar)]
    ]
    assert names == ["Ada", "Ben", "Cleo", "Ada"]
    with pytest.raises(NotFound, match="No sprint is planned for 2027-01-01"):
        rota.ask(oncall_on, sprint_start(0).replace(year=2027, day=1), rota.calendar)


def test_mine_lists_this_turn_and_those_to_come(rota: Rota) -> None:
    """Past turns are over; the current one is marked."""
    mine = rota.ask(duties, ADA, rota.at, rota.calendar)
    assert [(item.sprint.index, item.is_current) for item in mine] == [(0, True), (3, False), (6, False)]
    assert rota.ask(duties, GUEST, rota.at, rota.calendar) == ()
    rota.at += SPRINT
    rota.do(Handoff())
    assert [item.sprint.index for item in rota.ask(duties, ADA, rota.at, rota.calendar)] == [3, 6]


def test_set_by_hand_lasts_until_the_next_sprint(rota: Rota) -> None:
    """At once and for this sprint only; roster changes leave it alone; nobody else's turn moves, ever."""
    planned = rota.holders()
    change = rota.do(SetHolder(discipline="account", member_id=GUEST, name="Gus", reason="ill"), MANAGER)
    assert (change.before, change.after) == (ADA, GUEST)
    assert rota.on_duty() == GUEST
    assert rota.value("SELECT source FROM current_holders WHERE discipline = 'account'") == "manual"
    assert "You are no longer on duty: Account" in rota.notices(ADA)
    assert rota.notices(CLEO) == []
    rota.do(MoveInRoster(member_id=CLEO, discipline="account", position=1), MANAGER)
    rota.do(MoveInRoster(member_id=CLEO, discipline="account", position=3), MANAGER)
    assert rota.on_duty() == GUEST
    for number in range(1, 4):
        rota.at += SPRINT
        rota.do(Handoff())
        assert rota.on_duty() == planned[number]
        assert rota.holders()[1 : len(planned)] == planned[1:]


def test_the_turn_used_up_by_somebody_set_by_hand_stays_used_up(rota: Rota) -> None:
    """Even when the next holder leaves in the sprint after it."""
    rota.do(SetHolder(discipline="account", member_id=GUEST, name="Gus", reason="ill"), MANAGER)
    rota.at += SPRINT
    rota.do(Handoff())
    assert rota.on_duty() == BEN
    rota.do(RemoveFromRoster(member_id=BEN, discipline="account"), MANAGER)
    assert rota.holders()[:4] == [GUEST, CLEO, ADA, CLEO]


def test_setting_the_same_person_again_changes_nothing(rota: Rota) -> None:
    """No second audit entry."""
    wish = SetHolder(discipline="account", member_id=BEN, name="Ben", reason="ill")
    rota.do(wish, MANAGER)
    before = rota.dump()
    assert rota.do(wish, MANAGER).before == BEN
    assert rota.dump() == before


def test_somebody_set_by_hand_who_is_deactivated_leaves_the_duty_to_the_rotation(rota: Rota) -> None:
    """Nobody inactive stays on duty."""
    rota.do(SetHolder(discipline="account", member_id=DAN, name="Dan", reason="ill"), MANAGER)
    rota.do(DeactivateMember(discord_id=DAN, reason="left"), ADMIN)
    assert rota.on_duty() == ADA
    assert rota.holders() == [ADA, BEN, CLEO, ADA, BEN, CLEO, ADA]


def test_a_note_reaches_the_next_holder_at_the_hand_over(rota: Rota) -> None:
    """Not before; and only the one who takes over."""
    saved = rota.do(HandoffNote(text="Mind the open bug."), ADA)
    assert (saved.disciplines, saved.recipients) == (("Account",), (BEN,))
    assert saved.at == instant(sprint_start(1), "08:00")

    def bodies(at: int) -> list[tuple[int, str]]:
        return [
            (person, item.message)
            for person in rota.ask(due_people, at)
            for item in rota.ask(inbox, Viewer(person), at, 50)
            if "bug" in item.message
        ]

    assert bodies(saved.at - 1) == []
    assert bodies(saved.at) == [(BEN, "Ada writes:\nMind the open bug.")]


@pytest.mark.parametrize(
    ("write", "actor", "rule"),
    [
        (SetHolder(discipline="account", member_id=BEN, name="Ben", reason="x"), ADA, "manager"),
        (SetHolder(discipline="chess", member_id=BEN, name="Ben", reason="x"), MANAGER, "discipline.unknown"),
        (HandoffNote(text="hello"), BEN, "oncall.not_holder"),
        (HandoffNote(text="hello"), None, "actor"),
    ],
)
def test_what_is_refused_on_call(rota: Rota, write: Write[Any], actor: int | None, rule: str) -> None:
    """Each with its own rule, changing nothing."""
    assert rota.refusal(write, actor).rule == rule


def test_before_the_first_sprint_nobody_can_be_set(staffed: Rota) -> None:
    """There is nothing to be on duty for, and no next sprint to leave a note for."""
    wish = SetHolder(discipline="account", member_id=BEN, name="Ben", reason="x")
    assert staffed.refusal(wish, MANAGER).rule == "sprint.none"
    assert staffed.refusal(HandoffNote(text="hello"), ADA).rule == "sprint.none"
    assert staffed.do(Handoff()).sprint is None
    fill_roster(staffed, ADA)
    plan_sprints(staffed, 1)
    assert staffed.refusal(HandoffNote(text="hello"), ADA).rule == "sprint.none_next"


def test_imported_turns_are_kept_and_the_rotation_goes_on_after_them(rota: Rota) -> None:
    """A turn from an import counts like one of the rotation, before and after its sprint has passed."""
    with rota.transaction() as connection:
        connection.execute(
            "UPDATE assignments SET source = 'import', user_id = ? WHERE sprint_id = ?",
            (CLEO, rota.sprint_id(1)),
        )
    rota.do(Handoff())
    planned = rota.holders()
    assert planned == [ADA, CLEO, ADA, BEN, CLEO, ADA, BEN]
    for _ in range(3):
        rota.at += SPRINT
        rota.do(Handoff())
        assert rota.holders()[: len(planned)] == planned


def test_modulo_counts_by_the_number_of_the_sprint(staffed: Rota) -> None:
    """The imported way of rotation is kept where a discipline asks for it."""
    with staffed.transaction() as connection:
        connection.execute("UPDATE disciplines SET scheduler = 'modulo' WHERE key = 'account'")
    fill_roster(staffed, ADA, BEN, CLEO)
    plan_sprints(staffed, 5)
    assert staffed.holders() == [ADA, BEN, CLEO, ADA, BEN]
    staffed.do(AddToRoster(member_id=DAN, name="Dan", discipline="account"), MANAGER)
    assert staffed.holders() == [ADA, BEN, CLEO, DAN, ADA]

"""Rosters: adding, removing, moving, being away, and who moves because of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from modelus_bot.database.core.operation import Write
from modelus_bot.domain.refusals import Stale
from modelus_bot.subjects.members.writes.members import DeactivateMember
from modelus_bot.subjects.oncall.writes import Handoff
from modelus_bot.subjects.rosters.model import RosterChange
from modelus_bot.subjects.rosters.queries import is_rostered, roster
from modelus_bot.subjects.rosters.writes.edits import AddToRoster, MoveInRoster, RemoveFromRoster, SetAway
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, DAN, EVE, GUEST, MANAGER, NAMES, Rota, sprint_start


def order(rota: Rota, discipline: str = "account") -> list[int]:
    """Return the people of a roster in order."""
    entries = rota.ask(roster, discipline)
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
    return [entry.user_id for entry in entries]


def add(person: int, position: int | None = None, **more: str) -> AddToRoster:
    """Return the write that adds somebody to ``account``."""
    return AddToRoster(
        member_id=person, name=NAMES.get(person, "Gus"), discipline="account", position=position, **more
    )


def test_people_are_added_at_the_end_or_at_a_place(staffed: Rota) -> None:
    """A place beyond the end is the end."""
    staffed.do(add(ADA), MANAGER)
    staffed.do(add(BEN), MANAGER)
    staffed.do(add(CLEO, 1), MANAGER)
    staffed.do(add(DAN, 2), MANAGER)
    staffed.do(add(EVE, 99), MANAGER)
    assert order(staffed) == [CLEO, DAN, ADA, BEN, EVE]


def test_adding_again_changes_nothing(rota: Rota) -> None:
    """The upsert key is person and discipline; who stands on the roster stays where they are."""
    before = rota.dump()
    change = rota.do(add(ADA, 3), MANAGER)
    assert change.moves == ()
    assert change.before == change.after
    assert rota.dump() == before


def test_somebody_new_is_registered_with_their_name(rota: Rota) -> None:
    """Adding by Discord id needs no registration before."""
    change = rota.do(add(GUEST), MANAGER)
    assert change.before is None
    assert change.after is not None
    assert (change.after.username, change.after.position) == ("Gus", 4)


def test_a_person_can_be_on_several_rosters(rota: Rota) -> None:
    """Each roster has its own order and its own turns."""
    rota.do(AddToRoster(member_id=ADA, name="Ada", discipline="po"), MANAGER)
    assert order(rota) == [ADA, BEN, CLEO]
    assert order(rota, "po") == [ADA]
    assert rota.on_duty("po") == rota.on_duty("account") == ADA
    assert {(entry.discipline, entry.user_id) for entry in rota.ask(roster)} >= {
        ("po", ADA),
        ("account", ADA),
    }


def test_coming_back_keeps_the_old_place_and_moves_nobody_else(rota: Rota) -> None:
    """Removing keeps the place free; adding again gives it back; asked for, another place is given."""
    rota.do(RemoveFromRoster(member_id=BEN, discipline="account"), MANAGER)
    assert order(rota) == [ADA, CLEO]
    assert not rota.ask(is_rostered, BEN, "account")
    rota.do(add(DAN), MANAGER)
    rota.do(add(BEN), MANAGER)
    assert order(rota) == [ADA, BEN, CLEO, DAN]
    assert rota.value("SELECT count(*) FROM user_disciplines WHERE user_id = ?", BEN) == 1
    rota.do(RemoveFromRoster(member_id=BEN, discipline="account"), MANAGER)
    rota.do(add(BEN, 3), MANAGER)
    assert order(rota) == [ADA, CLEO, BEN, DAN]


def test_removing_keeps_the_order_of_all_others(rota: Rota) -> None:
    """The others take turns in the same order as before, from the same point on."""
    assert rota.holders() == [ADA, BEN, CLEO, ADA, BEN, CLEO, ADA]
    change = rota.do(RemoveFromRoster(member_id=BEN, discipline="account"), MANAGER)
    assert rota.holders() == [ADA, CLEO, ADA, CLEO, ADA, CLEO, ADA]
    assert change.after is None
    assert [(move.sprint_name, move.before, move.after) for move in change.moves] == [
        ("Sprint 1", BEN, CLEO),
        ("Sprint 2", CLEO, ADA),
        ("Sprint 3", ADA, CLEO),
        ("Sprint 4", BEN, ADA),
    ]


def test_an_edit_never_takes_the_current_holder_off_duty(rota: Rota) -> None:
    """Moving, adding and removing others leave the current sprint alone."""
    for write in (
        MoveInRoster(member_id=ADA, discipline="account", position=3),
        add(DAN, 1),
        RemoveFromRoster(member_id=BEN, discipline="account"),
        SetAway(member_id=CLEO, away_from=sprint_start(0), away_to=sprint_start(1)),
    ):
        rota.do(write, MANAGER)
        assert rota.on_duty() == ADA
    assert rota.notices(ADA).count("You are no longer on duty: Account") == 0


def test_the_turn_goes_on_after_the_place_of_somebody_who_left(rota: Rota) -> None:
    """The last holder's place counts even when they stand on the roster no more."""
    rota.at += 14 * 86400
    rota.do(RemoveFromRoster(member_id=ADA, discipline="account"), MANAGER)
    assert rota.holders()[:4] == [ADA, BEN, CLEO, BEN]
    rota.do(RemoveFromRoster(member_id=BEN, discipline="account"), MANAGER)
    assert rota.on_duty() == CLEO


def test_past_turns_are_frozen(rota: Rota) -> None:
    """Whatever happens to the roster, who was on duty stays written."""
    rota.at += 3 * 14 * 86400
    rota.do(add(DAN, 1), MANAGER)
    past = rota.holders()[:3]
    rota.do(RemoveFromRoster(member_id=ADA, discipline="account"), MANAGER)
    rota.do(MoveInRoster(member_id=CLEO, discipline="account", position=1), MANAGER)
    assert rota.holders()[:3] == past == [ADA, BEN, CLEO]


def test_time_alone_changes_nobody_s_turn(rota: Rota) -> None:
    """Each hand-over extends the plan and alters nothing that was planned."""
    planned = rota.holders()
    for _ in range(4):
        rota.at += 14 * 86400
        rota.do(Handoff())
        now = rota.holders()
        assert now[: len(planned)] == planned
        planned = now


def test_moving_changes_the_order(rota: Rota) -> None:
    """The one who moves passes the others; the turn goes on from the current holder."""
    change = rota.do(MoveInRoster(member_id=CLEO, discipline="account", position=1), MANAGER)
    assert order(rota) == [CLEO, ADA, BEN]
    assert change.before is not None
    assert change.after is not None
    assert (change.before.position, change.after.position) == (3, 1)
    assert rota.holders()[:4] == [ADA, BEN, CLEO, ADA]


def test_moving_to_the_same_place_changes_nothing(rota: Rota) -> None:
    """No audit entry, no moves."""
    entries = rota.value("SELECT count(*) FROM audit_logs")
    assert rota.do(MoveInRoster(member_id=BEN, discipline="account", position=2), MANAGER).moves == ()
    assert rota.value("SELECT count(*) FROM audit_logs") == entries
    assert order(rota) == [ADA, BEN, CLEO]


def test_being_away_passes_a_turn_over(rota: Rota) -> None:
    """Away for most of a sprint is out for that sprint; without dates they are back."""
    away = SetAway(member_id=BEN, away_from=sprint_start(1), away_to=sprint_start(2))
    change = rota.do(away, BEN)
    assert rota.holders()[:3] == [ADA, CLEO, ADA]
    assert change.after is not None
    assert (change.after.away_from, change.after.away_to) == (sprint_start(1), sprint_start(2))
    rota.do(SetAway(member_id=BEN), BEN)
    assert rota.holders()[:3] == [ADA, BEN, CLEO]


def test_being_away_now_passes_the_duty_on_at_once(rota: Rota) -> None:
    """The holder who is away for most of the current sprint is relieved, and both are told."""
    rota.do(SetAway(member_id=ADA, away_from=sprint_start(0)), MANAGER)
    assert rota.on_duty() == BEN
    assert "You are no longer on duty: Account" in rota.notices(ADA)
    assert "You are now on duty: Account" in rota.notices(BEN)


def test_being_away_counts_for_every_roster_unless_one_is_named(rota: Rota) -> None:
    """One audit entry for each."""
    rota.do(AddToRoster(member_id=ADA, name="Ada", discipline="po"), MANAGER)
    entries = rota.value("SELECT count(*) FROM audit_logs WHERE table_name = 'user_disciplines'")
    rota.do(SetAway(member_id=ADA, away_from=sprint_start(2), away_to=sprint_start(3)), ADA)
    assert rota.value("SELECT count(*) FROM audit_logs WHERE table_name = 'user_disciplines'") == entries + 2
    rota.do(SetAway(member_id=ADA, discipline="po"), ADA)
    assert [entry.away_from for entry in rota.ask(roster) if entry.user_id == ADA] == [sprint_start(2), None]


@pytest.mark.parametrize(
    ("write", "actor", "rule"),
    [
        (add(EVE), ADA, "manager"),
        (RemoveFromRoster(member_id=BEN, discipline="account"), ADA, "manager"),
        (MoveInRoster(member_id=BEN, discipline="account", position=1), ADA, "manager"),
        (SetAway(member_id=BEN), ADA, "roster.away_own"),
        (SetAway(member_id=DAN), MANAGER, "roster.unknown"),
        (SetAway(member_id=BEN, discipline="po"), MANAGER, "roster.unknown"),
        (SetAway(member_id=BEN, away_to=date(2026, 2, 1)), BEN, "user_disciplines_away_order"),
        (
            SetAway(member_id=BEN, away_from=date(2026, 2, 1), away_to=date(2026, 1, 31)),
            BEN,
            "user_disciplines_away_order",
        ),
        (RemoveFromRoster(member_id=DAN, discipline="account"), MANAGER, "roster.unknown"),
        (MoveInRoster(member_id=DAN, discipline="account", position=1), MANAGER, "roster.unknown"),
        (MoveInRoster(member_id=BEN, discipline="account", position=4), MANAGER, "roster.position"),
        (AddToRoster(member_id=EVE, name="Eve", discipline="chess"), MANAGER, "discipline.unknown"),
    ],
)
def test_what_rosters_refuse(rota: Rota, write: Write[RosterChange], actor: int, rule: str) -> None:
    """Each with its own rule, changing nothing."""
    assert rota.refusal(write, actor).rule == rule


def test_deactivated_people_cannot_be_added(rota: Rota) -> None:
    """They have to be reactivated first."""
    rota.do(DeactivateMember(discord_id=EVE, reason="left"), ADMIN)
    assert rota.refusal(add(EVE), MANAGER).rule == "member.inactive"


def test_a_preview_says_what_would_move_and_confirms_exactly_that(rota: Rota) -> None:
    """The digest of the preview is accepted once nothing else changed, and stale afterwards."""
    wish = RemoveFromRoster(member_id=BEN, discipline="account")
    before = rota.dump()
    shown = rota.preview(wish, MANAGER)
    assert rota.dump() == before
    rota.do(add(DAN, 2), MANAGER)
    refused = rota.refusal(wish.model_copy(update={"expected": shown.digest}), MANAGER)
    assert isinstance(refused, Stale)
    shown = rota.preview(wish, MANAGER)
    done = rota.do(wish.model_copy(update={"expected": shown.digest}), MANAGER)
    assert done.moves == shown.moves


def test_only_those_who_move_are_told(rota: Rota) -> None:
    """Somebody added at the end tells the people whose turns change, and nobody else."""
    silent = len(rota.notices(MANAGER))
    change = rota.do(add(DAN), MANAGER)
    movers = {person for move in change.moves for person in (move.before, move.after)}
    assert movers == {ADA, BEN, CLEO, DAN}
    assert rota.notices(DAN) == ["Your turn moved"]
    assert len(rota.notices(MANAGER)) == silent
    assert rota.notices(EVE) == []


def test_a_turn_that_moves_there_and_back_in_one_second_is_told_to_the_end(rota: Rota) -> None:
    """The last notice somebody gets says what is true."""
    remove, back = RemoveFromRoster(member_id=BEN, discipline="account"), add(BEN)
    for write in (remove, back, remove, back):
        rota.do(write, MANAGER)
    last = rota.value(
        "SELECT message FROM notifications WHERE user_id = ? AND message LIKE '%Sprint 1.' ORDER BY id DESC",
        BEN,
    )
    assert last == "You are now planned for Account in Sprint 1."


@pytest.mark.parametrize("position", [0, -1, 501])
def test_positions_have_a_range(position: int) -> None:
    """What cannot be a position is refused before anything starts."""
    with pytest.raises(ValidationError):
        add(EVE, position)


def test_days_away_that_only_touch_a_sprint_leave_it_alone(rota: Rota) -> None:
    """A week of two is not more than half."""
    rota.do(SetAway(member_id=BEN, away_from=sprint_start(1), away_to=sprint_start(1) + timedelta(6)), BEN)
    assert rota.holders()[:3] == [ADA, BEN, CLEO]

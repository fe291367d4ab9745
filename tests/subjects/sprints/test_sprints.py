"""Sprints: adding, editing, archiving, and what is shown of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from modelus_bot.database.core.operation import Write
from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from modelus_bot.subjects.sprints.model import SprintChange
from modelus_bot.subjects.sprints.queries.sprints import current_sprint, sprint, sprint_view, sprints
from modelus_bot.subjects.sprints.writes import AddSprint, ArchiveSprint, EditSprint
from tests.subjects.rota import (
    ADA,
    BEN,
    CLEO,
    MANAGER,
    Rota,
    fill_roster,
    instant,
    plan_sprints,
    sprint_start,
)

DAY = timedelta(days=1)


def test_sprints_are_numbered_in_the_order_they_are_added(staffed: Rota) -> None:
    """The number is the highest one plus 1, and the first one is 0."""
    plan_sprints(staffed, 3)
    assert [(item.index, item.name) for item in staffed.ask(sprints)] == [
        (0, "Sprint 0"),
        (1, "Sprint 1"),
        (2, "Sprint 2"),
    ]


def test_adding_fills_its_turns(staffed: Rota) -> None:
    """A new sprint within the next six gets its holders; further ones wait until they are near."""
    fill_roster(staffed, ADA, BEN)
    plan_sprints(staffed, 9)
    assert staffed.holders() == [ADA, BEN, ADA, BEN, ADA, BEN, ADA]
    assert staffed.notices(ADA) == ["You are now on duty: Account"]


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        (sprint_start(3), sprint_start(4), False),
        (sprint_start(3) + DAY, sprint_start(4), False),
        (sprint_start(3) - DAY, sprint_start(4), True),
        (sprint_start(0), sprint_start(1), True),
        (sprint_start(1) + DAY, sprint_start(1) + 2 * DAY, True),
        (sprint_start(0) - 10 * DAY, sprint_start(5), True),
        (sprint_start(0) - 10 * DAY, sprint_start(0), False),
        (sprint_start(0) - 10 * DAY, sprint_start(0) + DAY, True),
    ],
)
def test_sprints_share_no_more_than_the_boundary_day(
    staffed: Rota, start: date, end: date, overlaps: bool
) -> None:
    """The check of the write and the trigger of the schema agree."""
    plan_sprints(staffed, 3)
    write = AddSprint(name="X", start=start, end=end)
    insert = (
        "INSERT INTO sprints(sprint_index, name, start_date, end_date, updated_at) VALUES(99, 'X', ?, ?, 0)"
    )
    if overlaps:
        assert "overlap with Sprint" in str(staffed.refusal(write, MANAGER))
        assert staffed.violation(insert, start.isoformat(), end.isoformat()).rule == "sprint overlap"
    else:
        assert staffed.do(write, MANAGER).after.index == 3


def test_editing_keeps_what_is_left_out(rota: Rota) -> None:
    """Name alone, days alone; the entry in the audit log has both sides."""
    number = rota.sprint_id(9)
    named = rota.do(EditSprint(sprint_id=number, reason="clearer", name="Finale"), MANAGER)
    assert named.after.name == "Finale"
    assert named.before is not None
    assert (named.after.start, named.after.end) == (named.before.start, named.before.end)
    longer = rota.do(
        EditSprint(sprint_id=number, reason="longer", end=sprint_start(10) + DAY), MANAGER, reason="longer"
    )
    assert (longer.after.name, longer.after.end) == ("Finale", sprint_start(10) + DAY)
    entry = rota.rows(
        "SELECT old_values ->> 'end_date', new_values ->> 'end_date', reason FROM audit_logs ORDER BY id DESC"
    )[0]
    assert entry == (sprint_start(10).isoformat(), (sprint_start(10) + DAY).isoformat(), "longer")


def test_archiving_frees_number_and_days_and_rotates_anew(rota: Rota) -> None:
    """The row stays, its turns go, nobody's order changes; its days can be planned again."""
    number = rota.sprint_id(1)
    change = rota.do(ArchiveSprint(sprint_id=number, reason="holidays"), MANAGER)
    assert (change.after.index, change.after.id) == (None, number)
    assert change.moves[0].sprint_name == "Sprint 2"
    assert rota.value("SELECT count(*) FROM assignments WHERE sprint_id = ?", number) == 0
    assert rota.holders() == [ADA, BEN, CLEO, ADA, BEN, CLEO, ADA]
    assert number not in [item.id for item in rota.ask(sprints)]
    assert rota.ask(sprint, number) is not None
    again = rota.do(AddSprint(name="Again", start=sprint_start(1), end=sprint_start(2)), MANAGER)
    assert again.after.index == 10


def test_archiving_the_past_keeps_who_was_on_duty(rota: Rota) -> None:
    """History is never lost with the number."""
    first = rota.sprint_id(0)
    rota.at += 14 * 86400
    rota.do(ArchiveSprint(sprint_id=first, reason="tidy"), MANAGER)
    assert rota.holders()[:3] == [ADA, BEN, CLEO]


@pytest.mark.parametrize(
    ("write", "rule"),
    [
        (AddSprint(name="X", start=date(2027, 1, 5), end=date(2027, 1, 5)), "sprint_date_order"),
        (AddSprint(name="X", start=date(2027, 1, 5), end=date(2027, 1, 4)), "sprint_date_order"),
        (EditSprint(sprint_id=999, reason="x", name="Y"), "sprint.unknown"),
        (EditSprint(sprint_id=1, reason="x"), "sprint.unchanged"),
        (EditSprint(sprint_id=1, reason="x", name="Sprint 0"), "sprint.unchanged"),
        (EditSprint(sprint_id=1, reason="x", end=sprint_start(0)), "sprint_date_order"),
        (EditSprint(sprint_id=1, reason="x", end=sprint_start(1) + DAY), "sprint overlap"),
        (ArchiveSprint(sprint_id=999, reason="x"), "sprint.unknown"),
        (ArchiveSprint(sprint_id=1, reason="x"), "sprint.current"),
    ],
)
def test_what_sprints_refuse(rota: Rota, write: Write[SprintChange], rule: str) -> None:
    """Each with its own rule, changing nothing."""
    assert rota.refusal(write, MANAGER).rule == rule
    assert rota.refusal(write, ADA).rule == "manager"


def test_an_archived_sprint_cannot_be_edited(rota: Rota) -> None:
    """It is no longer part of the rota."""
    rota.do(ArchiveSprint(sprint_id=rota.sprint_id(9), reason="x"), MANAGER)
    assert rota.refusal(EditSprint(sprint_id=10, reason="x", name="Y"), MANAGER).rule == "sprint.unknown"


def test_moving_the_days_moves_the_current_sprint(rota: Rota) -> None:
    """Ended early, the next one is on duty as soon as its first day is moved, with its own holder."""
    today = date(2026, 1, 7)
    rota.do(EditSprint(sprint_id=rota.sprint_id(0), reason="short", end=today), MANAGER)
    assert rota.on_duty() == ADA
    rota.do(EditSprint(sprint_id=rota.sprint_id(1), reason="early", start=today), MANAGER)
    assert rota.on_duty() == BEN
    assert rota.value("SELECT sprint_id FROM current_state") == rota.sprint_id(1)


def test_the_confirmation_of_an_edit_is_checked(rota: Rota) -> None:
    """Other moves than shown are refused."""
    wish = ArchiveSprint(sprint_id=rota.sprint_id(2), reason="x")
    shown = rota.preview(wish, MANAGER)
    assert shown.moves
    rota.do(AddToRoster(member_id=BEN + 2, name="Dan", discipline="account", position=2), MANAGER)
    stale = wish.model_copy(update={"expected": shown.digest})
    assert rota.refusal(stale, MANAGER).rule == "rota.changed"


def test_views_show_holders_and_days_left(rota: Rota) -> None:
    """The current one without an id; another by id; nothing for an unknown one."""
    view = rota.ask(sprint_view, None, rota.at, rota.calendar)
    assert view is not None
    assert (view.sprint.index, view.is_current, view.days_left) == (0, True, 12)
    assert [(holder.discipline, holder.username, holder.source) for holder in view.holders][:2] == [
        ("account", "Ada", "rotation"),
        ("producer", None, "none"),
    ]
    later = rota.ask(sprint_view, rota.sprint_id(1), rota.at, rota.calendar)
    assert later is not None
    assert (later.is_current, later.holders[0].username) == (False, "Ben")
    assert rota.ask(sprint_view, 999, rota.at, rota.calendar) is None


def test_lists_begin_on_a_day(rota: Rota) -> None:
    """Those that end on that day or later."""
    found = rota.ask(sprints, sprint_start(8))
    assert [item.index for item in found] == [7, 8, 9]
    assert len(rota.ask(sprints)) == 10


def test_there_is_no_current_sprint_before_the_first(rota: Rota) -> None:
    """Its hand-over has to come first."""
    at = instant(sprint_start(0), "07:59")
    assert rota.ask(current_sprint, at, rota.calendar) is None
    assert rota.ask(sprint_view, None, at, rota.calendar) is None
    found = rota.ask(current_sprint, at + 60, Calendar())
    assert found is not None
    assert found.index == 0


def test_a_first_sprint_moved_into_the_future_leaves_nobody_on_duty(staffed: Rota) -> None:
    """Before the first hand-over nobody is on duty, even if somebody was by mistake."""
    fill_roster(staffed, ADA)
    plan_sprints(staffed, 1)
    assert staffed.on_duty() == ADA
    staffed.do(
        EditSprint(sprint_id=1, reason="too early", start=sprint_start(1), end=sprint_start(2)), MANAGER
    )
    assert staffed.on_duty() is None
    assert staffed.value("SELECT sprint_id FROM current_state") is None
    assert staffed.notices(ADA)[-1] == "You are no longer on duty: Account"

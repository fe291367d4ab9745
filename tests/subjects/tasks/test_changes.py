"""What a change of a task does, who may make it, who is told, and what is refused in which words."""

from __future__ import annotations

import json

import pytest

from modelus_bot.database.core.operation import Write
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.members.writes.members import DeactivateMember, SetRole
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.subjects.tasks.model import TaskChange
from modelus_bot.subjects.tasks.queries.lists import task
from modelus_bot.subjects.tasks.writes.assigning import AssignTask, BulkAssign
from modelus_bot.subjects.tasks.writes.editing import AddTask, CancelTask, EditTask
from modelus_bot.subjects.tasks.writes.moving import MoveTask, SetProgress
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, DAN, EVE, GUEST, MANAGER, Rota, fill_roster
from tests.subjects.tasks.task_cases import DAY, LONG, TODAY, add, changed, stands, told

TRAIL = "SELECT operation, new_values, changed_by FROM audit_logs WHERE table_name = 'tasks'"


@pytest.fixture
def team(staffed: Rota) -> Rota:
    """Return developers of whom Dan is a designer, Ada and Ben on the roster of account, and a player."""
    staffed.do(SetRole(discord_id=DAN, username="Dan", role="designer"), ADMIN)
    staffed.do(RegisterMember(discord_id=GUEST, username="Gus"), GUEST)
    fill_roster(staffed, ADA, BEN)
    return staffed


def test_a_task_is_kept_as_it_was_given(team: Rota) -> None:
    """Every field, its risk by the rule, its entry, and word to whom it is for."""
    found = add(
        team, ADA, user_id=BEN, role="developer", discipline="account", epic="Senate", story="Rules",
        estimate_h=8, importance=3, description="All of it", end=TODAY + DAY,
    )  # fmt: skip
    assert stands(team, found.id) == found
    assert (found.status, found.progress, found.version, found.created_by) == ("todo", 0, 1, ADA)
    assert (found.priority, found.epic, found.story, found.estimate_h) == (3, "Senate", "Rules", 8)
    assert (found.risk, found.is_delayed) == ("high", False)
    assert told(team, BEN, "task_assigned") == 1
    assert told(team, ADA, "task_assigned") == 0
    (entry,) = team.rows(TRAIL)
    assert (entry[0], entry[2]) == ("INSERT", ADA)
    assert json.loads(entry[1])["title"] == "Write the law"


def test_what_was_due_is_late_at_once(team: Rota) -> None:
    """A task entered after its day, or whose days are moved back, is late with that change, and told once."""
    found = add(team, MANAGER, user_id=ADA, start=TODAY - 9 * DAY, end=TODAY - DAY)
    assert (found.is_delayed, found.risk) == (True, "high")
    calm = add(team, MANAGER, user_id=ADA, start=TODAY - 9 * DAY)
    assert calm.is_delayed is False
    late = EditTask(task_id=calm.id, end=TODAY - DAY)
    well = EditTask(task_id=calm.id, end=LONG)
    assert team.do(late, MANAGER).after.is_delayed is True
    assert team.do(well, MANAGER).after.is_delayed is False
    team.do(late, MANAGER)
    keys = "SELECT dedupe_key FROM notifications WHERE user_id = ? AND type = 'task_delayed'"
    assert team.rows(keys, ADA) == [(f"late:{calm.id}:delayed:{TODAY}",)]


def test_from_start_to_finish(team: Rota) -> None:
    """Started, worked on, done, and back: status, percent, time and version follow."""
    found = add(team, MANAGER, user_id=ADA)
    begun = team.do(MoveTask(task_id=found.id, to="in_progress", version=1), ADA)
    assert changed(begun) == {"status": ("todo", "in_progress")}
    assert begun.after.risk == "medium"
    part = team.do(SetProgress(task_id=found.id, progress=60), ADA).after
    assert (part.progress, part.risk, part.version) == (60, "low", 3)
    done = team.do(MoveTask(task_id=found.id, to="done"), ADA).after
    assert (done.status, done.progress, done.completed_at) == ("done", 100, team.at)
    assert told(team, MANAGER, "task_completed") == 1
    back = team.do(MoveTask(task_id=found.id, to="in_progress"), MANAGER).after
    assert (back.status, back.progress, back.completed_at) == ("in_progress", 90, None)
    assert team.do(MoveTask(task_id=found.id, to="done"), MANAGER).after.user_id == ADA
    assert told(team, ADA, "task_completed") == 1


def test_the_first_percent_begins_it(team: Rota) -> None:
    """Progress of a task to do starts it; whoever says so of one that was nobody's has it now."""
    found = add(team, MANAGER, role="developer")
    after = team.do(SetProgress(task_id=found.id, progress=10), CLEO).after
    assert (after.status, after.user_id) == ("in_progress", CLEO)


def test_the_next_one_is_the_most_important_of_role_or_discipline(team: Rota) -> None:
    """By priority, then by its first day; never somebody's, another role's, or one that is begun."""
    mine = add(team, MANAGER, user_id=ADA)
    add(team, MANAGER, role="designer", importance=3)
    add(team, MANAGER, user_id=BEN, role="developer", importance=3)
    later = add(team, MANAGER, role="developer", importance=2, start=TODAY + DAY)
    first = add(team, MANAGER, discipline="account", importance=2)
    change = team.do(MoveTask(task_id=mine.id, to="done"), ADA)
    assert change.given == stands(team, first.id)
    assert stands(team, first.id).user_id == ADA
    assert team.do(MoveTask(task_id=first.id, to="done", take_next=False), ADA).given is None
    third = add(team, MANAGER, user_id=ADA)
    assert team.do(MoveTask(task_id=third.id, to="done"), MANAGER).given == stands(team, later.id)
    assert stands(team, later.id).user_id == ADA
    assert told(team, ADA, "task_assigned") == 3
    fourth = add(team, MANAGER, user_id=ADA)
    assert team.do(MoveTask(task_id=fourth.id, to="done"), ADA).given is None


def test_many_are_assigned_and_each_failure_is_told(team: Rota) -> None:
    """Those that can be are; done, unknown and repeated ones say why; a preview saves nothing."""
    first, second, done = (add(team, MANAGER, role="developer") for _ in range(3))
    team.do(MoveTask(task_id=done.id, to="done"), MANAGER)
    write = BulkAssign(task_ids=(first.id, done.id, 99, second.id, first.id), user_id=BEN)
    before = team.dump()
    tried = team.preview(write, MANAGER)
    assert team.dump() == before
    saved = team.do(write, MANAGER)
    assert saved == tried
    assert [item.after.id for item in saved.assigned] == [first.id, second.id]
    assert [item.task_id for item in saved.failed] == [done.id, 99]
    assert "is done" in saved.failed[0].why
    assert "no task number 99" in saved.failed[1].why
    assert told(team, BEN, "task_assigned") == 2
    again = team.do(write, MANAGER)
    assert again.assigned == ()
    assert "Ben has task" in again.failed[0].why


def test_the_owner_does_as_much_as_they_may(team: Rota) -> None:
    """One's own tasks can be passed on and given back; whoever has the role takes what is nobody's."""
    found = add(team, MANAGER, user_id=ADA, role="developer")
    assert team.do(AssignTask(task_id=found.id, user_id=BEN), ADA).after.user_id == BEN
    assert team.do(AssignTask(task_id=found.id, user_id=None), BEN).after.user_id is None
    assert team.do(AssignTask(task_id=found.id, user_id=CLEO), CLEO).after.user_id == CLEO
    made = add(team, EVE, title="My own idea")
    assert team.do(EditTask(task_id=made.id, title="A better one"), EVE).after.title == "A better one"
    assert team.do(CancelTask(task_id=made.id, reason="No use"), EVE).after.status == "cancelled"


SHOWN_TO_ALL = {"role": "developer"}
REFUSED: list[tuple[str, Write[TaskChange], int, str, str]] = [
    ("ada", MoveTask(task_id=1, to="done"), BEN, "task.not_own", "belongs to Ada"),
    ("ada", SetProgress(task_id=1, progress=5), BEN, "task.not_own", "can work on it"),
    ("ada", AssignTask(task_id=1, user_id=BEN), BEN, "task.not_own", "can pass it on"),
    ("ada", EditTask(task_id=1, title="x"), BEN, "task.not_own", "can change what it is about"),
    ("ada", CancelTask(task_id=1, reason="x"), BEN, "task.not_own", "can cancel it"),
    ("ada", MoveTask(task_id=1, to="done"), DAN, "task.unknown", "no task number 1"),
    ("ada", MoveTask(task_id=1, to="done"), GUEST, "staff", "Only staff"),
    ("ada", MoveTask(task_id=1, to="todo"), ADA, "task.todo", "is to do already"),
    ("ada", MoveTask(task_id=1, to="done", version=9), ADA, "task.stale", "has been changed since"),
    ("ada", AssignTask(task_id=1, user_id=ADA), ADA, "task.same_owner", "Ada has task 1 already"),
    ("ada", AssignTask(task_id=1, user_id=GUEST), MANAGER, "task.not_staff", "Gus is not staff"),
    ("ada", AssignTask(task_id=1, user_id=5), MANAGER, "member.unknown", "does not know this member"),
    ("ada", SetProgress(task_id=1, progress=0), ADA, "task.unchanged", "is at 0 % already"),
    ("ada", EditTask(task_id=1, title="Write the law"), MANAGER, "task.unchanged", "Nothing to change"),
    ("ada", EditTask(task_id=1, end=TODAY), MANAGER, "tasks_date_order", "is not after"),
    ("ada", EditTask(task_id=1, discipline="x"), MANAGER, "discipline.unknown", "no discipline called"),
    ("nobody", MoveTask(task_id=1, to="done"), DAN, "task.unknown", "no task number 1"),
    ("nobody", AssignTask(task_id=1, user_id=BEN), CLEO, "task.not_own", "is nobody's yet"),
    ("nobody", AssignTask(task_id=1, user_id=None), MANAGER, "task.same_owner", "Nobody has task 1"),
    ("done", MoveTask(task_id=1, to="done"), ADA, "task.done", "is done already"),
    ("done", SetProgress(task_id=1, progress=5), ADA, "task.done", "moved back on `/task board`"),
    ("done", CancelTask(task_id=1, reason="x"), MANAGER, "task.done", "cannot be cancelled"),
    ("cancelled", MoveTask(task_id=1, to="in_progress"), ADA, "task.cancelled", "cannot be moved"),
    ("cancelled", EditTask(task_id=1, title="x"), MANAGER, "task.cancelled", "cannot be changed"),
]


@pytest.mark.parametrize(("state", "write", "actor", "rule", "words"), REFUSED)
def test_refusals(
    team: Rota, state: str, write: Write[TaskChange], actor: int, rule: str, words: str
) -> None:
    """Each in a sentence, and nothing is written."""
    add(team, MANAGER, user_id=None if state == "nobody" else ADA, **SHOWN_TO_ALL)
    if state == "done":
        team.do(MoveTask(task_id=1, to="done", take_next=False), ADA)
    if state == "cancelled":
        team.do(CancelTask(task_id=1, reason="x"), MANAGER)
    refusal = team.refusal(write, actor)
    assert (refusal.rule, words in str(refusal)) == (rule, True), str(refusal)


def test_what_cannot_be_added(team: Rota) -> None:
    """By a player, for a player, for somebody deactivated, backwards in time, for no such duty."""
    team.do(DeactivateMember(discord_id=EVE, reason="x"), ADMIN)
    base = AddTask(title="x", start=TODAY, end=LONG)
    for actor, fields, rule in (
        (GUEST, {}, "staff"),
        (EVE, {}, "staff"),
        (ADA, {"user_id": GUEST}, "task.not_staff"),
        (ADA, {"user_id": EVE}, "member.inactive"),
        (ADA, {"end": TODAY}, "tasks_date_order"),
        (ADA, {"discipline": "x"}, "discipline.unknown"),
    ):
        assert team.refusal(base.model_copy(update=fields), actor).rule == rule
    assert team.refusal(base, None).rule == "actor"


def test_nobody_reads_a_task_that_is_not_theirs(team: Rota) -> None:
    """It is as if it were not there."""
    secret = add(team, MANAGER, user_id=ADA)
    with pytest.raises(NotFound, match="no task number"):
        team.ask(task, Viewer(BEN), secret.id)
    assert team.ask(task, Viewer(ADA), secret.id) == secret
    assert team.ask(task, Viewer(BEN, discord_admin=True), secret.id) == secret


def test_an_administrator_whom_only_discord_knows_can_make_and_start_tasks(team: Rota) -> None:
    """They are entered as a member with the first thing they do."""
    change = team.do(AddTask(title="x", start=TODAY, end=LONG), 2**52, discord_admin=True)
    started = team.do(MoveTask(task_id=change.after.id, to="in_progress"), 2**52, discord_admin=True)
    assert started.after.user_id == 2**52


def test_who_leaves_leaves_their_tasks_to_others(team: Rota) -> None:
    """Deactivated, or without a role: open tasks are to do for others again, closed ones stay theirs."""
    for person, write in (
        (ADA, DeactivateMember(discord_id=ADA, reason="x")),
        (BEN, SetRole(discord_id=BEN, username="Ben", role=None)),
    ):
        begun, done = (add(team, MANAGER, user_id=person, role="developer") for _ in range(2))
        team.do(MoveTask(task_id=begun.id, to="in_progress"), person)
        team.do(MoveTask(task_id=done.id, to="done", take_next=False), person)
        assert team.do(write, ADMIN).tasks == 1
        assert (stands(team, begun.id).user_id, stands(team, begun.id).status) == (None, "todo")
        assert stands(team, done.id).user_id == person
    taken = team.do(MoveTask(task_id=begun.id, to="in_progress"), CLEO)
    assert taken.after.user_id == CLEO

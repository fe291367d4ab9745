"""Sample tasks of the sprint on duty: done, begun, late, called off, and some that nobody has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from modelus_bot.database import Context, DatabaseManager
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.fields import StaffRole
from modelus_bot.subjects.sprints.queries.sprints import current_sprint
from modelus_bot.subjects.tasks.writes.editing import AddTask, CancelTask
from modelus_bot.subjects.tasks.writes.moving import MoveTask, SetProgress

__all__ = ["add_sample_tasks"]

DAY = 86_400
CANCELLED = -1
"""How far a task is that was called off."""


@dataclass(frozen=True, slots=True)
class _Sample:
    """A task: title, role, which of the people has it (None: nobody), day it is due, hours, how far it is."""

    title: str
    role: StaffRole
    owner: int | None
    due: int
    hours: int
    progress: int = 0
    importance: int = 1
    epic: str | None = "Winter session"


_SAMPLES = (
    _Sample("Publish the calendar of the session", "tester", 0, 4, 3, 100),
    _Sample("Draw the map of districts", "designer", 1, 6, 8, 100, 2),
    _Sample("Count the votes of the Senate", "developer", 2, 7, 5, 100),
    _Sample("Answer the letters of new members", "tester", 0, 5, 4, 40, 2, None),
    _Sample("Write the summary of the budget", "developer", 2, 10, 8, 60, 3),
    _Sample("Prepare the debate on the treaty", "tester", 3, 12, 6, 0, 2),
    _Sample("Repaint the flag of Cascadia", "designer", None, 11, 3, 0, 1, None),
    _Sample("Check the rolls of the House", "developer", None, 13, 5, 0, 3),
    _Sample("Collect questions for the governor", "tester", None, 13, 2),
    _Sample("Send the ballots to the states", "tester", 4, 2, 6, 10, 3),
    _Sample("Invite the ambassadors to the ball", "designer", 1, 9, 2, CANCELLED, 0, None),
)


async def add_sample_tasks(
    db: DatabaseManager, manager: int, people: Sequence[int], context: Context
) -> None:
    """Let a manager add them when the sprint began, and their owners work on them since."""
    calendar = Calendar(context.zone, context.handoff_minute)
    sprint = await db.read(current_sprint, context.at, calendar)
    if sprint is None or len(people) < max(sample.owner or 0 for sample in _SAMPLES) + 1:
        return
    begin = calendar.handoff(sprint.start)
    for number, sample in enumerate(_SAMPLES):
        owner = people[sample.owner] if sample.owner is not None else None
        write = AddTask(
            title=sample.title,
            start=sprint.start,
            end=sprint.start + timedelta(days=sample.due),
            role=sample.role,
            user_id=owner,
            importance=sample.importance,
            epic=sample.epic,
            estimate_h=sample.hours,
        )
        added = await db.write(write, replace(context, actor=manager, at=begin))
        if owner is None or not sample.progress:
            continue
        author = replace(context, actor=owner)
        if sample.progress == CANCELLED:
            called_off = CancelTask(task_id=added.after.id, reason="The ball was called off")
            await db.write(called_off, replace(context, actor=manager))
        elif sample.progress == 100:
            done = MoveTask(task_id=added.after.id, to="done", take_next=False)
            await db.write(done, replace(author, at=min(context.at, begin + (number + 1) * DAY)))
        else:
            await db.write(SetProgress(task_id=added.after.id, progress=sample.progress), author)

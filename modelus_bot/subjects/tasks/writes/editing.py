"""Adding tasks, changing what they are about, and calling them off."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import DisciplineKey, Reason, Snowflake, StaffRole
from modelus_bot.domain.permissions import require_actor, require_staff
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.disciplines.queries import require_discipline
from modelus_bot.subjects.people.writes import ensure_known
from modelus_bot.subjects.tasks.model import StaffTask, TaskChange
from modelus_bot.subjects.tasks.writes.assigning import require_assignable
from modelus_bot.subjects.tasks.writes.notices import tell_of_assignment
from modelus_bot.subjects.tasks.writes.saving import (
    add,
    found_task,
    open_task,
    require_own,
    save,
)

__all__ = ["AddTask", "CancelTask", "EditTask", "TaskNumber"]

TaskNumber = Annotated[int, Field(ge=1, lt=2**63)]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Description = Annotated[str, Field(max_length=4000)]
Estimate = Annotated[int, Field(ge=1, le=400)]
Importance = Annotated[int, Field(ge=0, le=3)]
Label = Annotated[str, Field(min_length=1, max_length=50)]


class AddTask(Write[TaskChange]):
    """Add a task, for somebody, or open to a role or a discipline until somebody takes it."""

    title: Title
    start: date
    end: date
    role: StaffRole | None = None
    user_id: Snowflake | None = None
    discipline: DisciplineKey | None = None
    importance: Importance = 1
    epic: Label | None = None
    story: Label | None = None
    estimate_h: Estimate | None = None
    description: Description = ""
    triage_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None

    def apply(self, tx: Transaction) -> TaskChange:
        """Insert it, as late and as much at risk as it is."""
        require_staff(tx)
        author = require_actor(tx)
        _check_days(self.start, self.end)
        if self.discipline is not None:
            require_discipline(tx, self.discipline)
        if self.user_id is not None:
            require_assignable(tx, self.user_id)
        ensure_known(tx, author)
        after = add(tx, self._task(author, tx.context.at))
        tell_of_assignment(tx, after)
        return TaskChange(None, after)

    def _task(self, author: int, at: int) -> StaffTask:
        return StaffTask(
            id=0,
            title=self.title,
            status="todo",
            role=self.role,
            discipline=self.discipline,
            user_id=self.user_id,
            start=self.start,
            end=self.end,
            estimate_h=self.estimate_h,
            progress=0,
            priority=self.importance,
            is_delayed=False,
            risk="low",
            epic=self.epic,
            story=self.story,
            version=1,
            completed_at=None,
            created_by=author,
            created_at=at,
            updated_at=at,
            description=self.description,
            triage_id=self.triage_id,
        )


class EditTask(Write[TaskChange]):
    """Change what a task is about; what is left out stays. Its maker and managers may."""

    task_id: TaskNumber
    title: Title | None = None
    start: date | None = None
    end: date | None = None
    role: StaffRole | None = None
    discipline: DisciplineKey | None = None
    importance: Importance | None = None
    epic: Label | None = None
    story: Label | None = None
    estimate_h: Estimate | None = None
    description: Description | None = None

    def apply(self, tx: Transaction) -> TaskChange:
        """Save what is new."""
        before = found_task(tx, self.task_id)
        _require_maker(tx, before, "change what it is about")
        open_task(before, "changed")
        given = self.model_dump(exclude={"task_id", "importance"}, exclude_none=True)
        if self.importance is not None:
            given["priority"] = self.importance
        _check_days(given.get("start", before.start), given.get("end", before.end))
        if self.discipline is not None:
            require_discipline(tx, self.discipline)
        after = save(tx, before, **given)
        if after == before:
            raise InvalidInput(
                "Nothing to change: give something that is different from what the task has.",
                rule="task.unchanged",
            )
        return TaskChange(before, after)


class CancelTask(Write[TaskChange]):
    """Call a task off, with a reason; its row and its history stay."""

    task_id: TaskNumber
    reason: Reason
    version: int | None = None

    def apply(self, tx: Transaction) -> TaskChange:
        """BurndownMark it cancelled."""
        before = found_task(tx, self.task_id, self.version)
        _require_maker(tx, before, "cancel it")
        open_task(before, "cancelled")
        return TaskChange(before, save(tx, before, status="cancelled"))


def _require_maker(tx: Transaction, found: StaffTask, what: str) -> None:
    """Raise ``NotAllowed`` unless the author made a task or manages."""
    if found.created_by != tx.context.actor:
        require_own(tx, found, what, by_author=True)


def _check_days(start: date, end: date) -> None:
    if end <= start:
        raise InvalidInput(
            f"A task must be due after the day it begins; {end} is not after {start}."
            " Correct the days and try again.",
            rule="tasks_date_order",
        )

"""How far a task is: moving its card, and its progress. What is done brings its owner the next one."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.permissions import is_manager, require_actor
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.people.writes import ensure_known
from modelus_bot.subjects.tasks.model import BoardColumn, StaffTask, TaskChange
from modelus_bot.subjects.tasks.writes.assigning import give_next, is_open_to
from modelus_bot.subjects.tasks.writes.notices import tell_of_completion
from modelus_bot.subjects.tasks.writes.saving import found_task, open_task, require_own, save

__all__ = ["MoveTask", "SetProgress"]

_WORDS = {"todo": "to do", "in_progress": "in progress", "done": "done"}
REOPENED = 90
"""Percent that a task has at most which was done and is not after all."""


class MoveTask(Write[TaskChange]):
    """Move a task's card to another column: start it, finish it, or put it back.

    Whoever starts a task that nobody has, has it. With ``take_next`` the owner of a finished one gets, in
    the same transaction, the most important task that nobody has of their role or discipline.
    """

    task_id: Annotated[int, Field(ge=1, lt=2**63)]
    to: BoardColumn
    version: int | None = None
    take_next: bool = True

    def apply(self, tx: Transaction) -> TaskChange:
        """Save its status, and hand out the next one."""
        author = require_actor(tx)
        before = found_task(tx, self.task_id, self.version)
        if before.status == self.to:
            raise InvalidInput(f"Task {before.id} is {_WORDS[self.to]} already.", rule=f"task.{self.to}")
        if before.status == "cancelled":
            open_task(before, "moved")
        owner = _owner(tx, before, author, take=self.to == "in_progress")
        after = save(tx, before, user_id=owner, **self._columns(before, tx.context.at))
        if self.to != "done":
            return TaskChange(before, after)
        tell_of_completion(tx, after)
        given = give_next(tx, owner) if self.take_next and owner is not None else None
        return TaskChange(before, after, given)

    def _columns(self, before: StaffTask, at: int) -> dict[str, Any]:
        if self.to == "done":
            return {"status": "done", "progress": 100, "completed_at": at}
        progress = min(before.progress, REOPENED) if before.status == "done" else before.progress
        return {"status": self.to, "progress": progress, "completed_at": None}


class SetProgress(Write[TaskChange]):
    """Say how far a task is, in percent; with the first of them it is begun."""

    task_id: Annotated[int, Field(ge=1, lt=2**63)]
    progress: Annotated[int, Field(ge=0, le=100)]
    version: int | None = None

    def apply(self, tx: Transaction) -> TaskChange:
        """Save it."""
        author = require_actor(tx)
        before = found_task(tx, self.task_id, self.version)
        open_task(before, "worked on")
        begins = before.status == "in_progress" or self.progress > 0
        owner = _owner(tx, before, author, take=begins)
        after = save(
            tx,
            before,
            user_id=owner,
            progress=self.progress,
            status="in_progress" if begins else "todo",
        )
        if after == before:
            raise InvalidInput(f"Task {before.id} is at {before.progress} % already.", rule="task.unchanged")
        return TaskChange(before, after)


def _owner(tx: Transaction, before: StaffTask, author: int, *, take: bool) -> int | None:
    """Return who has a task once the author works on it; raises ``NotAllowed`` for others' tasks."""
    if before.user_id is None and is_open_to(tx, before, author):
        return author
    require_own(tx, before, "work on it")
    if before.user_id is None and take:
        ensure_known(tx, author)
        return author
    return before.user_id if before.user_id is not None or is_manager(tx) else author

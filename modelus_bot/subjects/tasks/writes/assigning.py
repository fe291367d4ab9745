"""Whose a task is: giving one, or many at once, to somebody, and finding the next one for them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import Snowflake
from modelus_bot.domain.permissions import is_manager, require_staff
from modelus_bot.domain.refusals import InvalidInput, Refusal
from modelus_bot.subjects.people.model import Member
from modelus_bot.subjects.people.queries import member, require_active_member
from modelus_bot.subjects.tasks.model import BulkChange, BulkFailure, StaffTask, TaskChange
from modelus_bot.subjects.tasks.queries.rows import task_of
from modelus_bot.subjects.tasks.writes.notices import tell_of_assignment
from modelus_bot.subjects.tasks.writes.saving import found_task, open_task, require_own, save
from modelus_bot.text.escaping import plain

__all__ = ["BULK", "AssignTask", "BulkAssign", "give_back", "give_next", "is_open_to", "require_assignable"]

BULK = 50
"""How many tasks can be assigned at once."""

_NEXT = """
SELECT * FROM tasks
WHERE assigned_user_id IS NULL AND status = 'todo'
AND (assigned_role = :role OR discipline IN (
    SELECT d.discipline FROM user_disciplines AS d WHERE d.user_id = :user AND d.is_active = 1
))
ORDER BY priority DESC, start_date, id LIMIT 1
"""
_HELD = """
SELECT * FROM tasks WHERE assigned_user_id = ? AND status IN ('todo', 'in_progress') ORDER BY id
"""
_ROSTERED = "SELECT 1 FROM user_disciplines WHERE user_id = ? AND discipline = ? AND is_active = 1"


class AssignTask(Write[TaskChange]):
    """Give a task to somebody, or back to its role with None; one's own, or as a manager.

    Whoever has its role or discipline may take a task that nobody has.
    """

    task_id: Annotated[int, Field(ge=1, lt=2**63)]
    user_id: Snowflake | None
    version: int | None = None

    def apply(self, tx: Transaction) -> TaskChange:
        """Change its owner and tell the new one."""
        before = found_task(tx, self.task_id, self.version)
        return _assign(tx, before, self.user_id)


class BulkAssign(Write[BulkChange]):
    """Give many tasks to somebody: what can be given is, and of every other one the reason is told."""

    task_ids: Annotated[
        tuple[Annotated[int, Field(ge=1, lt=2**63)], ...], Field(min_length=1, max_length=BULK)
    ]
    user_id: Snowflake

    def apply(self, tx: Transaction) -> BulkChange:
        """Try each; a refusal comes before anything of that task is changed."""
        require_staff(tx)
        require_assignable(tx, self.user_id)
        assigned: list[TaskChange] = []
        failed: list[BulkFailure] = []
        for number in dict.fromkeys(self.task_ids):
            try:
                assigned.append(_assign(tx, found_task(tx, number), self.user_id))
            except Refusal as refusal:
                failed.append(BulkFailure(number, str(refusal)))
        return BulkChange(tuple(assigned), tuple(failed))


def require_assignable(tx: Transaction, user_id: int) -> Member:
    """Return somebody who can have tasks: an active member of the staff, or the author as a manager."""
    found = require_active_member(tx, user_id)
    if found.role is None and not (user_id == tx.context.actor and is_manager(tx)):
        raise InvalidInput(
            f"{plain(found.username)} is not staff, so cannot have tasks. An administrator can give them a"
            " role with `/member role`.",
            rule="task.not_staff",
        )
    return found


def is_open_to(tx: Transaction, found: StaffTask, user_id: int) -> bool:
    """Say whether somebody may take a task: nobody has it, and it is of their role or discipline."""
    if found.user_id is not None:
        return False
    person = member(tx, user_id)
    if person is not None and person.role is not None and found.role == person.role:
        return True
    return found.discipline is not None and tx.fetch_one(_ROSTERED, (user_id, found.discipline)) is not None


def give_next(tx: Transaction, user_id: int) -> StaffTask | None:
    """Give somebody the next task that nobody has of their role or discipline; None without one."""
    person = member(tx, user_id)
    if person is None or not person.is_active or person.role is None:
        return None
    row = tx.fetch_one(_NEXT, {"role": person.role, "user": user_id})
    if row is None:
        return None
    after = save(tx, task_of(row), user_id=user_id)
    tell_of_assignment(tx, after, "It is the next one for you.")
    return after


def give_back(tx: Transaction, user_id: int) -> int:
    """Let others take the open tasks of somebody who is staff no longer; returns how many there are."""
    held = [task_of(row) for row in tx.fetch_all(_HELD, (user_id,))]
    for found in held:
        save(tx, found, user_id=None, status="todo")
    return len(held)


def _assign(tx: Transaction, before: StaffTask, user_id: int | None) -> TaskChange:
    takes = user_id is not None and user_id == tx.context.actor and is_open_to(tx, before, user_id)
    if not takes:
        require_own(tx, before, "pass it on")
    open_task(before, "given to somebody")
    if user_id is not None:
        person = require_assignable(tx, user_id)
        if before.user_id == user_id:
            raise InvalidInput(
                f"{plain(person.username)} has task {before.id} already.", rule="task.same_owner"
            )
    elif before.user_id is None:
        raise InvalidInput(f"Nobody has task {before.id} anyway.", rule="task.same_owner")
    after = save(tx, before, user_id=user_id)
    tell_of_assignment(tx, after)
    return TaskChange(before, after)

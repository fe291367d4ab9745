"""Takes tasks in; who made them is not kept there, so somebody here counts as their maker."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.subjects.imports.model.outcome import RowFate
from modelus_bot.subjects.staff_import.model.rows import TaskRow
from modelus_bot.subjects.staff_import.writes.memory import MEMORY, account_of
from modelus_bot.subjects.tasks.model import StaffTask
from modelus_bot.subjects.tasks.writes.saving import add

__all__ = ["take_task"]


def take_task(tx: Transaction, row: TaskRow, maker: int) -> RowFate:
    """Add a task, as late and as much at risk as it is today; nobody is told of it."""
    owner = account_of(tx, row.assignee, "its assignee") if row.assignee is not None else None
    now = tx.context.at
    found = StaffTask(
        id=0,
        title=row.title,
        status=row.status,
        role=row.role,
        discipline=None,
        user_id=owner,
        start=row.start,
        end=row.end,
        estimate_h=row.estimate_h,
        progress=row.progress,
        priority=row.priority,
        is_delayed=False,
        risk="low",
        epic=row.epic,
        story=row.story,
        version=1,
        completed_at=row.completed_at,
        created_by=maker,
        created_at=row.created_at or now,
        updated_at=now,
        description=row.description,
    )
    MEMORY.note(tx, row, add(tx, found).id)
    return RowFate("added")

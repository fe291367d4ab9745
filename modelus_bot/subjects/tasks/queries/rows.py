"""A row as a task, and whose eyes a change has."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import Context, ReadTransaction, Row
from modelus_bot.domain.permissions import standing
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.tasks.model import Scope, StaffTask

__all__ = ["scope_of_author", "task_of"]


def task_of(row: Row) -> StaffTask:
    """Turn a row of the table into a task."""
    return StaffTask(
        id=row["id"],
        title=row["title"],
        status=row["status"],
        role=row["assigned_role"],
        discipline=row["discipline"],
        user_id=row["assigned_user_id"],
        start=date.fromisoformat(row["start_date"]),
        end=date.fromisoformat(row["end_date"]),
        estimate_h=row["estimate_h"],
        progress=row["progress"],
        priority=row["priority"],
        is_delayed=bool(row["is_delayed"]),
        risk=row["risk"],
        epic=row["epic"],
        story=row["story"],
        version=row["version"],
        completed_at=row["completed_at"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        description=row["description"],
        triage_id=row["triage_id"],
    )


def scope_of_author(tx: ReadTransaction, context: Context) -> Scope:
    """Return what the author of a change may see; the bot itself sees everything."""
    author = context.actor or 0
    found = member(tx, author)
    role = found.role if found is not None and found.is_active else None
    return Scope(author, role, standing(tx, context).manager)

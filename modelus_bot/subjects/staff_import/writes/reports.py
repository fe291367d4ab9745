"""Takes triage items in. What is open goes to its duty, and its clock begins when it is taken in."""

from __future__ import annotations

from typing import Any

from modelus_bot.database import Transaction
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.imports.model.outcome import RowFate
from modelus_bot.subjects.staff_import.model.rows import ReportRow
from modelus_bot.subjects.staff_import.writes.memory import MEMORY, account_of
from modelus_bot.subjects.triage.queries.routing import discipline_for, holder_now
from modelus_bot.subjects.triage.rules import deadline

__all__ = ["take_report"]

_ADD = """
INSERT INTO triage_items(
    reporter_id, title, description, category, priority, status, discipline, assigned_to, by_duty,
    thread_state, respond_by, first_response_at, resolution, resolved_at, created_at, updated_at
)
VALUES(
    :reporter_id, :title, :description, :category, :priority, :status, :discipline, :assigned_to, :by_duty,
    :thread_state, :respond_by, :first_response_at, :resolution, :resolved_at, :created_at, :updated_at
)
"""
_TOLD = ("title", "category", "discipline", "assigned_to", "reporter_id", "status", "priority")


def take_report(tx: Transaction, row: ReportRow) -> RowFate:
    """Add an item; nobody is told of it, and only an open one gets a thread."""
    values = _values(tx, row)
    number = tx.insert(_ADD, values)
    tx.audit("triage_items", number, "INSERT", new={name: values[name] for name in _TOLD})
    MEMORY.note(tx, row, number)
    return RowFate("added")


def _values(tx: Transaction, row: ReportRow) -> dict[str, Any]:
    now = tx.context.at
    reporter = account_of(tx, row.reporter, "its reporter")
    assignee = account_of(tx, row.assignee, "its assignee") if row.assignee is not None else None
    discipline = discipline_for(tx, row.category)
    closed = row.resolved_at is not None
    holder = None if closed or assignee else holder_now(tx, discipline, now, calendar_of(tx.context))
    made = row.created_at or now
    return {
        "reporter_id": reporter,
        "title": row.title,
        "description": row.description,
        "category": row.category,
        "priority": row.priority,
        "status": row.status,
        "discipline": discipline,
        "assigned_to": assignee or holder,
        "by_duty": int(holder is not None),
        "thread_state": "unset" if closed else "wanted",
        "respond_by": None if closed else deadline(now, row.priority),
        "first_response_at": row.resolved_at if closed else now if row.status == "in_review" else None,
        "resolution": row.resolution if closed else None,
        "resolved_at": row.resolved_at,
        "created_at": made,
        "updated_at": now,
    }

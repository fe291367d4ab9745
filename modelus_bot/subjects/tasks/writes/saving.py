"""What every change of a task shares: who may, the one statement that saves it, its entry, its notices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from modelus_bot.database import Transaction
from modelus_bot.domain.permissions import is_manager, require_staff
from modelus_bot.domain.refusals import InvalidInput, NotAllowed, Stale
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.tasks.model import StaffTask
from modelus_bot.subjects.tasks.queries.lists import require_visible
from modelus_bot.subjects.tasks.queries.rows import scope_of_author
from modelus_bot.subjects.tasks.rules.risk import is_late, level_of, rises, risk_of, risk_points, task_day
from modelus_bot.subjects.tasks.writes.notices import tell_of_rise
from modelus_bot.text.escaping import plain

__all__ = ["add", "assessed", "columns_of", "found_task", "open_task", "require_own", "save"]

_ADD = """
INSERT INTO tasks(
    title, status, assigned_role, discipline, assigned_user_id, start_date, end_date, estimate_h, progress,
    priority, is_delayed, risk, epic, story, completed_at, created_by, created_at, updated_at, description,
    triage_id
) VALUES(
    :title, :status, :assigned_role, :discipline, :assigned_user_id, :start_date, :end_date, :estimate_h,
    :progress, :priority, :is_delayed, :risk, :epic, :story, :completed_at, :created_by, :created_at,
    :updated_at, :description, :triage_id
)
"""
_SAVE = """
UPDATE tasks SET
    title = :title, status = :status, assigned_role = :assigned_role, discipline = :discipline,
    assigned_user_id = :assigned_user_id, start_date = :start_date, end_date = :end_date,
    estimate_h = :estimate_h, progress = :progress, priority = :priority, is_delayed = :is_delayed,
    risk = :risk, epic = :epic, story = :story, version = :version, completed_at = :completed_at,
    updated_at = :updated_at, description = :description
WHERE id = :id
"""
_SHOW_ITEM = "UPDATE triage_items SET shown_version = 0 WHERE id = ?"
"""The card of the report that a task was made from says how the task stands."""
_NOT_TOLD = {"id", "version", "updated_at", "created_at", "created_by"}
"""Columns that say nothing of a change."""


def found_task(tx: Transaction, task_id: int, version: int | None = None) -> StaffTask:
    """Return the task that a member of the staff wants to change.

    Raises ``NotAllowed``, ``NotFound`` for one they may not see either, and ``Stale`` when it is not what
    they were shown (``version``).
    """
    require_staff(tx)
    found = require_visible(tx, scope_of_author(tx, tx.context), task_id)
    if version is not None and version != found.version:
        raise Stale(
            f"Task {task_id} has been changed since this was shown. Look at it again with `/task show`,"
            " then decide.",
            rule="task.stale",
        )
    return found


def open_task(found: StaffTask, what: str) -> None:
    """Raise ``InvalidInput`` unless a task can still be ``what``."""
    if found.is_open:
        return
    raise InvalidInput(
        f"Task {found.id} is {found.status}, so it cannot be {what}."
        + (" Its card can be moved back on `/task board`." if found.status == "done" else ""),
        rule=f"task.{found.status}",
    )


def require_own(tx: Transaction, found: StaffTask, what: str, *, by_author: bool = False) -> None:
    """Raise ``NotAllowed`` unless a task is the author's own or they manage; ``what`` ends the sentence.

    Nobody's task is its maker's; ``by_author`` counts whoever made it in any case.
    """
    author = tx.context.actor
    mine = {found.user_id} | ({found.created_by} if by_author or found.user_id is None else set())
    if author in mine or is_manager(tx):
        return
    owner = member(tx, found.user_id) if found.user_id is not None else None
    whose = f"belongs to {plain(owner.username)}" if owner is not None else "is nobody's yet"
    raise NotAllowed(
        f"Task {found.id} {whose}. Only they, or a project manager, can {what}."
        if owner is not None
        else f"Task {found.id} {whose}. Take it first, or ask a project manager to {what}.",
        rule="task.not_own",
    )


def assessed(found: StaffTask, tx: Transaction) -> StaffTask:
    """Return a task as late and as much at risk as it is today."""
    day = task_day(tx.context.at, tx.context.zone)
    return replace(
        found,
        is_delayed=is_late(found.status, found.end, day),
        risk=risk_of(risk_points(found.status, found.progress, found.end, day)),
    )


def add(tx: Transaction, new: StaffTask) -> StaffTask:
    """Insert a task with its entry, as late and as much at risk as it is, and return it with its number."""
    assessed_now = assessed(new, tx)
    added = replace(assessed_now, id=tx.insert(_ADD, columns_of(assessed_now)))
    told = {name: value for name, value in columns_of(added).items() if value is not None}
    tx.audit("tasks", added.id, "INSERT", new=told)
    return added


def save(tx: Transaction, before: StaffTask, **changes: Any) -> StaffTask:
    """Save what changed of a task with its entry, assessed anew, and tell its people if it stands worse."""
    changed = replace(before, **changes)
    if changed == before:
        return before
    after = assessed(
        replace(changed, version=before.version + 1, updated_at=tx.context.at),
        tx,
    )
    old, new = columns_of(before), columns_of(after)
    tx.execute(_SAVE, new)
    told = [name for name in new if old[name] != new[name] and name not in _NOT_TOLD]
    tx.audit(
        "tasks",
        before.id,
        "UPDATE",
        old={name: old[name] for name in told},
        new={name: new[name] for name in told},
    )
    if after.triage_id is not None and before.status != after.status:
        tx.execute(_SHOW_ITEM, (after.triage_id,))
    level = level_of(after.risk, delayed=after.is_delayed)
    if rises(level_of(before.risk, delayed=before.is_delayed), level):
        tell_of_rise(tx, after, level)
    return after


def columns_of(found: StaffTask) -> dict[str, Any]:
    """Return a task's columns."""
    return {
        "id": found.id,
        "title": found.title,
        "status": found.status,
        "assigned_role": found.role,
        "discipline": found.discipline,
        "assigned_user_id": found.user_id,
        "start_date": found.start.isoformat(),
        "end_date": found.end.isoformat(),
        "estimate_h": found.estimate_h,
        "progress": found.progress,
        "priority": found.priority,
        "is_delayed": int(found.is_delayed),
        "risk": found.risk,
        "epic": found.epic,
        "story": found.story,
        "version": found.version,
        "completed_at": found.completed_at,
        "created_by": found.created_by,
        "created_at": found.created_at,
        "updated_at": found.updated_at,
        "description": found.description,
        "triage_id": found.triage_id,
    }

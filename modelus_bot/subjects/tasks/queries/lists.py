"""One task, and lists of them by status, person, role, epic, and how late they are.

The viewer's connection leaves to these statements what the viewer may see; changes ask ``may_see``.
"""

from __future__ import annotations

from typing import Literal

from modelus_bot.database import ReadTransaction, viewer_query
from modelus_bot.domain.permissions import Viewer, require_staff_viewer
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.tasks.model import Scope, StaffTask
from modelus_bot.subjects.tasks.queries.rows import task_of
from modelus_bot.subjects.tasks.rules.risk import may_see

__all__ = [
    "StatusChoice",
    "TaskQuery",
    "epics",
    "late_tasks",
    "my_tasks",
    "require_visible",
    "task",
    "task_list",
    "task_names",
]

StatusChoice = Literal["open", "todo", "in_progress", "done", "cancelled"]

_BY_ID = "SELECT * FROM tasks WHERE id = ?"
_MINE = """
SELECT * FROM tasks WHERE assigned_user_id = :me AND status = :status
ORDER BY priority DESC, start_date, id LIMIT :limit OFFSET :offset
"""
_OPEN = """
SELECT * FROM tasks
WHERE status IN ('todo', 'in_progress')
ORDER BY end_date, id LIMIT :limit OFFSET :offset
"""
_BY_STATUS = """
SELECT * FROM tasks
WHERE status <> 'cancelled' AND status = :status
ORDER BY priority DESC, start_date, id LIMIT :limit OFFSET :offset
"""
_CANCELLED = """
SELECT * FROM tasks
WHERE status = 'cancelled'
ORDER BY id DESC LIMIT :limit OFFSET :offset
"""
_BY_ROLE = """
SELECT * FROM tasks
WHERE assigned_role = :of_role
AND (status = :status OR (:status = 'open' AND status IN ('todo', 'in_progress')))
ORDER BY status, id LIMIT :limit OFFSET :offset
"""
_BY_EPIC = """
SELECT * FROM tasks
WHERE epic = :epic AND epic IS NOT NULL
AND (status = :status OR (:status = 'open' AND status IN ('todo', 'in_progress')))
AND (:of_role IS NULL OR assigned_role = :of_role)
ORDER BY id LIMIT :limit OFFSET :offset
"""
_LATE = """
SELECT * FROM tasks
WHERE is_delayed = 1 AND status <> 'done'
ORDER BY end_date, status, title LIMIT :limit OFFSET :offset
"""
_NAMED = """
SELECT * FROM tasks
WHERE (status IN ('todo', 'in_progress') OR :closed)
AND (instr(lower(title), lower(:typed)) > 0 OR instr(CAST(id AS TEXT), :typed) = 1)
ORDER BY id DESC LIMIT :limit
"""
_EPICS = """
SELECT DISTINCT epic FROM tasks
WHERE epic IS NOT NULL
ORDER BY epic LIMIT 500
"""

TaskQuery = tuple[StatusChoice, str | None, str | None]
"""A list: status, role and epic, the last two None for any."""


def require_visible(tx: ReadTransaction, scope: Scope, task_id: int) -> StaffTask:
    """Return a task for a change, or raise ``NotFound``: the same sentence for one that may not be seen."""
    found = _found(tx, task_id)
    if not may_see(found, scope):
        raise _unknown(task_id)
    return found


@viewer_query(kept=True, hot=True)
def task(tx: ReadTransaction, viewer: Viewer, task_id: int) -> StaffTask:
    """Return a task that the viewer may see, or raise ``NotFound``."""
    require_staff_viewer(tx, viewer)
    return _found(tx, task_id)


@viewer_query(kept=True, hot=True)
def my_tasks(
    tx: ReadTransaction, viewer: Viewer, status: StatusChoice, limit: int = 10, offset: int = 0
) -> tuple[StaffTask, ...]:
    """Return the viewer's own tasks, the most important first; of the open ones first those begun."""
    require_staff_viewer(tx, viewer)
    wanted = ("in_progress", "todo") if status == "open" else (status,)
    found: list[StaffTask] = []
    for state in wanted:
        values = {"me": viewer.id, "status": state, "limit": limit + offset, "offset": 0}
        found += map(task_of, tx.fetch_all(_MINE, values))
    return tuple(found[offset : offset + limit])


@viewer_query(kept=True, hot=True)
def task_list(
    tx: ReadTransaction, viewer: Viewer, wanted: TaskQuery, limit: int = 10, offset: int = 0
) -> tuple[StaffTask, ...]:
    """Return tasks by status, role and epic: open ones by their last day, others by importance."""
    status, role, epic = wanted
    require_staff_viewer(tx, viewer)
    page = {"limit": limit, "offset": offset}
    values = {"status": status, "of_role": role, "epic": epic, **page}
    return tuple(map(task_of, tx.fetch_all(_statement(status, role, epic), values)))


@viewer_query(kept=True, hot=True)
def late_tasks(
    tx: ReadTransaction, viewer: Viewer, limit: int = 10, offset: int = 0
) -> tuple[StaffTask, ...]:
    """Return late tasks, the latest first."""
    require_staff_viewer(tx, viewer)
    return tuple(map(task_of, tx.fetch_all(_LATE, {"limit": limit, "offset": offset})))


@viewer_query(kept=True)
def task_names(
    tx: ReadTransaction, viewer: Viewer, typed: str, *, closed: bool = False, limit: int = 25
) -> tuple[StaffTask, ...]:
    """Return tasks whose title contains, or whose number begins with, what was typed; newest first."""
    require_staff_viewer(tx, viewer)
    values = {"typed": typed, "closed": closed, "limit": limit}
    return tuple(map(task_of, tx.fetch_all(_NAMED, values)))


@viewer_query(kept=True, hot=True)
def epics(tx: ReadTransaction, viewer: Viewer) -> tuple[str, ...]:
    """Return the epics of the tasks that the viewer may see."""
    require_staff_viewer(tx, viewer)
    return tuple(row[0] for row in tx.fetch_all(_EPICS))


def _found(tx: ReadTransaction, task_id: int) -> StaffTask:
    row = tx.fetch_one(_BY_ID, (task_id,))
    if row is None:
        raise _unknown(task_id)
    return task_of(row)


def _unknown(task_id: int) -> NotFound:
    return NotFound(f"There is no task number {task_id}. `/task list` shows yours.", rule="task.unknown")


def _statement(status: StatusChoice, role: str | None, epic: str | None) -> str:
    if epic is not None:
        return _BY_EPIC
    if role is not None:
        return _BY_ROLE
    return {"open": _OPEN, "cancelled": _CANCELLED}.get(status, _BY_STATUS)

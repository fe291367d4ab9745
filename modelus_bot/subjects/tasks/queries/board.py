"""The board: a page of each column in its order, and how many cards there are.

The viewer's connection leaves to these statements what the viewer may see.
"""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, viewer_query
from modelus_bot.domain.permissions import Viewer, require_staff_viewer
from modelus_bot.subjects.tasks.model import BoardColumn, BoardFilter, BoardPage, BoardPart, StaffTask
from modelus_bot.subjects.tasks.queries.rows import task_of

__all__ = ["BOARD_COLUMNS", "board"]

BOARD_COLUMNS: tuple[BoardColumn, ...] = ("todo", "in_progress", "done")

_COLUMN = """
SELECT * FROM tasks
WHERE status <> 'cancelled' AND status = :status
AND (:discipline IS NULL OR discipline = :discipline)
ORDER BY priority DESC, start_date, id LIMIT :limit OFFSET :offset
"""
_COLUMN_OF_ONE = """
SELECT * FROM tasks
WHERE assigned_user_id = :user AND status = :status
AND (:discipline IS NULL OR discipline = :discipline)
ORDER BY priority DESC, start_date, id LIMIT :limit OFFSET :offset
"""
_COLUMN_OF_EPIC = """
SELECT * FROM tasks
WHERE epic IS NOT NULL AND epic = :epic AND status = :status
AND (:user IS NULL OR assigned_user_id = :user) AND (:discipline IS NULL OR discipline = :discipline)
ORDER BY priority DESC, start_date, id LIMIT :limit OFFSET :offset
"""
_DONE = """
SELECT * FROM tasks
WHERE status = 'done' AND (:user IS NULL OR assigned_user_id = :user)
AND (:discipline IS NULL OR discipline = :discipline)
ORDER BY completed_at DESC, id DESC LIMIT :limit OFFSET :offset
"""
_DONE_OF_EPIC = """
SELECT * FROM tasks
WHERE epic IS NOT NULL AND epic = :epic AND status = 'done'
AND (:user IS NULL OR assigned_user_id = :user) AND (:discipline IS NULL OR discipline = :discipline)
ORDER BY completed_at DESC, id DESC LIMIT :limit OFFSET :offset
"""
_COUNT_OF_EPIC = """
SELECT status, count(*) FROM tasks
WHERE epic IS NOT NULL AND epic = :epic AND status <> 'cancelled'
AND (:user IS NULL OR assigned_user_id = :user) AND (:discipline IS NULL OR discipline = :discipline)
GROUP BY status
"""
_COUNT = """
SELECT status, count(*) FROM tasks
WHERE status <> 'cancelled' AND (:user IS NULL OR assigned_user_id = :user)
AND (:discipline IS NULL OR discipline = :discipline)
GROUP BY status
"""


@viewer_query(kept=True, hot=True)
def board(
    tx: ReadTransaction, viewer: Viewer, wanted: BoardFilter, limit: int = 8, offset: int = 0
) -> BoardPage:
    """Return ``limit`` cards of each column: the most important first, of what is done the newest."""
    require_staff_viewer(tx, viewer)
    values: dict[str, object] = {
        "user": wanted.user_id,
        "epic": wanted.epic,
        "discipline": wanted.discipline,
        "limit": limit,
        "offset": offset,
    }
    column, done, count = _statements(wanted)
    counts = {row[0]: row[1] for row in tx.fetch_all(count, values)}
    return BoardPage(
        tuple(
            BoardPart(status, _cards(tx, sql, values, status), counts.get(status, 0))
            for status, sql in zip(BOARD_COLUMNS, (column, column, done), strict=True)
        )
    )


def _statements(wanted: BoardFilter) -> tuple[str, str, str]:
    """Return how to ask for a column to do, for what is done, and for the counts: each has its index."""
    if wanted.epic is not None:
        return _COLUMN_OF_EPIC, _DONE_OF_EPIC, _COUNT_OF_EPIC
    return (_COLUMN if wanted.user_id is None else _COLUMN_OF_ONE), _DONE, _COUNT


def _cards(
    tx: ReadTransaction, sql: str, values: dict[str, object], status: BoardColumn
) -> tuple[StaffTask, ...]:
    return tuple(map(task_of, tx.fetch_all(sql, values | {"status": status})))

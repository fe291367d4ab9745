"""Which notices are due, oldest first."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, query
from modelus_bot.subjects.notices.model import Notice

__all__ = ["due_notices"]

HELD = 86_400
"""Seconds within which a notice that failed is tried again; one that waits for longer was given up."""


_DUE = """
SELECT id, user_id, type, title, message, attempts, created_at, ref_table, ref_id
FROM (
    SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY attempts = 0, deliver_after, id) AS place
    FROM notifications AS due
    WHERE delivered_at IS NULL AND deliver_after <= ?1
      AND NOT EXISTS (
        SELECT 1 FROM notifications AS held
        WHERE held.user_id = due.user_id AND held.id < due.id AND held.delivered_at IS NULL
          AND held.attempts > 0 AND held.deliver_after > ?1 AND held.deliver_after < ?1 + ?3
      )
)
WHERE place <= ?2
ORDER BY user_id, place
LIMIT 2000
"""


@query
def due_notices(tx: ReadTransaction, at: int, limit: int = 20) -> tuple[Notice, ...]:
    """Return notices whose time has come (UTC seconds), person by person, of each the oldest ``limit`` first.

    Whoever could not be reached gets nothing until their earlier notices are tried again, which go first.
    """
    return tuple(Notice(*row) for row in tx.fetch_all(_DUE, (at, limit, HELD)))

"""Who has said that they are away."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import ReadTransaction, query
from modelus_bot.subjects.activity.model import Leave

__all__ = ["leave_of"]

_ONE = "SELECT user_id, from_day, to_day, said_on FROM leaves WHERE user_id = ?"


@query
def leave_of(tx: ReadTransaction, user_id: int) -> Leave | None:
    """Return the leave that a member said last, whether it is over or not."""
    row = tx.fetch_one(_ONE, (user_id,))
    if row is None:
        return None
    first, last = date.fromisoformat(row[1]), date.fromisoformat(row[2])
    return Leave(row[0], first, last, date.fromisoformat(row[3]) if row[3] is not None else None)

"""The order of a roster: whose turn comes after whose, and how somebody gets a place in it."""

from __future__ import annotations

from modelus_bot.database import Transaction

__all__ = ["put_at", "put_last"]

_ORDER = """
SELECT d.user_id, d.is_active AND u.is_active AS counted
FROM user_disciplines AS d JOIN users AS u ON u.discord_id = d.user_id
WHERE d.discipline = ? ORDER BY d.position, d.id
"""
_UPSERT = """
INSERT INTO user_disciplines(user_id, discipline, position, is_active, updated_at) VALUES(?, ?, ?, 1, ?)
ON CONFLICT(user_id, discipline) DO UPDATE SET is_active = 1, updated_at = excluded.updated_at
"""


def put_last(tx: Transaction, user_id: int, discipline: str) -> None:
    """Put somebody at the end of a roster; who was on it once comes back to their old place."""
    last = tx.fetch_value("SELECT max(position) FROM user_disciplines WHERE discipline = ?", (discipline,))
    tx.execute(_UPSERT, (user_id, discipline, (last or 0) + 1, tx.context.at))


def put_at(tx: Transaction, user_id: int, discipline: str, position: int) -> None:
    """Renumber a roster so that the member stands at ``position`` among those who take turns.

    People who left keep their place among the others, so that the turn goes on where it was.
    """
    rows = tx.fetch_all(_ORDER, (discipline,))
    others = [row for row in rows if row["user_id"] != user_id]
    counted = [number for number, row in enumerate(others) if row["counted"]]
    at = counted[position - 1] if position <= len(counted) else len(others)
    order = [row["user_id"] for row in others]
    order.insert(at, user_id)
    tx.execute("UPDATE user_disciplines SET position = -position - 1 WHERE discipline = ?", (discipline,))
    for number, member_id in enumerate(order, 1):
        tx.execute(
            "UPDATE user_disciplines SET position = ?, updated_at = ? WHERE user_id = ? AND discipline = ?",
            (number, tx.context.at, member_id, discipline),
        )

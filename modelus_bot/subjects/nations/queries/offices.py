"""Who holds which office now, and who held it before."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, query
from modelus_bot.subjects.nations.model import Office

__all__ = ["office_held_by", "office_history", "offices_of"]

_HELD = """
SELECT id, nation_id, user_id, office, since, until FROM nation_offices WHERE user_id = ? AND until IS NULL
"""
_OF_NATION = """
SELECT id, nation_id, user_id, office, since, until FROM nation_offices
WHERE nation_id = ? AND until IS NULL ORDER BY office
"""
_PAST = """
SELECT id, nation_id, user_id, office, since, until FROM nation_offices
WHERE nation_id = ? ORDER BY id DESC LIMIT ? OFFSET ?
"""


@query(kept=True, hot=True)
def office_held_by(tx: ReadTransaction, user_id: int) -> Office | None:
    """Return the office that a member holds now; nobody holds two."""
    row = tx.fetch_one(_HELD, (user_id,))
    return None if row is None else Office(*row)


@query(kept=True, hot=True)
def offices_of(tx: ReadTransaction, nation_id: int) -> tuple[Office, ...]:
    """Return who holds the offices of a nation now, the president first."""
    return tuple(Office(*row) for row in tx.fetch_all(_OF_NATION, (nation_id,)))


@query(kept=True, hot=True)
def office_history(
    tx: ReadTransaction, nation_id: int, limit: int = 10, offset: int = 0
) -> tuple[Office, ...]:
    """Return who held a nation's offices, the latest first."""
    return tuple(Office(*row) for row in tx.fetch_all(_PAST, (nation_id, limit, offset)))

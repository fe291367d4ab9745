"""Who is on a roster, in which order, and when they are away."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import ReadTransaction, query
from modelus_bot.subjects.rosters.model import RosterEntry

__all__ = ["find_entry", "is_rostered", "roster"]

_ALL_ROSTERS = """
SELECT d.discipline, d.user_id, u.username, d.away_from, d.away_to
FROM user_disciplines AS d JOIN users AS u ON u.discord_id = d.user_id
WHERE d.is_active = 1 AND u.is_active = 1
ORDER BY d.discipline, d.position
"""


_ROSTER = """
SELECT d.discipline, d.user_id, u.username, d.away_from, d.away_to
FROM user_disciplines AS d JOIN users AS u ON u.discord_id = d.user_id
WHERE d.discipline = ? AND d.is_active = 1 AND u.is_active = 1
ORDER BY d.position
"""


@query(kept=True, hot=True)
def roster(tx: ReadTransaction, discipline: str | None = None) -> tuple[RosterEntry, ...]:
    """Return the rosters in rotation order, one or all."""
    rows = tx.fetch_all(_ALL_ROSTERS) if discipline is None else tx.fetch_all(_ROSTER, (discipline,))
    entries: list[RosterEntry] = []
    for row in rows:
        before = entries[-1] if entries else None
        place = before.position + 1 if before is not None and before.discipline == row[0] else 1
        entries.append(RosterEntry(row[0], row[1], row[2], place, _day(row[3]), _day(row[4])))
    return tuple(entries)


@query(kept=True)
def is_rostered(tx: ReadTransaction, user_id: int, discipline: str) -> bool:
    """Say whether somebody takes turns in a discipline."""
    return find_entry(tx, user_id, discipline) is not None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def find_entry(tx: ReadTransaction, user_id: int, discipline: str) -> RosterEntry | None:
    """Return somebody's place on a roster, or None."""
    return next((entry for entry in roster(tx, discipline) if entry.user_id == user_id), None)

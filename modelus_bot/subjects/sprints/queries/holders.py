"""Who holds each turn of a sprint, covers counted."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import ReadTransaction
from modelus_bot.subjects.assignments.queries import effective_holder
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.sprints.model import HolderView

__all__ = ["holders_of"]

_HOLDER = """
SELECT u.username, d.away_from, d.away_to
FROM users AS u
LEFT JOIN sprints AS s ON s.id = :sprint
LEFT JOIN user_disciplines AS d ON d.user_id = u.discord_id AND d.is_active = 1
    AND d.away_from < s.end_date AND (d.away_to IS NULL OR d.away_to >= s.start_date)
WHERE u.discord_id = :id
ORDER BY d.discipline IS :discipline DESC LIMIT 1
"""


def holders_of(tx: ReadTransaction, sprint_id: int) -> tuple[HolderView, ...]:
    """Return who holds each active discipline's slot in a sprint."""
    holders = []
    for discipline in disciplines(tx):
        user_id, source = effective_holder(tx, sprint_id, discipline.key)
        slot = {"id": user_id, "sprint": sprint_id, "discipline": discipline.key}
        row = tx.fetch_one(_HOLDER, slot) if user_id is not None else None
        name, *away = row if row is not None else (None, None, None)
        days = [date.fromisoformat(day) if day else None for day in away]
        holders.append(HolderView(discipline.key, discipline.label, user_id, name, source, *days))
    return tuple(holders)

"""Who holds a sprint's turns, why, and whether they are away in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from modelus_bot.database.open_transaction import ReadTransaction
from modelus_bot.domain.assignments import effective_holder
from modelus_bot.domain.disciplines import disciplines

__all__ = ["HolderView", "holders_of"]

_HOLDER = """
SELECT u.username, d.away_from, d.away_to
FROM users AS u
LEFT JOIN sprints AS s ON s.id = :sprint
LEFT JOIN user_disciplines AS d ON d.user_id = u.discord_id AND d.is_active = 1
    AND d.away_from < s.end_date AND (d.away_to IS NULL OR d.away_to >= s.start_date)
WHERE u.discord_id = :id
ORDER BY d.discipline IS :discipline DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class HolderView:
    """Who holds a discipline's slot and why: override, manual, rotation or none.

    The days away are those of the holder, where they touch the sprint.
    """

    discipline: str
    label: str
    user_id: int | None
    username: str | None
    source: str
    away_from: date | None = None
    away_to: date | None = None

    @property
    def is_away(self) -> bool:
        """True if the holder is away on some day of the sprint."""
        return self.away_from is not None


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

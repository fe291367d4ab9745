"""Who holds each turn of a sprint, covers counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from modelus_bot.database import ReadTransaction
from modelus_bot.domain.cover_days import DAY, Days
from modelus_bot.subjects.assignments.queries import turn_of
from modelus_bot.subjects.disciplines.model import Discipline
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.sprints.model import HolderView

__all__ = ["holders_of"]

_HOLDER = """
SELECT u.username, d.away_from, d.away_to, s.start_date, s.end_date
FROM users AS u
LEFT JOIN sprints AS s ON s.id = :sprint
LEFT JOIN user_disciplines AS d ON d.user_id = u.discord_id AND d.is_active = 1
    AND d.away_from < s.end_date AND (d.away_to IS NULL OR d.away_to >= s.start_date)
WHERE u.discord_id = :id
ORDER BY d.discipline IS :discipline DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody's name, when they are away, and on which days of a sprint that is."""

    name: str | None = None
    away_from: date | None = None
    away_to: date | None = None
    away: Days | None = None


def holders_of(tx: ReadTransaction, sprint_id: int, day: date | None = None) -> tuple[HolderView, ...]:
    """Return who holds each active discipline's slot in a sprint.

    With a day it is whoever has that day, and covers that are over then are left out; without one it is
    whoever has the turn as a whole.
    """
    return tuple(_view(tx, sprint_id, discipline, day) for discipline in disciplines(tx))


def _view(tx: ReadTransaction, sprint_id: int, discipline: Discipline, day: date | None) -> HolderView:
    turn = turn_of(tx, sprint_id, discipline.key)
    user_id, source = turn.holder(day)
    person = _person(tx, user_id, sprint_id, discipline.key)
    there = person.away is None or not turn.has_any(user_id, person.away)
    away = (None, None) if there else (person.away_from, person.away_to)
    covers = tuple(item for item in turn.by_days() if day is None or item.days.last >= day)
    original = _person(tx, turn.holder()[0], sprint_id, discipline.key).name if covers else None
    return HolderView(discipline.key, discipline.label, user_id, person.name, source, *away, covers, original)


def _person(tx: ReadTransaction, user_id: int | None, sprint_id: int, discipline: str) -> _Person:
    slot = {"id": user_id, "sprint": sprint_id, "discipline": discipline}
    row = tx.fetch_one(_HOLDER, slot) if user_id is not None else None
    if row is None:
        return _Person()
    first, last, start, end = (date.fromisoformat(item) if item else None for item in row[1:])
    if first is None or start is None or end is None:
        return _Person(row[0])
    return _Person(row[0], first, last, Days(max(first, start), min(last or end, end - DAY)))

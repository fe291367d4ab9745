"""Whom an item goes to: the discipline of its category, and whoever has that duty now or next."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.assignments.queries import effective_holder
from modelus_bot.subjects.disciplines.queries import discipline_label, disciplines
from modelus_bot.subjects.oncall.queries import sprint_after
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.sprints.queries.sprints import current_sprint
from modelus_bot.subjects.triage.model import CATEGORIES, Category, Route
from modelus_bot.subjects.triage.rules import route

__all__ = ["discipline_for", "holder_next", "holder_now", "holders_now", "managers", "routes"]

_ROUTES = "SELECT category, discipline FROM triage_routes"
_MANAGERS = """
SELECT discord_id FROM users
WHERE role IN ('project_manager', 'admin') AND role IS NOT NULL AND is_active = 1
ORDER BY discord_id
"""


def discipline_for(tx: ReadTransaction, category: Category) -> str | None:
    """Return the discipline that gets a category; None without any discipline."""
    chosen = {row[0]: row[1] for row in tx.fetch_all(_ROUTES)}
    return route(category, chosen, [item.key for item in disciplines(tx)])


def holder_now(tx: ReadTransaction, discipline: str | None, at: int, calendar: Calendar) -> int | None:
    """Return who has a duty at an instant, covers counted; None: nobody, or somebody who is deactivated."""
    return next(iter(holders_now(tx, discipline, at, calendar)), None)


def holders_now(tx: ReadTransaction, discipline: str | None, at: int, calendar: Calendar) -> tuple[int, ...]:
    """Return who has a duty today and, where that is somebody else, who has the turn as a whole."""
    current = current_sprint(tx, at, calendar)
    if discipline is None or current is None:
        return ()
    today = effective_holder(tx, current.id, discipline, calendar.duty_day(at))[0]
    whole = effective_holder(tx, current.id, discipline)[0]
    if today is None or not _active(tx, today):
        return ()
    return (today,) if whole is None or whole == today else (today, whole)


def holder_next(tx: ReadTransaction, discipline: str | None, at: int, calendar: Calendar) -> int | None:
    """Return who has a duty in the next sprint; None while none is planned."""
    following = sprint_after(tx, current_sprint(tx, at, calendar), at, calendar)
    if discipline is None or following is None:
        return None
    return effective_holder(tx, following.id, discipline, following.start)[0]


def managers(tx: ReadTransaction) -> tuple[int, ...]:
    """Return the active project managers and administrators."""
    return tuple(row[0] for row in tx.fetch_all(_MANAGERS))


@query(kept=True)
def routes(tx: ReadTransaction, at: int, calendar: Calendar) -> tuple[Route, ...]:
    """Return which discipline gets which category, and who has that duty now."""
    found = []
    for category in CATEGORIES:
        discipline = discipline_for(tx, category)
        label = discipline_label(tx, discipline) if discipline is not None else ""
        found.append(Route(category, discipline, label, holder_now(tx, discipline, at, calendar)))
    return tuple(found)


def _active(tx: ReadTransaction, person: int) -> bool:
    found = member(tx, person)
    return found is not None and found.is_active

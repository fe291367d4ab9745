"""Which sprints there are, which one is current, and finding one by id."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import ReadTransaction, Row, query
from modelus_bot.domain.calendar import Calendar, days_left
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.assignments.queries import current_span
from modelus_bot.subjects.sprints.model import HolderView, Sprint, SprintView
from modelus_bot.subjects.sprints.queries.holders import holders_of

__all__ = ["current_sprint", "require_sprint", "sprint", "sprint_view", "sprints", "sprints_with_holders"]

_BY_ID = "SELECT id, sprint_index, name, start_date, end_date FROM sprints WHERE id = ?"


_FROM = """
SELECT id, sprint_index, name, start_date, end_date FROM sprints
WHERE sprint_index IS NOT NULL AND end_date >= ? ORDER BY start_date
"""


def sprint_of(row: Row) -> Sprint:
    """Turn a row of the sprints' columns into a sprint."""
    return Sprint(row[0], row[1], row[2], date.fromisoformat(row[3]), date.fromisoformat(row[4]))


@query(kept=True, hot=True)
def sprint(tx: ReadTransaction, sprint_id: int) -> Sprint | None:
    """Return a sprint, archived ones too, or None."""
    row = tx.fetch_one(_BY_ID, (sprint_id,))
    return None if row is None else sprint_of(row)


@query(kept=True, hot=True)
def sprints(tx: ReadTransaction, from_day: date | None = None) -> tuple[Sprint, ...]:
    """Return the numbered sprints in order, those that end on ``from_day`` or later."""
    start = (from_day or date.min).isoformat()
    return tuple(map(sprint_of, tx.fetch_all(_FROM, (start,))))


@query(kept=True, hot=True)
def sprints_with_holders(
    tx: ReadTransaction, from_day: date, first: int, count: int
) -> tuple[tuple[Sprint, tuple[HolderView, ...]], ...]:
    """Return ``count`` of the numbered sprints that end on a day or later, from place ``first`` on."""
    found = sprints(tx, from_day)[first : first + count]
    return tuple((item, holders_of(tx, item.id)) for item in found)


@query(kept=True, hot=True)
def current_sprint(tx: ReadTransaction, at: int, calendar: Calendar) -> Sprint | None:
    """Return the sprint on duty at an instant (UTC seconds)."""
    span = current_span(tx, at, calendar)
    return None if span is None else sprint(tx, span.id)


@query(kept=True, hot=True)
def sprint_view(tx: ReadTransaction, sprint_id: int | None, at: int, calendar: Calendar) -> SprintView | None:
    """Return a sprint with its holders; without an id the current one."""
    current = current_span(tx, at, calendar)
    wanted = sprint_id if sprint_id is not None else current.id if current is not None else None
    found = sprint(tx, wanted) if wanted is not None else None
    if found is None:
        return None
    is_current = current is not None and current.id == found.id
    return SprintView(
        found,
        holders_of(tx, found.id, calendar.duty_day(at) if is_current else None),
        days_left(found.end, at, calendar),
        is_current,
    )


def require_sprint(tx: ReadTransaction, sprint_id: int) -> Sprint:
    """Return a sprint that is not archived or raise ``NotFound``."""
    found = sprint(tx, sprint_id)
    if found is None or found.index is None:
        raise NotFound(
            "There is no such sprint. `/sprint list` shows the ones there are.", rule="sprint.unknown"
        )
    return found

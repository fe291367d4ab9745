"""Who holds which turn as it stands, covers counted, and the sprints of the horizon."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import Context, ReadTransaction, Row
from modelus_bot.domain.calendar import Calendar, Span, choose_current
from modelus_bot.subjects.assignments.rules import (
    Slot,
)
from modelus_bot.subjects.disciplines.queries import disciplines

__all__ = [
    "HORIZON",
    "calendar_of",
    "current_span",
    "effective_holder",
    "effective_slots",
    "horizon_rows",
    "span_of",
]

HORIZON = 7
"""How many sprints are materialised: the current one and the next six."""


_SPRINTS = """
SELECT id, sprint_index, name, start_date, end_date FROM sprints
WHERE sprint_index IS NOT NULL ORDER BY start_date
"""


_EFFECTIVE = """
SELECT a.user_id, a.source, o.replacement_id
FROM (SELECT ? AS sprint_id, ? AS discipline) AS slot
LEFT JOIN assignments AS a ON a.sprint_id = slot.sprint_id AND a.discipline = slot.discipline
LEFT JOIN overrides AS o
    ON o.sprint_id = slot.sprint_id AND o.discipline = slot.discipline AND o.status = 'approved'
"""


def calendar_of(context: Context) -> Calendar:
    """Return the server's calendar as the context knows it."""
    return Calendar(context.zone, context.handoff_minute)


def current_span(tx: ReadTransaction, at: int, calendar: Calendar) -> Span | None:
    """Return the sprint that is on duty at an instant, or None before the first."""
    return choose_current((span_of(row) for row in tx.fetch_all(_SPRINTS)), at, calendar)


def effective_slots(tx: ReadTransaction, at: int, calendar: Calendar) -> dict[Slot, int | None]:
    """Return who holds each slot of the current sprint and the next six, covers included."""
    return {
        (row["id"], discipline.key): effective_holder(tx, row["id"], discipline.key)[0]
        for row in horizon_rows(tx, at, calendar)
        for discipline in disciplines(tx)
    }


def effective_holder(tx: ReadTransaction, sprint_id: int, discipline: str) -> tuple[int | None, str]:
    """Return who holds a slot and why: ``override``, ``manual``, ``rotation`` or ``none``."""
    row = tx.fetch_one(_EFFECTIVE, (sprint_id, discipline))
    if row is None or (row["user_id"] is None and row["replacement_id"] is None):
        return None, "none"
    if row["replacement_id"] is not None:
        return row["replacement_id"], "override"
    return row["user_id"], "manual" if row["source"] == "manual" else "rotation"


def span_of(row: Row) -> Span:
    """Return the sprint that a row describes."""
    return Span(row["id"], date.fromisoformat(row["start_date"]), date.fromisoformat(row["end_date"]))


def horizon_rows(tx: ReadTransaction, at: int, calendar: Calendar) -> list[Row]:
    """Return the rows of the current sprint and of those after it that are materialised."""
    rows = tx.fetch_all(_SPRINTS)
    current = choose_current(map(span_of, rows), at, calendar)
    first = next((n for n, row in enumerate(rows) if current and row["id"] == current.id), 0)
    return rows[first : first + HORIZON]

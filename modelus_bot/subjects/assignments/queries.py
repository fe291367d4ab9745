"""Who holds which turn as it stands, covers counted, and the sprints of the horizon."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import Context, ReadTransaction, Row
from modelus_bot.domain.calendar import Calendar, Span, choose_current
from modelus_bot.domain.cover_days import Days, StandIn, Turn
from modelus_bot.subjects.assignments.model import DealtTurn
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
    "turn_of",
    "turns_between",
]

_TURN = """
SELECT a.user_id, a.source, o.id, o.replacement_id, u.username, o.first_day, o.last_day
FROM (SELECT ? AS sprint_id, ? AS discipline) AS slot
LEFT JOIN assignments AS a ON a.sprint_id = slot.sprint_id AND a.discipline = slot.discipline
LEFT JOIN overrides AS o
    ON o.sprint_id = slot.sprint_id AND o.discipline = slot.discipline AND o.status = 'approved'
LEFT JOIN users AS u ON u.discord_id = o.replacement_id
"""
_TURNS_BETWEEN = """
SELECT s.id AS sprint_id, s.name, s.start_date, s.end_date, a.discipline, d.label, d.is_active,
    a.user_id, a.source, o.id, o.replacement_id, u.username, o.first_day, o.last_day
FROM sprints AS s
JOIN assignments AS a ON a.sprint_id = s.id
JOIN disciplines AS d ON d.key = a.discipline
LEFT JOIN overrides AS o
    ON o.sprint_id = a.sprint_id AND o.discipline = a.discipline AND o.status = 'approved'
LEFT JOIN users AS u ON u.discord_id = o.replacement_id
WHERE s.sprint_index IS NOT NULL AND s.start_date <= ? AND s.end_date > ?
ORDER BY s.start_date
"""


def turns_between(tx: ReadTransaction, first: date, last: date) -> tuple[DealtTurn, ...]:
    """Return the turns that have a day from one day to another, both included, sprint by sprint.

    Turns of sprints so far ahead that none are dealt are not among them; those of disciplines that are no
    longer used are.
    """
    slots: dict[Slot, list[Row]] = {}
    for row in tx.fetch_all(_TURNS_BETWEEN, (last.isoformat(), first.isoformat())):
        slots.setdefault((row["sprint_id"], row["discipline"]), []).append(row)
    return tuple(map(_dealt, slots.values()))


def _dealt(rows: list[Row]) -> DealtTurn:
    row = rows[0]
    start, end = date.fromisoformat(row["start_date"]), date.fromisoformat(row["end_date"])
    return DealtTurn(
        row["sprint_id"], row["name"], start, end,
        row["discipline"], row["label"], bool(row["is_active"]), _turn(rows),
    )  # fmt: skip


def turn_of(tx: ReadTransaction, sprint_id: int, discipline: str) -> Turn:
    """Return whose a slot is and who stands in on which days."""
    return _turn(tx.fetch_all(_TURN, (sprint_id, discipline)))


def _turn(rows: list[Row]) -> Turn:
    holder, given = rows[0]["user_id"], rows[0]["source"]
    source = "none" if holder is None else "manual" if given == "manual" else "rotation"
    return Turn(holder, source, tuple(_stand_in(row) for row in rows if row["replacement_id"] is not None))


def effective_holder(
    tx: ReadTransaction, sprint_id: int, discipline: str, day: date | None = None
) -> tuple[int | None, str]:
    """Return who holds a slot and why: ``override``, ``manual``, ``rotation`` or ``none``.

    With a day it is whoever has that day, without one whoever has the turn as a whole.
    """
    return turn_of(tx, sprint_id, discipline).holder(day)


def _stand_in(row: Row) -> StandIn:
    days = None
    if row["first_day"] is not None:
        days = Days(date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"]))
    return StandIn(row["id"], row["replacement_id"], row["username"], days)


HORIZON = 7
"""How many sprints are materialised: the current one and the next six."""


_SPRINTS = """
SELECT id, sprint_index, name, start_date, end_date FROM sprints
WHERE sprint_index IS NOT NULL ORDER BY start_date
"""


def calendar_of(context: Context) -> Calendar:
    """Return the server's calendar as the context knows it."""
    return Calendar(context.zone, context.handoff_minute)


def current_span(tx: ReadTransaction, at: int, calendar: Calendar) -> Span | None:
    """Return the sprint that is on duty at an instant, or None before the first."""
    return choose_current((span_of(row) for row in tx.fetch_all(_SPRINTS)), at, calendar)


def effective_slots(tx: ReadTransaction, at: int, calendar: Calendar) -> dict[Slot, int | None]:
    """Return who holds each slot of the current sprint and the next six, with covers of whole turns."""
    return {
        (row["id"], discipline.key): effective_holder(tx, row["id"], discipline.key)[0]
        for row in horizon_rows(tx, at, calendar)
        for discipline in disciplines(tx)
    }


def span_of(row: Row) -> Span:
    """Return the sprint that a row describes."""
    return Span(row["id"], date.fromisoformat(row["start_date"]), date.fromisoformat(row["end_date"]))


def horizon_rows(tx: ReadTransaction, at: int, calendar: Calendar) -> list[Row]:
    """Return the rows of the current sprint and of those after it that are materialised."""
    rows = tx.fetch_all(_SPRINTS)
    current = choose_current(map(span_of, rows), at, calendar)
    first = next((n for n, row in enumerate(rows) if current and row["id"] == current.id), 0)
    return rows[first : first + HORIZON]

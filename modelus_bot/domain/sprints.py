"""Sprints: numbered stretches of days, one after another; archived ones lose their number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from modelus_bot.database.open_transaction import ReadTransaction, Row, Transaction
from modelus_bot.database.operation import Write, query
from modelus_bot.domain.assignments import (
    calendar_of,
    check_expected,
    current_span,
    effective_holder,
    moves_of,
)
from modelus_bot.domain.calendar import Calendar, days_left
from modelus_bot.domain.disciplines import disciplines
from modelus_bot.domain.errors import InvalidInput, NotFound
from modelus_bot.domain.permissions import require_manager
from modelus_bot.domain.rotation import Move
from modelus_bot.domain.types import Reason, SprintName
from modelus_bot.escaping import plain

__all__ = [
    "AddSprint",
    "ArchiveSprint",
    "EditSprint",
    "HolderView",
    "Sprint",
    "SprintChange",
    "SprintView",
    "current_sprint",
    "require_sprint",
    "sprint",
    "sprint_view",
    "sprints",
]

_BY_ID = "SELECT id, sprint_index, name, start_date, end_date FROM sprints WHERE id = ?"
_FROM = """
SELECT id, sprint_index, name, start_date, end_date FROM sprints
WHERE sprint_index IS NOT NULL AND end_date >= ? ORDER BY start_date
"""
_OVERLAP = """
SELECT name FROM sprints
WHERE sprint_index IS NOT NULL AND id <> ? AND start_date < ? AND end_date > ? ORDER BY start_date LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Sprint:
    """A sprint; ``index`` is None once archived, ``end`` is the day the next one takes over."""

    id: int
    index: int | None
    name: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class HolderView:
    """Who holds a discipline's slot and why: override, manual, rotation or none."""

    discipline: str
    label: str
    user_id: int | None
    username: str | None
    source: str


@dataclass(frozen=True, slots=True)
class SprintView:
    """A sprint with its holders; ``days_left`` is negative in a gap after its end."""

    sprint: Sprint
    holders: tuple[HolderView, ...]
    days_left: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class SprintChange:
    """A sprint before and after, and whose turns move."""

    before: Sprint | None
    after: Sprint
    moves: tuple[Move, ...]
    digest: str


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
    return SprintView(
        found,
        holders_of(tx, found.id),
        days_left(found.end, at, calendar),
        current is not None and current.id == found.id,
    )


def holders_of(tx: ReadTransaction, sprint_id: int) -> tuple[HolderView, ...]:
    """Return who holds each active discipline's slot in a sprint."""
    holders = []
    for discipline in disciplines(tx):
        user_id, source = effective_holder(tx, sprint_id, discipline.key)
        name = tx.fetch_value("SELECT username FROM users WHERE discord_id = ?", (user_id,))
        holders.append(HolderView(discipline.key, discipline.label, user_id, name, source))
    return tuple(holders)


def require_sprint(tx: ReadTransaction, sprint_id: int) -> Sprint:
    """Return a sprint that is not archived or raise ``NotFound``."""
    found = sprint(tx, sprint_id)
    if found is None or found.index is None:
        raise NotFound(
            "There is no such sprint. `/sprint list` shows the ones there are.", rule="sprint.unknown"
        )
    return found


class AddSprint(Write[SprintChange]):
    """Add a sprint after the ones there are; it may share a boundary day with its neighbours."""

    name: SprintName
    start: date
    end: date

    deferrable = True

    def apply(self, tx: Transaction) -> SprintChange:
        """Insert with the next number and fill its slots."""
        require_manager(tx)
        _check_dates(tx, 0, self.start, self.end)
        added: list[int] = []

        def change() -> None:
            index = tx.fetch_value("SELECT coalesce(max(sprint_index) + 1, 0) FROM sprints")
            number = tx.insert(
                "INSERT INTO sprints(sprint_index, name, start_date, end_date, updated_at)"
                " VALUES(?, ?, ?, ?, ?)",
                (index, self.name, self.start.isoformat(), self.end.isoformat(), tx.context.at),
            )
            added.append(number)
            tx.audit("sprints", number, "INSERT", new=_values(require_sprint(tx, number)))

        moves = moves_of(tx, change)
        return SprintChange(None, require_sprint(tx, added[0]), moves, check_expected(moves, None))


class EditSprint(Write[SprintChange]):
    """Change a sprint's name or days, with a reason; what is left out stays."""

    sprint_id: int
    reason: Reason
    name: SprintName | None = None
    start: date | None = None
    end: date | None = None
    expected: str | None = None

    deferrable = True

    def apply(self, tx: Transaction) -> SprintChange:
        """Update the row and rotate anew."""
        require_manager(tx)
        before = require_sprint(tx, self.sprint_id)
        name, start, end = self.name or before.name, self.start or before.start, self.end or before.end
        if (name, start, end) == (before.name, before.start, before.end):
            raise InvalidInput("Nothing to change: give a new name, start or end.", rule="sprint.unchanged")
        _check_dates(tx, before.id, start, end)

        def change() -> None:
            tx.execute(
                "UPDATE sprints SET name = ?, start_date = ?, end_date = ?, updated_at = ? WHERE id = ?",
                (name, start.isoformat(), end.isoformat(), tx.context.at, before.id),
            )
            after = require_sprint(tx, before.id)
            tx.audit("sprints", before.id, "UPDATE", old=_values(before), new=_values(after))

        moves = moves_of(tx, change)
        digest = check_expected(moves, self.expected)
        return SprintChange(before, require_sprint(tx, before.id), moves, digest)


class ArchiveSprint(Write[SprintChange]):
    """Take a sprint out of the rota; its row and its history stay."""

    sprint_id: int
    reason: Reason
    expected: str | None = None

    deferrable = True

    def apply(self, tx: Transaction) -> SprintChange:
        """Clear the number and rotate anew."""
        require_manager(tx)
        before = require_sprint(tx, self.sprint_id)
        current = current_span(tx, tx.context.at, calendar_of(tx.context))
        if current is not None and current.id == before.id:
            raise InvalidInput(
                f"{plain(before.name)} is on duty now and cannot be archived."
                " Change its dates with `/sprint edit`.",
                rule="sprint.current",
            )

        def change() -> None:
            tx.execute(
                "UPDATE sprints SET sprint_index = NULL, updated_at = ? WHERE id = ?",
                (tx.context.at, before.id),
            )
            tx.audit("sprints", before.id, "UPDATE", old=_values(before), new={"sprint_index": None})

        moves = moves_of(tx, change)
        digest = check_expected(moves, self.expected)
        after = Sprint(before.id, None, before.name, before.start, before.end)
        return SprintChange(before, after, moves, digest)


def _check_dates(tx: ReadTransaction, own_id: int, start: date, end: date) -> None:
    if end <= start:
        raise InvalidInput(
            f"A sprint must end after it starts; {end} is not after {start}.", rule="sprint_date_order"
        )
    other = tx.fetch_value(_OVERLAP, (own_id, end.isoformat(), start.isoformat()))
    if other is not None:
        raise InvalidInput(
            f"These days overlap with {plain(other)}."
            " Sprints may share only the day one ends and the next starts.",
            rule="sprint overlap",
        )


def _values(found: Sprint) -> dict[str, object]:
    return {
        "sprint_index": found.index,
        "name": found.name,
        "start_date": found.start.isoformat(),
        "end_date": found.end.isoformat(),
    }

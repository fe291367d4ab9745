"""Adding, editing and archiving sprints; whose turns move because of it is part of the answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from modelus_bot.database import ReadTransaction, Transaction, Write
from modelus_bot.domain.fields import Reason, SprintName
from modelus_bot.domain.permissions import require_manager
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.assignments.queries import calendar_of, current_span
from modelus_bot.subjects.assignments.writes.cover_endings import end_covers_outside
from modelus_bot.subjects.assignments.writes.rematerialising import check_expected, moves_of
from modelus_bot.subjects.sprints.model import PlannedSprint, Sprint, SprintChange
from modelus_bot.subjects.sprints.queries.holders import holders_of
from modelus_bot.subjects.sprints.queries.sprints import require_sprint, sprints
from modelus_bot.subjects.sprints.rules import series
from modelus_bot.text.escaping import folded, plain

__all__ = ["AddSprint", "ArchiveSprint", "EditSprint"]

_OVERLAP = """
SELECT name FROM sprints
WHERE sprint_index IS NOT NULL AND id <> ? AND start_date < ? AND end_date > ? ORDER BY start_date LIMIT 1
"""


class AddSprint(Write[SprintChange]):
    """Add a sprint, or several that follow each other; boundary days may be shared with neighbours."""

    name: SprintName
    start: date
    end: date
    count: Annotated[int, Field(ge=1, le=26)] = 1

    deferrable = True
    saved_as = "sprints.AddSprint"

    def apply(self, tx: Transaction) -> SprintChange:
        """Insert with the next numbers and fill the slots."""
        require_manager(tx)
        added: list[int] = []

        def change() -> None:
            for name, start, end in series(self.name, self.start, self.end, self.count):
                _check_dates(tx, 0, start, end)
                _check_name(tx, 0, name)
                added.append(_insert(tx, name, start, end))

        moves = moves_of(tx, change)
        planned = tuple(_planned(tx, number) for number in added)
        return SprintChange(None, planned[0].sprint, moves, check_expected(moves, None), planned)


class EditSprint(Write[SprintChange]):
    """Change a sprint's name or days, with a reason; what is left out stays."""

    sprint_id: int
    reason: Reason
    name: SprintName | None = None
    start: date | None = None
    end: date | None = None
    expected: str | None = None

    deferrable = True
    saved_as = "sprints.EditSprint"

    def apply(self, tx: Transaction) -> SprintChange:
        """Update the row and rotate anew."""
        require_manager(tx)
        before = require_sprint(tx, self.sprint_id)
        name, start, end = self.name or before.name, self.start or before.start, self.end or before.end
        if (name, start, end) == (before.name, before.start, before.end):
            raise InvalidInput("Nothing to change: give a new name, start or end.", rule="sprint.unchanged")
        _check_dates(tx, before.id, start, end)
        if folded(name) != folded(before.name):
            _check_name(tx, before.id, name)

        def change() -> None:
            tx.execute(
                "UPDATE sprints SET name = ?, start_date = ?, end_date = ?, updated_at = ? WHERE id = ?",
                (name, start.isoformat(), end.isoformat(), tx.context.at, before.id),
            )
            after = require_sprint(tx, before.id)
            tx.audit("sprints", before.id, "UPDATE", old=_values(before), new=_values(after))
            end_covers_outside(tx, before.id)

        moves = moves_of(tx, change)
        digest = check_expected(moves, self.expected)
        return SprintChange(before, require_sprint(tx, before.id), moves, digest)


class ArchiveSprint(Write[SprintChange]):
    """Take a sprint out of the rota; its row and its history stay."""

    sprint_id: int
    reason: Reason
    expected: str | None = None

    deferrable = True
    saved_as = "sprints.ArchiveSprint"

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


def _insert(tx: Transaction, name: str, start: date, end: date) -> int:
    index = tx.fetch_value("SELECT coalesce(max(sprint_index) + 1, 0) FROM sprints")
    number = tx.insert(
        "INSERT INTO sprints(sprint_index, name, start_date, end_date, updated_at) VALUES(?, ?, ?, ?, ?)",
        (index, name, start.isoformat(), end.isoformat(), tx.context.at),
    )
    tx.audit("sprints", number, "INSERT", new=_values(require_sprint(tx, number)))
    return number


def _planned(tx: Transaction, sprint_id: int) -> PlannedSprint:
    dealt = tx.fetch_one("SELECT 1 FROM assignments WHERE sprint_id = ? LIMIT 1", (sprint_id,))
    return PlannedSprint(require_sprint(tx, sprint_id), holders_of(tx, sprint_id) if dealt else None)


def _check_name(tx: ReadTransaction, own_id: int, name: str) -> None:
    """Refuse a second sprint of one name: nobody could tell them apart in a sentence."""
    same = next(
        (sprint for sprint in sprints(tx) if sprint.id != own_id and folded(sprint.name) == folded(name)),
        None,
    )
    if same is not None:
        raise InvalidInput(
            f"There is a sprint called {plain(same.name)} already, from {same.start} to {same.end}."
            " Choose another name.",
            rule="sprint.name_taken",
        )


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

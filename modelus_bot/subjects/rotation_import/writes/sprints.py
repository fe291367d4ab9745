"""Imports sprints by number; archived ones stay archived."""

from __future__ import annotations

from modelus_bot.database import Row, Transaction
from modelus_bot.subjects.assignments.writes.cover_endings import end_covers_outside
from modelus_bot.subjects.rotation_import.model.data import SprintData
from modelus_bot.subjects.rotation_import.writes.tally import Tally

__all__ = ["import_sprints"]

_BY_INDEX = "SELECT id, name, start_date, end_date FROM sprints WHERE sprint_index = ?"
_ARCHIVED = """
SELECT id FROM sprints WHERE sprint_index IS NULL AND name = ? AND start_date = ? AND end_date = ?
ORDER BY id LIMIT 1
"""
_ADD = "INSERT INTO sprints(sprint_index, name, start_date, end_date, updated_at) VALUES(?, ?, ?, ?, ?)"
_SET_ASIDE = "UPDATE sprints SET sprint_index = NULL WHERE id = ?"
_CHANGE = """
UPDATE sprints SET sprint_index = ?, name = ?, start_date = ?, end_date = ?, updated_at = ? WHERE id = ?
"""


def import_sprints(tx: Transaction, sprints: tuple[SprintData, ...], tally: Tally) -> dict[int, int]:
    """Upsert the sprints and return each one's row id by its number.

    Sprints whose days change lose their number until all have their new days, because two may not
    overlap on the way either.
    """
    numbers: dict[int, int] = {}
    todo: list[tuple[SprintData, Row | None]] = []
    for sprint in sprints:
        known = tx.fetch_one(_BY_INDEX, (sprint.index,))
        archived = tx.fetch_value(_ARCHIVED, _columns(sprint)) if known is None else None
        if archived is not None:
            tally.note("archived", f"“{sprint.name}” is archived here and stays so.")
            numbers[sprint.index] = archived
            tally.unchanged("sprints")
        elif known is not None and tuple(known)[1:] == _columns(sprint):
            numbers[sprint.index] = known["id"]
            tally.unchanged("sprints")
        else:
            todo.append((sprint, known))
    for _, known in todo:
        if known is not None:
            tx.execute(_SET_ASIDE, (known["id"],))
    for sprint, known in todo:
        numbers[sprint.index] = _write(tx, sprint, known, tally)
    return numbers


def _write(tx: Transaction, sprint: SprintData, known: Row | None, tally: Tally) -> int:
    new = _values(sprint.name, sprint.start.isoformat(), sprint.end.isoformat()) | {
        "sprint_index": sprint.index
    }
    if known is None:
        number = tx.insert(_ADD, (sprint.index, *_columns(sprint), tx.context.at))
        tx.audit("sprints", number, "INSERT", new=new)
        tally.added("sprints")
        return number
    number = int(known["id"])
    tx.execute(_CHANGE, (sprint.index, *_columns(sprint), tx.context.at, number))
    old = _values(known["name"], known["start_date"], known["end_date"]) | {"sprint_index": sprint.index}
    tx.audit("sprints", number, "UPDATE", old=old, new=new)
    end_covers_outside(tx, number)
    tally.updated("sprints")
    return number


def _columns(sprint: SprintData) -> tuple[str, str, str]:
    return sprint.name, sprint.start.isoformat(), sprint.end.isoformat()


def _values(name: str, start: str, end: str) -> dict[str, object]:
    return {"name": name, "start_date": start, "end_date": end}

"""Takes wars in, with who fought in them and what is known of their course."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from modelus_bot.database import Transaction
from modelus_bot.subjects.imports.model.outcome import RowFate
from modelus_bot.subjects.imports.writes.memory import LeftOut
from modelus_bot.subjects.modelus_import.model.rows import WarRow
from modelus_bot.subjects.modelus_import.writes.memory import MEMORY

__all__ = ["take_war"]

_TAKEN = "SELECT 1 FROM wars WHERE name = ? AND status = 'active'"
_ADD = """
INSERT INTO wars(name, status, started_on, ended_on, end_reason, casualties, description, created_at,
    updated_at)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_SIDE = "INSERT INTO war_sides(war_id, nation_id, side, joined_on) VALUES(?, ?, ?, ?)"
_EVENT = "INSERT INTO war_events(war_id, kind, casualties, note, on_day, at) VALUES(?, ?, ?, ?, ?, ?)"


def take_war(tx: Transaction, row: WarRow) -> RowFate:
    """Add a war; its casualties are said of the last day that is known."""
    status = "active" if row.ended_on is None else "ended"
    if status == "active" and tx.fetch_value(_TAKEN, (row.name,)) is not None:
        raise LeftOut("a war of its name goes on here already")
    at = tx.context.at
    days = (row.started_on.isoformat(), row.ended_on.isoformat() if row.ended_on is not None else None)
    told = (row.end_reason, row.casualties, row.description, row.created_at or at, at)
    number = tx.insert(_ADD, (row.name, status, *days, *told))
    new = {"name": row.name, "status": status, "started_on": days[0], "casualties": row.casualties}
    sides, missing = _add_sides(tx, number, row)
    tx.audit("wars", number, "INSERT", new=new | sides)
    for kind, day, casualties, note in _course(row):
        tx.execute(_EVENT, (number, kind, casualties, note, day.isoformat(), at))
    MEMORY.note(tx, row, number)
    return RowFate("added", missing)


def _add_sides(tx: Transaction, number: int, row: WarRow) -> tuple[dict[str, list[int]], tuple[str, ...]]:
    """Add who fought, archived nations, too; return them by side, and what is to be said of the others."""
    sides: dict[str, list[int]] = {}
    missing: list[str] = []
    for item in row.sides:
        known = MEMORY.found(tx, "nations", item.nation)
        if known is None:
            missing.append(f"a nation that fought in it was left out: nation {item.nation}")
        elif all(known.id not in those for those in sides.values()):
            tx.execute(_SIDE, (number, known.id, item.side, row.started_on.isoformat()))
            sides.setdefault(item.side, []).append(known.id)
    return sides, tuple(missing)


def _course(row: WarRow) -> Iterator[tuple[str, date, int | None, str | None]]:
    """Yield what happened: the beginning, what it cost, and the end."""
    yield "started", row.started_on, None, None
    if row.casualties:
        yield "update", row.ended_on or row.started_on, row.casualties, None
    if row.ended_on is not None:
        yield "ended", row.ended_on, None, row.end_reason

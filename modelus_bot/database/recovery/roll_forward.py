"""Rolls a database forward: rows that were lost are made again from what the audit log says of them."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelus_bot.database.core.names import quoted
from modelus_bot.database.core.read_only import opened_to_read
from modelus_bot.database.recovery.row_history import object_in, ranges_in, scalars_in
from modelus_bot.database.salvage import AUDIT, Layout, is_refusal, read_reference

__all__ = ["RolledForward", "roll_forward"]

_TRAIL = (
    "SELECT record_id, operation, old_values, new_values, changed_at FROM audit_logs"
    " WHERE table_name = ? ORDER BY id"
)
_BOOKKEEPING = ("_at", "version")
"""Ends of the names of columns that say when and how often a row was changed, and nothing else."""

Record = tuple[dict[str, Any], int]
"""A record's values as the log saw them last, and when, in UTC seconds."""


@dataclass(frozen=True, slots=True)
class RolledForward:
    """Rows that were made again: from the log alone, or with what a doubtful page had besides.

    ``lost`` are records that the log names and of which no row could be made.
    """

    rebuilt: int = 0
    doubtful: int = 0
    lost: int = 0


def roll_forward(path: Path, tables: Collection[str], doubtful: Path | None = None) -> RolledForward:
    """Make missing rows of ``tables`` again; blocking, on files that nobody uses.

    ``doubtful`` is a file with pages that nobody vouches for: of a record that the log names, columns are
    taken from there which the log does not have. Rows that are there are never changed.
    """
    rebuilt = taken = lost = 0
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(contextlib.closing(sqlite3.connect(path, isolation_level=None)))
        other = None
        if doubtful is not None:
            other = stack.enter_context(contextlib.closing(opened_to_read(doubtful)))
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("BEGIN IMMEDIATE")
        layouts = [item for item in read_reference(connection).layouts if item.own and item.table in tables]
        for layout in layouts:
            for record, (values, at) in _alive(connection, layout):
                key = _key_of(layout, record, values)
                if key is None or connection.execute(layout.select, key).fetchone() is not None:
                    continue
                more = _doubtful_row(other, layout, key)
                row = more | values | dict(zip(layout.key_columns, key, strict=True))
                if not _insert(connection, layout, row, at):
                    lost += 1
                elif more:
                    taken += 1
                else:
                    rebuilt += 1
        connection.execute("COMMIT")
    return RolledForward(rebuilt, taken, lost)


def _alive(connection: sqlite3.Connection, layout: Layout) -> Iterator[tuple[str, Record]]:
    """Yield the records of a table that the log does not say were deleted."""
    if layout.table == AUDIT:
        return
    records: dict[str, Record] = {}
    for record, operation, old, new, at in connection.execute(_TRAIL, (layout.table,)).fetchall():
        if operation == "DELETE":
            records.pop(record, None)
            for first, last in ranges_in(object_in(old).get("ids")):
                for number in [item for item in records if item.isdecimal() and first <= int(item) <= last]:
                    del records[number]
        else:
            before, _ = records.get(record, ({}, 0))
            records[record] = _columns(layout, old) | before | _columns(layout, new), at
    yield from records.items()


def _key_of(layout: Layout, record: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """Return the primary key that a record id means, None where it means none of this table's."""
    context = [record] if len(layout.key_columns) == 1 else record.split(":")
    if len(context) != len(layout.key_columns):
        return None
    types = dict(zip(layout.columns, layout.types, strict=True))
    for order in itertools.permutations(context):
        key = [_typed(part, types[column]) for part, column in zip(order, layout.key_columns, strict=True)]
        named = zip(layout.key_columns, key, strict=True)
        if None not in key and all(values.get(column, part) == part for column, part in named):
            return tuple(key)
    return None


def _typed(text: str, allowed: Collection[Any]) -> int | str | None:
    if int in allowed and str not in allowed:
        return int(text) if text.removeprefix("-").isdecimal() else None
    return text if str in allowed else None


def _doubtful_row(other: sqlite3.Connection | None, layout: Layout, key: tuple[Any, ...]) -> dict[str, Any]:
    if other is None:
        return {}
    try:
        row = other.execute(layout.select, key).fetchone()
    except (sqlite3.Error, UnicodeDecodeError):
        return {}
    return dict(zip(layout.columns, row, strict=True)) if row is not None else {}


def _insert(connection: sqlite3.Connection, layout: Layout, row: dict[str, Any], at: int) -> bool:
    """Insert a row; columns of which nothing is known must be such that any moment does for them."""
    missing = [column for column in layout.columns if column in layout.mandatory and column not in row]
    if any(not column.endswith(_BOOKKEEPING) for column in missing):
        return False
    row |= {column: 1 if column == "version" else at for column in missing}
    names = ", ".join(map(quoted, row))
    marks = ", ".join("?" * len(row))
    statement = " ".join(("INSERT INTO", quoted(layout.table), f"({names})", f"VALUES({marks})"))
    try:
        connection.execute(statement, tuple(row.values()))
    except (sqlite3.Error, OverflowError) as error:
        if not is_refusal(error):
            raise
        return False
    return True


def _columns(layout: Layout, text: str | None) -> dict[str, Any]:
    """Return those values of an entry that are columns of the table."""
    return {name: value for name, value in scalars_in(text).items() if name in layout.columns}

"""Fills the gaps of a salvaged database with rows that an older, undamaged copy still has."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from modelus_bot.database.core.names import quoted, with_names
from modelus_bot.database.core.read_only import opened_to_read
from modelus_bot.database.recovery.row_history import RowHistory

__all__ = ["Gaps", "fill_gaps"]

_ENTRIES = (
    "SELECT id, record_id, operation, old_values, new_values FROM audit_logs"
    " WHERE table_name = ? AND id > ? ORDER BY id"
)
_TABLES = (
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT GLOB 'sqlite_*'"
    " AND name NOT GLOB '_yoyo*' AND name <> 'yoyo_lock' AND name NOT GLOB '_litestream*' ORDER BY name"
)


@dataclass(slots=True)
class Gaps:
    """What was filled: rows per table, and those brought forward by later audit entries."""

    filled: dict[str, int] = field(default_factory=dict)
    rolled_forward: int = 0
    deleted_since: int = 0
    refused: int = 0


def fill_gaps(base: Path, donor: Path) -> Gaps:
    """Add to ``base`` the rows that only ``donor``, an older copy, has; blocking, on files nobody uses.

    A row that the base's audit log says was deleted after the copy stays away; one that was changed
    since is brought forward by the values the log has. Rows of ``base`` itself are never changed.
    """
    gaps = Gaps()
    with (
        contextlib.closing(sqlite3.connect(base, isolation_level=None)) as target,
        contextlib.closing(opened_to_read(donor)) as source,
    ):
        target.execute("PRAGMA foreign_keys=OFF")
        target.execute("BEGIN IMMEDIATE")
        upto = source.execute("SELECT coalesce(max(id), 0) FROM audit_logs").fetchone()[0]
        for (table,) in source.execute(_TABLES).fetchall():
            _fill_table(target, source, table, upto, gaps)
        target.execute("COMMIT")
    return gaps


def _fill_table(
    target: sqlite3.Connection, source: sqlite3.Connection, table: str, upto: int, gaps: Gaps
) -> None:
    columns = _columns(source, table)
    if not columns or [name for name, _ in columns] != [name for name, _ in _columns(target, table)]:
        return
    names = [name for name, _ in columns]
    key = [name for name, position in sorted(columns, key=lambda column: column[1]) if position]
    where = " AND ".join(f"{quoted(name)} IS ?" for name in key)
    marks = ", ".join("?" for _ in names)
    find = with_names("SELECT 1 FROM {table} WHERE ", table=table) + where
    insert = with_names("INSERT OR IGNORE INTO {table} VALUES", table=table) + " (" + marks + ")"
    everything = with_names("SELECT * FROM {table}", table=table)
    history = RowHistory(target.execute(_ENTRIES, (table, upto)))
    for values in source.execute(everything):
        row = dict(zip(names, values, strict=True))
        if target.execute(find, [row[name] for name in key]).fetchone():
            continue
        newest = history.rolled_forward(row, key) if table != "audit_logs" else row
        if newest is None:
            gaps.deleted_since += 1
        elif target.execute(insert, [newest[name] for name in names]).rowcount:
            gaps.filled[table] = gaps.filled.get(table, 0) + 1
            gaps.rolled_forward += newest != row
        else:
            gaps.refused += 1


def _columns(connection: sqlite3.Connection, table: str) -> list[tuple[str, int]]:
    return [
        (row[0], row[1]) for row in connection.execute("SELECT name, pk FROM pragma_table_info(?)", (table,))
    ]

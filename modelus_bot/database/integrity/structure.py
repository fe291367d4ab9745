"""What SQLite says of a file's structure, with damage told apart from rows that break a rule."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from modelus_bot.database.core.names import with_names
from modelus_bot.database.integrity.opening import of_surroundings
from modelus_bot.database.schema import Shape, is_about_searches

__all__ = ["MOST", "Depth", "Structure", "index_counts", "look_at", "tables_named"]

Depth = Literal["quick", "full"]
MOST = 10_000
"""Messages that are asked for; those about pages come first, then those about rows and indexes mixed."""

_QUICK = "PRAGMA quick_check(10000)"
_FULL = "PRAGMA integrity_check(10000)"
_FREE_PAGES = "PRAGMA quick_check(sqlite_master)"
"""The whole check of some versions passes over the list of free pages where it comes to a view first."""
_ABOUT_ROWS = ("CHECK constraint failed in ", "NULL value in ", "non-unique entry in index ")
_HEADER = "*** in database "
_COUNT = "SELECT count(*) FROM {table} NOT INDEXED"
_COUNT_BY = "SELECT count(*) FROM {table} INDEXED BY {name}"
_UNIQUE = "SELECT name FROM pragma_index_list(?, 'main') WHERE origin = 'u'"


@dataclass(slots=True)
class Structure:
    """Sentences about damage, those about rows, which name at most the table, and what was not seen."""

    damage: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    def kept(self, line: str) -> None:
        """Put one sentence of SQLite's where it belongs."""
        kind = self.rows if _is_about_rows(line) else self.unseen if of_surroundings(line) else self.damage
        kind.append(line)


def look_at(connection: sqlite3.Connection, depth: Depth) -> Structure:
    """Run SQLite's own check; raises ``sqlite3.Error`` where it gives up.

    What newer ones say of searches is left to those who can make them anew.
    """
    found = Structure()
    whole = list(_lines(connection, _QUICK if depth == "quick" else _FULL))
    known = frozenset(whole)
    for line in (*whole, *(line for line in _lines(connection, _FREE_PAGES) if line not in known)):
        if not (line in {"ok", ""} or line.startswith(_HEADER) or is_about_searches(line)):
            found.kept(line)
    return found


def _lines(connection: sqlite3.Connection, sql: str) -> Iterator[str]:
    for (answer,) in connection.execute(sql):
        yield from _text(answer).splitlines()


def tables_named(lines: Iterable[str], shape: Shape) -> frozenset[str]:
    """Return the tables that sentences about rows are about; ``shape`` is that of the file itself."""
    found: set[str] = set()
    for line in lines:
        name = line.rpartition(" in ")[2].lower()
        index = name.removeprefix("index ")
        if name == index:
            found.update(table for table in shape.tables if f"{name}.".startswith(f"{table}."))
        elif index in shape.indexes:
            found.add(shape.indexes[index].table)
        else:
            found.update(table for table in shape.tables if index.startswith(f"sqlite_autoindex_{table}_"))
    return frozenset(found)


def index_counts(connection: sqlite3.Connection, shape: Shape) -> Iterator[str]:
    """Say which indexes have more or fewer entries than their table has rows; quick_check does not.

    ``shape`` is that of the file itself.
    """
    rows: dict[tuple[str, str], int] = {}
    for table, name, condition in _indexes(connection, shape):
        if (table, condition) not in rows:
            rows[table, condition] = _number(connection, with_names(_COUNT, table=table) + condition)
        entries = _number(connection, with_names(_COUNT_BY, table=table, name=name) + condition)
        if entries != rows[table, condition]:
            yield f"index {name} has {entries} entries for {rows[table, condition]} rows of {table}"


def _indexes(connection: sqlite3.Connection, shape: Shape) -> Iterator[tuple[str, str, str]]:
    """Yield table, name and condition of every index but those that are the table itself."""
    for table in shape.tables:
        for (name,) in connection.execute(_UNIQUE, (table,)).fetchall():
            yield table, _text(name), ""
    for index in shape.indexes.values():
        if index.table in shape.tables:
            yield index.table, index.name, f" WHERE {index.predicate}" if index.predicate else ""


def _is_about_rows(line: str) -> bool:
    return line.startswith(_ABOUT_ROWS) or " value in " in line


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

"""The new database: takes salvaged rows in, and says of every one it cannot take why."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from modelus_bot.database.core.audit.chain import link_hash
from modelus_bot.database.format.records import Row
from modelus_bot.database.salvage.cells import CellEntry
from modelus_bot.database.salvage.evidence import likeliest
from modelus_bot.database.salvage.layouts import Layout
from modelus_bot.database.salvage.report import RejectedRow

__all__ = ["Filler", "Rejections", "is_refusal"]

KEPT = 50
"""How many rejected rows the report itself holds."""
CLIPPED = 200
"""How many characters of a text these show."""
_AGES = ("version", "updated_at")
_TAKEN = {sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID}
_REFUSALS = {
    sqlite3.SQLITE_ERROR,  # a function in a CHECK does not take the value
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_TOOBIG,
}
_HASHED = 12


class Rejections:
    """Rows that were not taken: counted, the first ones kept, all written to a file beside the target."""

    def __init__(self, path: Path) -> None:
        """``path`` is made when the first row is rejected; one of an earlier attempt goes."""
        self.path = path
        path.unlink(missing_ok=True)
        self.first: list[RejectedRow] = []
        self.counts: Counter[str] = Counter()
        self._file: TextIO | None = None

    def add(self, layout: Layout, values: Row, reason: str) -> None:
        """Note one row with why it was not taken."""
        named = {
            column: value.hex() if isinstance(value, bytes) else value
            for column, value in zip(layout.columns, values, strict=False)
        }
        row = RejectedRow(table=layout.table, values=named, reason=reason)
        self.counts[layout.table] += 1
        if len(self.first) < KEPT:
            self.first.append(row.model_copy(update={"values": {k: _clipped(v) for k, v in named.items()}}))
        if self._file is None:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            self._file = os.fdopen(descriptor, "w", encoding="utf-8")
        self._file.write(json.dumps(row.model_dump(), ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Write what is left, and make it last."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None


def _clipped(value: Any) -> Any:
    return f"{value[:CLIPPED]}…" if isinstance(value, str) and len(value) > CLIPPED else value


class Filler:
    """Inserts rows into the tables of a new database; foreign keys are looked at afterwards."""

    def __init__(self, connection: sqlite3.Connection, rejections: Rejections) -> None:
        """The connection is in a transaction of the caller's, with foreign keys off."""
        self._connection = connection
        self._rejections = rejections
        self._from_strays: dict[str, set[Row]] = {}
        self.strays: Counter[str] = Counter()
        self.superseded = 0

    def add(self, layout: Layout, entries: Sequence[CellEntry], *, linked: bool) -> None:
        """Insert entries of one page; those of a page nothing leads to give way to those there already."""
        for count, group in _by_length(entries).items():
            statement = layout.insert(count)
            rows = [layout.values(entry.rowid, entry.row) for entry in group]
            if layout.verified:
                rows = list(self._verified(layout, rows))
            self._insert(layout, statement, rows, linked)

    def refuse(self, layout: Layout, entries: Iterable[CellEntry], reason: str) -> None:
        """Note entries that are not even tried."""
        for entry in entries:
            self._rejections.add(layout, layout.values(entry.rowid, entry.row), reason)

    def absent(self, layout: Layout, entries: Iterable[CellEntry]) -> list[CellEntry]:
        """Return the entries whose key no row in the new database has."""
        return [
            entry
            for entry in entries
            if self._connection.execute(
                layout.select, layout.key(layout.values(entry.rowid, entry.row))
            ).fetchone()
            is None
        ]

    def likeliest(self, candidates: Iterable[Layout], entries: Sequence[CellEntry]) -> tuple[Layout, ...]:
        """Return the layouts that the rows inserted so far speak for most."""
        return likeliest(self._connection, candidates, entries)

    def _verified(self, layout: Layout, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass on entries of the audit log whose own hash fits; an altered one is no evidence."""
        for row in rows:
            previous = row[_HASHED]
            if isinstance(previous, bytes) and link_hash(previous, row[:_HASHED]) == row[_HASHED + 1]:
                yield row
            else:
                self._rejections.add(layout, row, "its hash does not fit its contents")

    def _insert(self, layout: Layout, statement: str, rows: Sequence[Row], linked: bool) -> None:
        done = 0
        while done < len(rows):
            tried = _Counted(rows, done)
            try:
                self._connection.executemany(statement, tried)
            except (sqlite3.Error, OverflowError) as error:
                self._note(layout, rows[done : tried.at - 1], linked)
                self._settle(layout, statement, rows[tried.at - 1], error, linked)
            else:
                self._note(layout, rows[done : tried.at], linked)
            done = tried.at

    def _note(self, layout: Layout, rows: Sequence[Row], linked: bool) -> None:
        if not linked:
            self.strays[layout.table] += len(rows)
            self._from_strays.setdefault(layout.table, set()).update(map(layout.key, rows))

    def _settle(self, layout: Layout, statement: str, row: Row, error: Exception, linked: bool) -> None:
        """Decide about a row that was not inserted; an error that has nothing to do with it is raised."""
        if not is_refusal(error):
            raise error
        if getattr(error, "sqlite_errorcode", 0) not in _TAKEN:
            self._rejections.add(layout, row, str(error))
            return
        key = layout.key(row)
        present = self._connection.execute(layout.select, key).fetchone()
        if present is None or linked:
            self._rejections.add(layout, row, "another row has its key")
            return
        self.superseded += 1
        if present[: len(row)] == row:
            return
        replaces = key in self._from_strays.get(layout.table, ()) and _newer(layout, row, present)
        if replaces and self._replace(layout, statement, row, present):
            self._rejections.add(layout, present, "a newer version of it was found")
        else:
            self._rejections.add(layout, row, "another version of it was found in a better place")

    def _replace(self, layout: Layout, statement: str, row: Row, present: Row) -> bool:
        """Put ``row`` in the place of ``present`` if the table's other rules let it in."""
        self._connection.execute(layout.delete, layout.key(row))
        try:
            self._connection.execute(statement, row)
        except sqlite3.IntegrityError:
            self._connection.execute(layout.insert(len(present)), present)
            return False
        return True


def is_refusal(error: Exception) -> bool:
    """Say whether an error means that a row breaks a rule, and not that the database cannot be written."""
    return isinstance(error, OverflowError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in _REFUSALS


class _Counted:
    """Rows from a place on; ``at`` is the place after the last one given out."""

    def __init__(self, rows: Sequence[Row], start: int) -> None:
        self._rows = rows
        self.at = start

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        if self.at == len(self._rows):
            raise StopIteration
        self.at += 1
        return self._rows[self.at - 1]


def _by_length(entries: Sequence[CellEntry]) -> dict[int, list[CellEntry]]:
    groups: dict[int, list[CellEntry]] = {}
    for entry in entries:
        groups.setdefault(len(entry.row), []).append(entry)
    return groups


def _newer(layout: Layout, row: Row, present: Row) -> bool:
    """Say whether ``row`` is a later version than ``present``, where the table counts versions."""
    for column in _AGES:
        if column in layout.columns:
            place = layout.columns.index(column)
            ours, theirs = row[place : place + 1], present[place]
            return bool(ours) and isinstance(ours[0], int) and isinstance(theirs, int) and ours[0] > theirs
    return False

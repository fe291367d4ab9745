"""SchemaValidator: is the schema of this file the one that this version works with?"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from modelus_bot.bundled import migrations_dir
from modelus_bot.database.core.errors import SchemaMismatch
from modelus_bot.database.core.reachability import explained
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.schema.drift import compare
from modelus_bot.database.schema.expected import Script, read_scripts, shape_after
from modelus_bot.database.schema.reading import read_shape, schema_rows
from modelus_bot.database.schema.report import Difference, DriftReport, Remedy
from modelus_bot.database.schema.search_index import make_search
from modelus_bot.database.schema.shape import Index, Shape, TableShape, TriggerShape, View

__all__ = ["SchemaValidator", "applied_migrations", "newer_than_known"]

_HAS_RECORD = "SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND name = '_yoyo_migration'"
_RECORD = "SELECT substr(migration_id, 1, 200) FROM _yoyo_migration LIMIT 10000"
_ROUNDS = 3
"""Dropping a view takes its triggers with it, so that a second look may find more to repair."""
_ORDER = ("view", "search", "index", "trigger")
"""A trigger cannot be made before the view that it is on, nor a search be filled before its view."""


class SchemaValidator:
    """Compares files with what the migrations make of an empty one; blocking, run it in a thread."""

    def __init__(self, migrations: Path | None = None) -> None:
        """Use the migrations in ``migrations``, by default those that belong to this version."""
        self._folder = migrations or migrations_dir()

    @cached_property
    def scripts(self) -> tuple[Script, ...]:
        """The migrations in order; raises ``MigrationFailed`` when one cannot be used."""
        return read_scripts(self._folder)

    @cached_property
    def expected(self) -> Shape:
        """The shape of a file that has all migrations."""
        return self.expected_after([script.id for script in self.scripts])

    @cached_property
    def digest(self) -> str:
        """The sha256 of the expected shape, as hex."""
        return self.expected.digest

    def expected_after(self, applied: Collection[str]) -> Shape:
        """Return the shape that some of the migrations lead to; raises ``MigrationFailed``."""
        return shape_after(self.scripts, applied)

    def inspect(self, connection: sqlite3.Connection) -> DriftReport:
        """Compare a file with what its own migrations should have led to.

        Migrations that are missing or unknown are differences, too. Raises ``sqlite3.Error`` when the
        schema cannot be read.
        """
        applied = applied_migrations(connection)
        known = [script.id for script in self.scripts]
        newer = sorted(applied - set(known))
        if newer:
            fact = newer_than_known(newer)
            advice = "Install that version, or restore a backup made by this one."
            return DriftReport((Difference("newer", "file", "", fact, Remedy.REFUSE, advice),))
        live = read_shape(connection)
        if not applied and live.tables:
            return DriftReport((self._without_record(live),))
        report = compare(self.expected_after(applied), live)
        pending = [item for item in known if item not in applied]
        return DriftReport((*_pending(pending), *report.differences))

    def inspect_file(self, path: Path) -> DriftReport:
        """Compare the file at ``path``; one that is not there lacks every migration.

        Opened for writing, because after a kill SQLite has to recover the -wal file. Raises
        ``DatabaseError``.
        """
        if not path.exists():
            return DriftReport(tuple(_pending([script.id for script in self.scripts])))
        uri = f"{path.absolute().as_uri()}?mode=rw"
        try:
            with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
                return self.inspect(connection)
        except sqlite3.Error as error:
            raise explained(from_sqlite(error), path) from error

    def repair(self, connection: sqlite3.Connection, report: DriftReport) -> tuple[str, ...]:
        """Make what is repairable again, in one transaction, and return what was done, in words.

        Raises ``SchemaMismatch``, and changes nothing, when something is to be refused or an index
        cannot be made again because rows clash.
        """
        if report.blocking:
            raise SchemaMismatch("\n".join(str(item) for item in report.blocking))
        if not report.repairable:
            return ()
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                done = self._repair(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise from_sqlite(error) from error
        return done

    def _repair(self, connection: sqlite3.Connection) -> tuple[str, ...]:
        expected = self.expected_after(applied_migrations(connection))
        done: dict[str, None] = {}
        for _ in range(_ROUNDS):
            found = compare(expected, read_shape(connection)).repairable
            if not found:
                return tuple(done)
            wrong = sorted(found, key=lambda item: _ORDER.index(item.type))
            for item in wrong:
                _drop(connection, expected, item)
            for item in wrong:
                _make(connection, expected, item)
                done[f"{item.type.capitalize()} {item.name} was made again."] = None
        left = compare(expected, read_shape(connection)).repairable
        if left:
            raise SchemaMismatch("this could not be repaired: " + " ".join(item.fact for item in left))
        return tuple(done)

    def _without_record(self, live: Shape) -> Difference:
        ours = sorted(set(live.tables) & set(self.expected.tables))
        if ours:
            fact = f"The file has tables of the bot ({', '.join(ours[:3])}), but no record of its migrations."
            return Difference("record_missing", "file", "", fact, Remedy.REFUSE, "Restore a backup.")
        fact = f"The file belongs to another program: it holds {', '.join(sorted(live.tables)[:5])}."
        return Difference("foreign", "file", "", fact, Remedy.REFUSE, "Choose another path for the database.")


def applied_migrations(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the ids of the migrations a file has; raises ``sqlite3.Error`` and ``CorruptionDetected``."""
    if connection.execute(_HAS_RECORD).fetchone() is None:
        return frozenset()
    return frozenset(str(row[0]) for row in schema_rows(connection, _RECORD))


def newer_than_known(newer: list[str]) -> str:
    """Say that a file is from a newer version, and by which migrations one can tell."""
    return (
        "This database was written by a newer version of the bot:"
        f" it has migrations this version does not know ({', '.join(newer)})."
    )


def _pending(ids: list[str]) -> Iterator[Difference]:
    for number in ids:
        fact = f"The file lacks the migration {number}."
        advice = "The bot applies it when it starts; so does: modelus-bot migrate up."
        yield Difference("pending", "file", number, fact, Remedy.REFUSE, advice)


def _drop(connection: sqlite3.Connection, expected: Shape, difference: Difference) -> None:
    """Drop an object whose name stands in the migrations; nothing else can get here."""
    name = _sql_of(expected, difference)[0]
    if difference.type == "search":
        return
    doubled = name.replace('"', '""')
    connection.execute(_DROP[difference.type].replace("?", f'"{doubled}"'))


def _make(connection: sqlite3.Connection, expected: Shape, difference: Difference) -> None:
    name, sql = _sql_of(expected, difference)
    if difference.type == "search":
        make_search(connection, name, sql)
        return
    try:
        connection.execute(sql)
    except sqlite3.IntegrityError as error:
        raise SchemaMismatch(
            f"Index {name} cannot be made again, because rows have the same values: {error}."
            " Remove the duplicates or restore a backup."
        ) from error


def _sql_of(expected: Shape, difference: Difference) -> tuple[str, str]:
    groups: dict[str, Mapping[str, Index | TableShape | TriggerShape | View]] = {
        "search": expected.tables,
        "index": expected.indexes,
        "trigger": expected.triggers,
        "view": expected.views,
    }
    found = groups[difference.type][difference.name]
    return found.name, found.sql


_DROP = {
    "index": "DROP INDEX IF EXISTS main.?",
    "trigger": "DROP TRIGGER IF EXISTS main.?",
    "view": "DROP VIEW IF EXISTS main.?",
}

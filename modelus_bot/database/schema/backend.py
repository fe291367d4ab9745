"""Yoyo's SQLite backend on one plain connection, with a migration and its mark in one transaction."""

from __future__ import annotations

import contextlib
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yoyo import read_migrations
from yoyo.backends.core.sqlite3 import SQLiteBackend
from yoyo.connections import DatabaseURI

from modelus_bot.database.errors import MigrationFailed, from_sqlite
from modelus_bot.database.schema.locking import migration_lock
from modelus_bot.database.schema.safeguard import Safeguard

__all__ = ["Backend", "backend_for", "yoyo_migrations"]

MIGRATION_TABLE = "_yoyo_migration"
BUSY_SECONDS = 5.0
"""How long to wait for a program that writes to the file."""


class Backend(SQLiteBackend):  # type: ignore[misc]  # yoyo publishes no types
    """Applies and undoes migrations, each whole or not at all.

    Yoyo itself opens a second, shared-cache connection per migration and marks it afterwards: a
    process killed in between would leave a migration applied but not known to be.
    """

    safeguard: Safeguard

    def connect(self, dburi: DatabaseURI) -> sqlite3.Connection:
        """Open the file in WAL mode.

        Foreign keys are off as SQLite advises for changes of schema: with them a table that is made
        anew would take the rows along that refer to it. They are checked before COMMIT.
        """
        connection = sqlite3.connect(dburi.database, isolation_level=None, timeout=BUSY_SECONDS)
        try:
            connection.execute("PRAGMA foreign_keys=OFF")
            connection.execute("PRAGMA journal_mode=WAL")
        except BaseException:
            connection.close()
            raise
        return connection

    @contextlib.contextmanager
    def locked(self, path: Path) -> Iterator[None]:
        """Hold the lock, with yoyo's own tables made."""
        with migration_lock(self.connection, path):
            self._is_locked = True
            self.ensure_internal_schema_updated()
            yield

    def begin(self) -> None:
        """Begin at once as the writer; a transaction that never began is none to roll back."""
        self.execute("BEGIN IMMEDIATE")
        self._in_transaction = True

    def commit(self) -> None:
        """Commit, or leave nothing behind."""
        try:
            super().commit()
        except BaseException:
            self.rollback()
            raise

    def rollback(self) -> None:
        """Roll back what SQLite has not rolled back by itself."""
        self._in_transaction = False
        super().rollback()

    def savepoint_rollback(self, id: str) -> None:
        """Go back to a savepoint, unless an error has ended the whole transaction with it."""
        if self.connection.in_transaction:
            super().savepoint_rollback(id)

    def apply_one(self, migration: Any, force: bool = False, mark: bool = True) -> None:
        """Apply a migration, check the outcome and commit."""
        with self.transaction():
            before = self.safeguard.before(self.connection)
            _process(migration, self, "apply")
            self.log_migration(migration, "apply")
            self.mark_one(migration, log=False)
            self.safeguard.after(self.connection, before)

    def rollback_one(self, migration: Any, force: bool = False) -> None:
        """Undo a migration, check the outcome and commit."""
        with self.transaction():
            before = self.safeguard.before(self.connection)
            _process(migration, self, "rollback")
            self.log_migration(migration, "rollback")
            self.unmark_one(migration, log=False)
            self.safeguard.after(self.connection, before)

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, Any]:
        """Leave the operator's user and host names out of the file."""
        data: dict[str, Any] = super().get_log_data(migration, operation)
        return data | {"username": "", "hostname": ""}


@contextlib.contextmanager
def backend_for(path: Path, safeguard: Safeguard) -> Iterator[Backend]:
    """Open a file for migrating and hold its lock; whatever SQLite raises becomes a ``DatabaseError``."""
    uri = DatabaseURI("sqlite", None, None, None, None, str(path), {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            with Backend(uri, MIGRATION_TABLE) as backend:
                backend.safeguard = safeguard
                with backend.locked(path):
                    yield backend
        except sqlite3.Error as error:
            raise from_sqlite(error) from error


def yoyo_migrations(folder: Path) -> dict[str, Any]:
    """Return yoyo's own migration objects by id."""
    return {one.id: one for one in read_migrations(str(folder))}


def _process(migration: Any, backend: Backend, direction: str) -> None:
    migration.load()
    if not migration.use_transactions:
        raise MigrationFailed(f"{migration.id} asks for no transaction; every migration is one")
    migration.process_steps(backend, direction)

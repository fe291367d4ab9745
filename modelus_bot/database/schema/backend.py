"""Yoyo's SQLite backend on one plain connection, with a migration and its mark in one transaction."""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from yoyo.backends.core.sqlite3 import SQLiteBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import Migration

from modelus_bot.database.core.reachability import explained
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.schema.expected import Script
from modelus_bot.database.schema.locking import migration_lock
from modelus_bot.database.schema.safeguard import Safeguard
from modelus_bot.database.schema.tokens import statements
from modelus_bot.runtime.tunables import Tunable

__all__ = ["Backend", "backend_for"]

MIGRATION_TABLE = "_yoyo_migration"
BUSY_SECONDS = Tunable(5.0)
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
        connection = sqlite3.connect(dburi.database, isolation_level=None, timeout=BUSY_SECONDS.value)
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

    def apply_script(self, script: Script) -> None:
        """Apply a migration, mark it, check the outcome and commit."""
        with self.transaction():
            before = self.safeguard.before(self.connection)
            self._run(script.sql)
            self.log_migration(_record(script), "apply")
            self.mark_one(_record(script), log=False)
            self.safeguard.after(self.connection, before)

    def undo_script(self, script: Script) -> None:
        """Undo a migration, check the outcome and commit."""
        with self.transaction():
            before = self.safeguard.before(self.connection)
            self._run(script.rollback)
            self.log_migration(_record(script), "rollback")
            self.unmark_one(_record(script), log=False)
            self.safeguard.after(self.connection, before)

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, Any]:
        """Leave the operator's user and host names out of the file; asking for them may take seconds."""
        return {
            "id": str(uuid.uuid4()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": "",
            "hostname": "",
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }

    def _run(self, sql: str) -> None:
        """Run a script inside the transaction; yoyo's own way of splitting it does not know all triggers."""
        for statement in statements(sql):
            self.connection.execute(statement).fetchall()


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
            raise explained(from_sqlite(error), path) from error


def _record(script: Script) -> Migration:
    """Return what yoyo keeps of a migration."""
    return Migration(script.id, "", "")

"""Migrations: brings the file's schema up to date, each migration in one transaction, under one lock."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from loguru import logger
from yoyo import exceptions as yoyo_errors
from yoyo import read_migrations
from yoyo.backends.core.sqlite3 import SQLiteBackend
from yoyo.connections import DatabaseURI

from modelus_bot.bundled import migrations_dir
from modelus_bot.database.errors import DatabaseError, MigrationFailed, SchemaMismatch, from_sqlite

__all__ = ["MigrationStatus", "Migrator"]

LOCK_TIMEOUT = 10
MIGRATION_TABLE = "_yoyo_migration"
_HAS_TABLE = "SELECT 1 FROM sqlite_master WHERE name = '_yoyo_migration'"


class _Backend(SQLiteBackend):  # type: ignore[misc]  # yoyo publishes no types
    """Yoyo's SQLite backend on one plain connection, with a migration and its mark in one transaction.

    Yoyo itself opens a second, shared-cache connection per migration and marks it afterwards: a
    process killed in between would leave a migration applied but not known to be.
    """

    def connect(self, dburi: DatabaseURI) -> sqlite3.Connection:
        connection = sqlite3.connect(dburi.database, isolation_level=None, timeout=5.0)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA journal_mode=WAL")
        return connection

    def init_database(self) -> None:
        """Create the lock table; SQLite needs no probing for transactional DDL."""
        self.create_lock_table()
        self.has_transactional_ddl = True

    def begin(self) -> None:
        self._in_transaction = True
        self.execute("BEGIN IMMEDIATE")

    def apply_one(self, migration: Any, force: bool = False, mark: bool = True) -> None:
        self.ensure_internal_schema_updated()
        with self.transaction():
            migration.process_steps(self, "apply", force=force)
            self._check_foreign_keys()
            self.log_migration(migration, "apply")
            if mark:
                self.mark_one(migration, log=False)

    def rollback_one(self, migration: Any, force: bool = False) -> None:
        self.ensure_internal_schema_updated()
        with self.transaction():
            migration.process_steps(self, "rollback", force=force)
            self._check_foreign_keys()
            self.log_migration(migration, "rollback")
            self.unmark_one(migration, log=False)

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, Any]:
        """Leave the operator's user and host names out of the file."""
        data: dict[str, Any] = super().get_log_data(migration, operation)
        return data | {"username": "", "hostname": ""}

    def _check_foreign_keys(self) -> None:
        broken = self.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise MigrationFailed(f"{len(broken)} rows would lose what they refer to, first {broken[0]}")


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """One migration: its id (``0001.core``) and whether the file has it."""

    id: str
    applied: bool


class Migrator:
    """Applies and undoes the numbered migrations of one database file; blocking, run it in a thread."""

    def __init__(self, path: Path, migrations: Path | None = None, invariants: Sequence[object] = ()) -> None:
        """Use the migrations in ``migrations``, by default those that belong to this version."""
        self._path = path
        self._migrations = migrations or migrations_dir()

    def status(self) -> tuple[MigrationStatus, ...]:
        """Return every migration in order, without writing anything.

        Raises ``SchemaMismatch`` if the file has migrations this version does not know.
        """
        known = [one.id for one in self._read()]
        applied = _applied(self._path)
        newer = applied - set(known)
        if newer:
            raise SchemaMismatch(f"the file has migrations this version does not know: {sorted(newer)}")
        return tuple(MigrationStatus(one, one in applied) for one in known)

    def up(self) -> tuple[str, ...]:
        """Apply what is missing and return the ids; all or nothing per migration."""
        self.status()
        with self._backend() as backend, self._locked(backend):
            todo = list(backend.to_apply(self._read()))
            for migration in todo:
                _step(backend.apply_one, migration, "apply")
            return tuple(one.id for one in todo)

    def down(self, steps: int = 1) -> tuple[str, ...]:
        """Undo the latest ``steps`` migrations and return their ids."""
        with self._backend() as backend, self._locked(backend):
            applied = list(backend.to_rollback(self._read()))[:steps]
            for migration in applied:
                _step(backend.rollback_one, migration, "rollback")
            return tuple(one.id for one in applied)

    def _read(self) -> Any:
        return read_migrations(str(self._migrations))

    @contextlib.contextmanager
    def _backend(self) -> Iterator[_Backend]:
        uri = DatabaseURI("sqlite", None, None, None, None, str(self._path), {})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                backend = _Backend(uri, MIGRATION_TABLE)
            except sqlite3.Error as error:
                raise from_sqlite(error) from error
            with backend:
                try:
                    backend.init_database()
                    yield backend
                except sqlite3.Error as error:
                    raise from_sqlite(error) from error

    @contextlib.contextmanager
    def _locked(self, backend: _Backend) -> Iterator[None]:
        """Hold yoyo's lock; one whose owner is dead is broken first."""
        _break_dead_lock(backend)
        try:
            with backend.lock(timeout=LOCK_TIMEOUT):
                yield
        except yoyo_errors.LockTimeout as error:
            raise MigrationFailed(f"another process is migrating this file: {error}") from error


def _step(run: Callable[[Any], None], migration: Any, direction: str) -> None:
    try:
        run(migration)
    except DatabaseError:
        raise
    except Exception as error:
        logger.bind(migration=migration.id, direction=direction, error=str(error)).error("migration_failed")
        raise MigrationFailed(f"{direction} {migration.id}: {error}") from error
    logger.bind(migration=migration.id, direction=direction).info("migration_done")


def _applied(path: Path) -> set[str]:
    """Return the ids of the migrations the file has; an absent or empty file has none.

    Opened for writing: after a kill SQLite has to recover the -wal file before anything can be read.
    """
    if not path.exists():
        return set()
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
        ) as connection:
            known = connection.execute(
                "SELECT 1 FROM sqlite_master WHERE name = '_yoyo_migration'"
            ).fetchone()
            if known is None:
                return set()
            return {row[0] for row in connection.execute("SELECT migration_id FROM _yoyo_migration")}
    except sqlite3.Error as error:
        raise from_sqlite(error) from error


def _break_dead_lock(backend: _Backend) -> None:
    row = backend.execute("SELECT pid, ctime FROM yoyo_lock").fetchone()
    if row is None:
        return
    pid, created = int(row[0]), row[1]
    if _owner_lives(pid, created):
        return
    logger.bind(pid=pid).warning("migration_lock_of_dead_process_broken")
    backend.break_lock()


def _owner_lives(pid: int, created: Any) -> bool:
    """Say whether process ``pid`` runs and ran already when the lock was taken (numbers are reused)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    started = _started_at(pid)
    if started is None:
        return True
    taken = created if isinstance(created, datetime) else datetime.fromisoformat(str(created))
    return started <= taken.replace(tzinfo=UTC).timestamp() + 1


def _started_at(pid: int) -> float | None:
    """Return when a process started (UTC seconds), where the system tells."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        lines = Path("/proc/stat").read_text("ascii").splitlines()
        boot = next(float(line.split()[1]) for line in lines if line.startswith("btime "))
        return boot + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, StopIteration):
        return None

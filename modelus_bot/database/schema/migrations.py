"""Migrations: brings the file's schema up to date, each migration in one transaction, under one lock."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.errors import (
    ConnectionLost,
    ConstraintViolated,
    DatabaseError,
    MigrationFailed,
    QueryFailed,
    SchemaMismatch,
)
from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.core.reachability import explained
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.core.system_errors import from_os
from modelus_bot.database.format.sidecars import in_the_way
from modelus_bot.database.schema.backend import backend_for
from modelus_bot.database.schema.expected import Script
from modelus_bot.database.schema.report import DriftReport
from modelus_bot.database.schema.safeguard import Safeguard, check_space
from modelus_bot.database.schema.validator import SchemaValidator, applied_migrations, newer_than_known

__all__ = ["BeforeMigrating", "MigrationStatus", "Migrator"]

BeforeMigrating = Callable[[tuple[str, ...]], None]
"""Called with the ids that are about to be applied or undone, before anything is changed."""


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """One migration: its id (``0001.core``) and whether the file has it."""

    id: str
    applied: bool


class Migrator:
    """Applies and undoes the numbered migrations of one database file; blocking, run it in a thread.

    A migration is committed only if afterwards the schema is what the migrations make of an empty
    file, and no row breaks a reference or an invariant that did not do so before. Otherwise it is
    undone whole, and the file is as it was.
    """

    def __init__(
        self, path: Path, migrations: Path | None = None, invariants: Sequence[Invariant] = ()
    ) -> None:
        """Use the migrations in ``migrations``, by default those that belong to this version."""
        self._path = path
        self._validator = SchemaValidator(migrations)
        self._safeguard = Safeguard(self._validator, invariants)

    def status(self) -> tuple[MigrationStatus, ...]:
        """Return every migration in order, without writing anything.

        Raises ``SchemaMismatch`` if the file has migrations this version does not know.
        """
        known = [script.id for script in self._validator.scripts]
        applied = _applied(self._path)
        newer = sorted(applied - set(known))
        if newer:
            raise SchemaMismatch(newer_than_known(newer))
        return tuple(MigrationStatus(item, item in applied) for item in known)

    def up(self, before: BeforeMigrating | None = None) -> tuple[str, ...]:
        """Apply what is missing and return the ids; all or nothing per migration.

        ``before`` may stop it by raising; for a file without any migration, which has nothing to lose,
        it is not called. Missing indexes, triggers and views are made again first. Raises
        ``MigrationFailed``, and ``SchemaMismatch`` when the file is not what its migrations made.
        """
        status = self.status()
        pending = tuple(item.id for item in status if not item.applied)
        if not pending:
            return ()
        self._check(pending, before if len(pending) < len(status) else None)
        _create(self._path)
        with backend_for(self._path, self._safeguard) as backend:
            applied = self._repaired(backend.connection)
            todo = [item for item in pending if item not in applied]
            self._run(todo, backend.apply_script, "apply")
        return tuple(todo)

    def down(self, steps: int = 1, before: BeforeMigrating | None = None) -> tuple[str, ...]:
        """Undo the latest ``steps`` migrations (1 or more) and return their ids, latest first.

        Checks and raises as ``up`` does.
        """
        if steps < 1:
            raise ValueError(f"steps must be 1 or more, not {steps}")
        latest = tuple(item.id for item in reversed(self.status()) if item.applied)[:steps]
        if not latest:
            return ()
        self._check(latest, before)
        with backend_for(self._path, self._safeguard) as backend:
            applied = self._repaired(backend.connection)
            todo = [item for item in latest if item in applied]
            self._run(todo, backend.undo_script, "rollback")
        return tuple(todo)

    def _check(self, ids: tuple[str, ...], before: BeforeMigrating | None) -> None:
        """Find what stands in the way, and let ``before`` do its part, while nothing is changed yet."""
        try:
            check_space(self._path)
        except OSError as error:
            raise from_os(error, otherwise=ConnectionLost) from error
        _refuse(self._validator.inspect_file(self._path))
        if before is not None:
            before(ids)

    def _repaired(self, connection: sqlite3.Connection) -> frozenset[str]:
        """Make again what migrations may count on, and return the ids of those the file has."""
        report = self._validator.inspect(connection)
        _refuse(report)
        for words in self._validator.repair(connection, report):
            logger.bind(repaired=words).warning("schema_repaired")
        return applied_migrations(connection)

    def _run(self, ids: list[str], run: Callable[[Script], None], direction: str) -> None:
        scripts = {script.id: script for script in self._validator.scripts}
        for number in ids:
            _step(run, scripts[number], direction)


def _refuse(report: DriftReport) -> None:
    if report.blocking:
        raise SchemaMismatch("\n".join(str(item) for item in report.blocking))


def _step(run: Callable[[Script], None], script: Script, direction: str) -> None:
    """Run one migration; a fault of its own is ``MigrationFailed``, one of the disk is told as such."""
    try:
        run(script)
    except Exception as error:
        known = from_sqlite(error) if isinstance(error, sqlite3.Error) else error
        logger.bind(migration=script.id, direction=direction, error=str(error)).error("migration_failed")
        if isinstance(known, DatabaseError) and not isinstance(
            known, MigrationFailed | QueryFailed | ConstraintViolated
        ):
            known.operation = f"{direction} {script.id}"
            raise known from error
        raise MigrationFailed(f"{direction} {script.id}: {error}") from error
    logger.bind(migration=script.id, direction=direction).info("migration_done")


def _create(path: Path) -> None:
    """Let only the owner read a file that SQLite would otherwise create for everybody."""
    if path.exists():
        return
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise from_os(error, otherwise=ConnectionLost) from error


def _applied(path: Path) -> frozenset[str]:
    """Return the ids of the migrations the file has; an absent or empty file has none.

    Opened for writing: after a kill SQLite has to recover the -wal file before anything can be read.
    """
    if not path.exists():
        return frozenset()
    if (obstacle := in_the_way(path)) is not None:
        raise ConnectionLost(obstacle)
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
        ) as connection:
            return applied_migrations(connection)
    except sqlite3.Error as error:
        raise explained(from_sqlite(error), path) from error

"""One migrator at a time: yoyo's lock row, taken and broken in one transaction."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.errors import MigrationFailed
from modelus_bot.runtime.tunables import Tunable

__all__ = ["migration_lock"]

LOCK_TIMEOUT = Tunable(10.0)
"""Seconds to wait for another process that migrates the same file."""
_PAUSE = 0.1
# The table is yoyo's own, so that its command-line tool sees the lock as well.
_CREATE = (
    "CREATE TABLE IF NOT EXISTS yoyo_lock"
    " (locked INT DEFAULT 1, ctime TIMESTAMP, pid INT NOT NULL, PRIMARY KEY (locked))"
)
_held: set[Path] = set()


@contextlib.contextmanager
def migration_lock(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Hold the lock of ``path``; one whose owner is dead is broken.

    Raises ``MigrationFailed`` when another process keeps it for ``LOCK_TIMEOUT`` seconds.
    """
    file = path.resolve()
    deadline = time.monotonic() + LOCK_TIMEOUT.value
    while (owner := _take(connection, file)) is not None:
        if time.monotonic() > deadline:
            raise MigrationFailed(f"another process is migrating this file: process {owner}")
        time.sleep(_PAUSE)
    _held.add(file)
    try:
        yield
    finally:
        _held.discard(file)
        _give_back(connection)


def _take(connection: sqlite3.Connection, file: Path) -> int | None:
    """Take the lock, or return the number of the living process that has it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(_CREATE)
        row = connection.execute("SELECT pid, ctime FROM yoyo_lock").fetchone()
        if row is not None:
            pid = int(row[0])
            if file in _held if pid == os.getpid() else _lives(pid, str(row[1])):
                connection.execute("ROLLBACK")
                return pid
            logger.bind(pid=pid).warning("migration_lock_of_dead_process_broken")
            connection.execute("DELETE FROM yoyo_lock")
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        connection.execute("INSERT INTO yoyo_lock(locked, ctime, pid) VALUES(1, ?, ?)", (now, os.getpid()))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return None


def _give_back(connection: sqlite3.Connection) -> None:
    """Remove the lock row; one that stays is broken by the next migrator, so failing is no failure."""
    try:
        connection.execute("DELETE FROM yoyo_lock WHERE pid = ?", (os.getpid(),))
    except sqlite3.Error as error:
        logger.bind(error=str(error)).warning("migration_lock_left_behind")


def _lives(pid: int, created: str) -> bool:
    """Say whether process ``pid`` runs and ran already when the lock was taken (numbers are reused)."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        if fields[0] in {"Z", "X"}:
            return False
        lines = Path("/proc/stat").read_text("ascii").splitlines()
        boot = next(float(line.split()[1]) for line in lines if line.startswith("btime "))
        started = boot + int(fields[19]) / os.sysconf("SC_CLK_TCK")
        taken = datetime.fromisoformat(created).replace(tzinfo=UTC).timestamp()
    except (OSError, ValueError, IndexError, StopIteration):
        return True
    return started <= taken + 1

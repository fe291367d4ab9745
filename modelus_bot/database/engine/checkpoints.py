"""When committed pages move from the -wal into the main file, and who moves them."""

from __future__ import annotations

import functools
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from loguru import logger

from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.engine.connection import ConnectionManager
from modelus_bot.database.engine.roles import ConnectionRole

__all__ = [
    "AT_LEAST_EVERY",
    "LARGE",
    "Checkpointer",
    "kind_of",
    "safe_beside_writers",
    "wal_bytes",
    "worth_moving",
]

LARGE = 4 * 1024 * 1024
"""Bytes of -wal from which it is worth moving them."""

HUGE = 64 * 1024 * 1024
"""Bytes of -wal from which readers are waited for, so that the file can start anew."""

SCARCE = 64 * 1024 * 1024
"""Bytes of free disk below which a -wal gives its space back soon."""

WORTH_WHEN_SCARCE = 1024 * 1024
"""Bytes of -wal from which it does."""

LONG_LOG = 1000
"""Pages in the -wal from which another program moves them into the main file."""

SHORT_LOG = 10
"""Pages that are not worth it, however long they have been there."""

AT_LEAST_EVERY = 300.0
PASSIVE = "PRAGMA wal_checkpoint(PASSIVE)"
TRUNCATE = "PRAGMA wal_checkpoint(TRUNCATE)"


MENDED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""First releases of SQLite, by branch, whose checkpoints lose nothing that is written meanwhile."""


def safe_beside_writers(version: str = sqlite3.sqlite_version) -> bool:
    """Say whether this SQLite may checkpoint while another connection writes (WAL-reset bug)."""
    found = tuple(map(int, version.split(".")))
    return found >= MENDED[-1] or any(found[:2] == item[:2] and found >= item for item in MENDED)


def kind_of(size: int, seconds: float, free: int | None) -> str | None:
    """Return how to checkpoint a -wal of ``size`` bytes, None: not now.

    ``seconds`` have passed since the last time; ``free`` bytes are free on the disk, None when unknown.
    """
    scarce = free is not None and free < SCARCE and size >= WORTH_WHEN_SCARCE
    if size >= HUGE or scarce:
        return TRUNCATE
    return PASSIVE if size >= LARGE or seconds >= AT_LEAST_EVERY else None


def worth_moving(frames: int | None, size: int, seconds: float) -> bool:
    """Say whether another program, which cannot be told how, should checkpoint now.

    ``frames`` are in the -wal of ``size`` bytes, None when that is unknown; ``seconds`` have passed since the
    main file was written to.
    """
    if frames is None:
        return size >= LARGE
    return frames >= LONG_LOG or (frames > SHORT_LOG and seconds > AT_LEAST_EVERY)


def wal_bytes(database: Path) -> int:
    """Return how long a database's -wal is; 0 without one."""
    try:
        return database.with_name(database.name + "-wal").stat().st_size
    except OSError:
        return 0


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


class OtherCheckpointer(Protocol):
    """Another program that may move pages into the main file."""

    @property
    def checkpoints(self) -> bool:
        """Whether it does so at present."""


class Checkpointer:
    """Checkpoints on the writer's thread, where nobody else writes; never while the archive does."""

    def __init__(
        self,
        path: Path,
        connections: ConnectionManager,
        archive: OtherCheckpointer,
        settle: Callable[[sqlite3.Connection], None],
    ) -> None:
        """Watch the -wal beside ``path``; ``settle`` runs on the writer's thread before each checkpoint."""
        self._settle = settle
        self._path = path
        self._wal = path.with_name(path.name + "-wal")
        self._connections = connections
        self._archive = archive
        self._last = time.monotonic()
        self._settled_at = 0

    async def work(self) -> None:
        """Checkpoint if it is due; a checkpoint that cannot be made now is made later."""
        if self._archive.checkpoints:
            return
        try:
            found = self._wal.stat()
        except OSError:
            return
        size, changed = found.st_size, found.st_mtime_ns
        sql = kind_of(size, time.monotonic() - self._last, _free(self._wal.parent))
        if sql is None or (changed == self._settled_at and sql != TRUNCATE):
            return
        try:
            busy, frames, moved = await self._connections.run(
                ConnectionRole.WRITER, functools.partial(self._run, sql)
            )
        except DatabaseError as error:
            logger.bind(error=error.detail).info("checkpoint_postponed")
            return
        self._last = time.monotonic()
        if moved == frames and not busy:
            self._settled_at = changed
        logger.bind(bytes=size, busy=busy, frames=frames, moved=moved).debug("checkpoint_made")

    @property
    def mine(self) -> bool:
        """Whether the -wal is ours to move: not while the archive's program does that."""
        return not self._archive.checkpoints

    async def shrink(self) -> tuple[bool, int]:
        """Move everything and give the -wal's space back, waiting for readers no longer than for a lock.

        Returns whether that was possible, and the bytes that are left. Raises ``DatabaseError``.
        """
        busy, _, _ = await self._connections.run(
            ConnectionRole.WRITER, functools.partial(self._run, TRUNCATE)
        )
        self._last = time.monotonic()
        return not busy, wal_bytes(self._path)

    def _run(self, sql: str, connection: sqlite3.Connection) -> tuple[int, int, int]:
        self._settle(connection)
        with self._connections.files.being_written():
            busy, frames, moved = connection.execute(sql).fetchone()
        return busy, frames, moved

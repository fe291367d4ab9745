"""The connections to a file: what each is for, how it is opened, and when its statements stop."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.errors import ConnectionLost
from modelus_bot.database.core.reachability import explained
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.core.visibility.connection import GatedConnection, close_gate
from modelus_bot.database.core.visibility.declaration import Visibility
from modelus_bot.database.core.visibility.gate import GateKind
from modelus_bot.database.engine.fingerprint import KEPT_OF_WAL, Identity, OpenFiles
from modelus_bot.database.engine.worker import StatementDeadline, WorkerConnection, close_quietly
from modelus_bot.runtime.tasks import owned

__all__ = ["OPENED_AT_ONCE", "ConnectionRole", "connect", "opened"]

LOOK_EVERY = 20_000
"""Steps of SQLite's virtual machine between two looks at the deadline, a few milliseconds."""


class ConnectionRole(StrEnum):
    """The connections, each with a thread of its own."""

    WRITER = "writer"
    READER = "reader"
    LONG_READER = "long_reader"
    VIEWER = "viewer"
    BARRIER_VIEWER = "barrier_viewer"
    REPORTER = "reporter"


OPENED_AT_ONCE = (ConnectionRole.WRITER, ConnectionRole.READER, ConnectionRole.LONG_READER)
"""Those that are open as long as the file is; the others are opened when they are asked first."""

KIND_OF = {
    ConnectionRole.VIEWER: GateKind.QUICK,
    ConnectionRole.BARRIER_VIEWER: GateKind.BARRIER,
    ConnectionRole.REPORTER: GateKind.REPORT,
}
"""Connections that show a viewer's rows alone, or what reports may read."""


def connect(
    path: Path,
    role: ConnectionRole,
    settings: DatabaseSettings,
    stopwatch: StatementDeadline,
    *,
    manual_checkpoints: bool,
    unwritable: bool = False,
    visibility: Visibility | None = None,
) -> sqlite3.Connection:
    """Open a role's connection to a file that exists; raises ``sqlite3.Error``.

    An ``unwritable`` file without a -wal is read as it lies there: SQLite could make no -shm beside it.
    With ``manual_checkpoints`` SQLite leaves checkpoints to somebody who calls for them. A connection for
    viewers shows what ``visibility`` lets them see.
    """
    mode = "rw" if role is ConnectionRole.WRITER else "ro&immutable=1" if unwritable else "ro"
    raw = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=settings.busy_slice,
        isolation_level=None,
        cached_statements=256,
        check_same_thread=False,
        factory=GatedConnection if role in KIND_OF else sqlite3.Connection,
    )
    try:
        for pragma in _pragmas(role, settings, manual_checkpoints=manual_checkpoints):
            raw.execute(pragma)
        raw.row_factory = sqlite3.Row
        raw.set_progress_handler(stopwatch.expired, LOOK_EVERY)
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if isinstance(raw, GatedConnection):
            close_gate(raw, visibility or Visibility(), KIND_OF[role])
    except BaseException:
        raw.close()
        raise
    return raw


def _pragmas(
    role: ConnectionRole, settings: DatabaseSettings, *, manual_checkpoints: bool
) -> tuple[str, ...]:
    common = ("PRAGMA foreign_keys=ON", "PRAGMA cell_size_check=ON")
    if role in KIND_OF:
        return common
    if role is not ConnectionRole.WRITER:
        return (*common, "PRAGMA query_only=ON")
    synchronous = {"FULL": "PRAGMA synchronous=FULL", "NORMAL": "PRAGMA synchronous=NORMAL"}
    return (
        *common,
        "PRAGMA journal_mode=WAL",
        synchronous[settings.synchronous],
        f"PRAGMA journal_size_limit={KEPT_OF_WAL:d}",
        f"PRAGMA wal_autocheckpoint={0 if manual_checkpoints else 1000:d}",
    )


async def opened(
    connecting: Callable[[], sqlite3.Connection], files: OpenFiles, deadline: float
) -> tuple[WorkerConnection, Identity]:
    """Open a connection on a thread of its own; return it and which files it has open.

    Raises ``DatabaseError``; nothing is left open then, nor when it is cancelled, for which it may take
    ``deadline`` seconds.
    """
    found: list[Identity] = []

    def connector() -> sqlite3.Connection:
        with contextlib.suppress(OSError):
            found.append(files.identity())
        return connecting()

    connection = WorkerConnection(connector)
    opening = owned(_identified(connection, files, found), name="connection-opening")
    try:
        return connection, await asyncio.shield(opening)
    except BaseException as error:
        await asyncio.wait({opening}, timeout=deadline)
        if not opening.done():
            opening.cancel()
        elif not opening.cancelled():
            opening.exception()
        await close_quietly(connection, deadline)
        if isinstance(error, sqlite3.Error | OSError | MemoryError):
            raise explained(from_sqlite(error), files.path) from error
        raise


async def _identified(connection: WorkerConnection, files: OpenFiles, found: list[Identity]) -> Identity:
    """Open the connection and return which files it has open; ``found`` is what lay there just before."""
    await connection
    identity = await connection.run(lambda _: files.identity())
    if not found or found[0][0] != identity[0]:
        raise ConnectionLost("the file was replaced while it was opened")
    return identity

"""The file was deleted, moved or replaced under the open connections: they still hold everything."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
from pathlib import Path

from modelus_bot.database.core.errors import CorruptionDetected
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.engine import ConnectionManager
from modelus_bot.database.recovery.recovery_context import RecoveryContext

__all__ = ["copied_from_open_handle"]


async def copied_from_open_handle(context: RecoveryContext, connections: ConnectionManager) -> Path:
    """Write what the writer's connection sees into a scratch file and check it.

    The descriptors of a deleted file lead to its data until they are closed. Raises
    ``CorruptionDetected`` when the copy is not whole or no connection is open any more.
    """
    scratch = await context.empty_scratch()
    target = scratch / "rebuilt.db"
    try:
        copied = await connections.from_open_handle(functools.partial(_copy_out, target))
    except (sqlite3.Error, ValueError) as error:
        raise CorruptionDetected(f"the open file cannot be copied: {error}") from from_sqlite(error)
    if copied is None:
        raise CorruptionDetected("no connection to the lost file is open any more")
    report = await context.check(target)
    if report.damaged:
        raise CorruptionDetected("; ".join(report.problems[:3]))
    return target


def _copy_out(target: Path, connection: sqlite3.Connection) -> bool:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
        copy.execute("PRAGMA synchronous=FULL")
        connection.backup(copy)
    target.chmod(0o600)
    return True

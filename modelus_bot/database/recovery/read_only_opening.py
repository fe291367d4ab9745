"""Reading a database that nobody may write to: no lock, no -shm, and nothing beside it can be made."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.child_process import run_child
from modelus_bot.database.core.errors import ConnectionLost, CorruptionDetected, DatabaseReadOnly
from modelus_bot.database.core.readable import Readable
from modelus_bot.database.format.sidecars import in_the_way
from modelus_bot.database.recovery.recovery_context import RecoveryContext

__all__ = ["made_readable"]

UNPACED = 1e12
COPY_SECONDS = 600.0


@contextlib.asynccontextmanager
async def made_readable(path: Path, context: RecoveryContext | None) -> AsyncIterator[Readable]:
    """Give what can be read while nothing can be written, checked first; a copy is removed at the end.

    What is still in a -wal cannot be read in its place: SQLite has to write an index of it. Raises
    ``CorruptionDetected``, ``ConnectionLost``, and ``DatabaseReadOnly`` for a file that is not there or would
    have to be migrated first.
    """
    if not await asyncio.to_thread(path.is_file):
        raise DatabaseReadOnly(f"{path} is not there, and cannot be made")
    if (obstacle := await asyncio.to_thread(in_the_way, path)) is not None:
        raise ConnectionLost(obstacle)
    scratch = await asyncio.to_thread(tempfile.mkdtemp, prefix="modelus-reading-")
    try:
        found = Readable(path, fixed=True)
        if await asyncio.to_thread(_has_log, path):
            found = Readable(Path(scratch) / path.name, fixed=False)
            for suffix in ("", "-wal"):
                await _copied(Path(f"{path}{suffix}"), Path(f"{found.path}{suffix}"))
        if context is not None:
            await _require_sound(context, found)
        logger.bind(path=str(path), copied=not found.fixed).warning("database_opened_for_reading")
        yield found
    finally:
        await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)


async def _copied(source: Path, target: Path) -> None:
    task = {"source": str(source), "target": str(target), "sha256": None, "rate": UNPACED}
    await run_child("restore", task, seconds=COPY_SECONDS)


async def _require_sound(context: RecoveryContext, found: Readable) -> None:
    """Raise unless the file is whole, as new as it was, and of this version's shape."""
    report = await context.check(found.path, depth="full", finished=found.fixed)
    if not report.readable:
        raise CorruptionDetected("; ".join(report.problems[:3]))
    state = await asyncio.to_thread(context.state.load)
    if state is not None and report.audit_id < state.audit_id:
        raise CorruptionDetected(f"the file ends at change {report.audit_id} of {state.audit_id}")
    if report.schema_digest != await asyncio.to_thread(lambda: context.validator.digest):
        raise DatabaseReadOnly("the schema is another one, and cannot be brought up to date")


def _has_log(path: Path) -> bool:
    try:
        return path.with_name(path.name + "-wal").stat().st_size > 0
    except OSError:
        return False

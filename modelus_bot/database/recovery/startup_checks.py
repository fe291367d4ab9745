"""Before anything is served: the file is there, whole, as new as it was, and of the right shape."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeVar

from loguru import logger

from modelus_bot.database.core.errors import (
    ConnectionLost,
    CorruptionDetected,
    DatabaseError,
    DiskFull,
    StorageFailed,
)
from modelus_bot.database.core.reachability import why_not
from modelus_bot.database.core.state_file import DatabaseState
from modelus_bot.database.core.system_errors import class_for_fault, translated
from modelus_bot.database.engine import Known, epoch_of
from modelus_bot.database.format.sidecars import in_the_way
from modelus_bot.database.integrity import Budget
from modelus_bot.database.recovery.atomic_swap import clear_leftovers, finish_interrupted
from modelus_bot.database.recovery.damage_confirmation import DamageFinding, confirmed, looked_at
from modelus_bot.database.recovery.new_database import begin
from modelus_bot.database.recovery.offline_migration import migrated
from modelus_bot.database.recovery.recover import recover
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.recovery.schema_repair import (
    mend,
    mend_all_searches,
    needs_mending,
    searches_need_mending,
)
from modelus_bot.database.recovery.wal_origin import set_strangers_wal_aside
from modelus_bot.database.schema import Migrator
from modelus_bot.runtime.atomic_files import NO_FILE, is_no_file
from modelus_bot.runtime.os_errors import in_words

__all__ = ["create_file", "make_ready"]

T = TypeVar("T")

LOOK_AGAIN = (0.5, 1.0, 2.0)
"""Pauses in seconds before a file that cannot be read is looked at again."""

NEEDED_TO_LOOK = 128 * 1024
"""Bytes of free space without which SQLite cannot open a file: the index of its -wal needs them."""


async def make_ready(context: RecoveryContext) -> tuple[str, ...]:
    """Check, recover and migrate the file before it is opened; returns the migrations applied.

    Raises ``CorruptionDetected`` when it is damaged and nothing to restore from was found,
    ``SchemaMismatch`` when its shape is not one this version can work with, ``MigrationFailed``, and
    ``DiskFull``, ``DatabaseReadOnly`` or ``StorageFailed`` when a file or folder cannot be worked with.
    """
    with translated():
        return await _make_ready(context)


async def _make_ready(context: RecoveryContext) -> tuple[str, ...]:
    budget = Budget()
    if context.path.exists() or await finish_interrupted(context, budget):
        await asyncio.to_thread(clear_leftovers, context)
    await asyncio.to_thread(_require_files, context.path)
    state = await asyncio.to_thread(context.state.load)
    if context.path.is_file() and context.path.stat().st_size:
        await _patiently(lambda: set_strangers_wal_aside(context, state))
        await _check(context, state, budget)
    else:
        missing = "the database file is missing"
        known = await asyncio.to_thread(context.known)
        await begin(context, create_file, lambda: _recover(context, missing, None, known, budget))
    applied = await _migrate(context, budget)
    if await asyncio.to_thread(needs_mending, context.path, context.validator):
        await context.rewriting()
        await asyncio.to_thread(mend, context.path, context.validator)
        await context.checksums.adopt()
    if await asyncio.to_thread(searches_need_mending, context.path):
        await context.rewriting()
        await asyncio.to_thread(mend_all_searches, context.path)
        await context.checksums.adopt()
    return applied


def create_file(path: Path) -> None:
    """Create an empty file with mode 0600, and its folder, unless it is there."""
    with translated(otherwise=ConnectionLost):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():  # nobody but SQLite opens it, not even to find that it is there
            return
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _require_files(path: Path) -> None:
    """Raise ``ConnectionLost`` for what cannot be opened as a database, or not beside what lies there."""
    if is_no_file(path):
        raise ConnectionLost(f"{path} {NO_FILE}")
    if (obstacle := in_the_way(path)) is not None:
        raise ConnectionLost(f"{obstacle}; move it away from {path.parent}")


async def _check(context: RecoveryContext, state: DatabaseState | None, budget: Budget) -> None:
    """Look for damage: closely after a run that did not end in order, quickly otherwise."""
    clean = state is not None and state.clean
    context.epoch.found(await _patiently(lambda: asyncio.to_thread(epoch_of, context.path)))
    comparable = await _patiently(context.checksums.comparable)
    depth: Literal["quick", "full"] = "quick" if clean and comparable else "full"
    found = await _looked_at(context, depth, budget)
    if not found.sound:
        found = await confirmed(context, found, budget)
    if found.damaged or found.behind:
        reason = "damage was found at the start" if found.damaged else "the file is older than it was"
        await _recover(context, reason, found, found.known, budget)
        return
    report = found.report
    context.found_at_start(report)
    reached = replace((state or DatabaseState()).reached(report.audit_id, report.audit_head), clean=False)
    await asyncio.to_thread(context.state.keep, reached)
    logger.bind(audit_id=report.audit_id, ok=report.ok, depth=depth, clean=clean).info("database_checked")


async def _patiently(look: Callable[[], Awaitable[T]]) -> T:
    """Look again after a pause where the disk does not answer at once; raises ``OSError`` in the end."""
    for pause in LOOK_AGAIN:
        try:
            return await look()
        except OSError as error:
            logger.bind(error=in_words(error)).warning("file_cannot_be_looked_at")
            await asyncio.sleep(pause)
    return await look()


async def _looked_at(
    context: RecoveryContext, depth: Literal["quick", "full"], budget: Budget
) -> DamageFinding:
    """Look at the file until that is possible; raises what keeps it from being looked at."""
    for pause in LOOK_AGAIN:
        found = await looked_at(context, budget, depth)
        if not found.unseen:
            return found
        if found.wastes_time:
            raise _cannot_look(context.path, found.report.problems)
        depth = "full"
        await asyncio.sleep(pause)
    found = await looked_at(context, budget, depth, fresh=True)
    if found.unseen:
        raise _cannot_look(context.path, found.report.problems)
    return found


def _cannot_look(path: Path, problems: Sequence[str]) -> DatabaseError:
    """Say why the file could not be checked: what was not seen must not be taken for lost."""
    why = "; ".join(problems[:3])
    full = shutil.disk_usage(path.parent).free < NEEDED_TO_LOOK
    if not full and (found := why_not(path)) is not None:
        return class_for_fault(found[0])(why if found[1] in why else f"{why}: {found[1]}")
    return DiskFull(why) if full else StorageFailed(why)


async def _recover(
    context: RecoveryContext, reason: str, finding: DamageFinding | None, known: Known, budget: Budget
) -> None:
    problems = finding.problems if finding is not None else ()
    if context.settings.recovery == "off":
        raise CorruptionDetected(f"{reason} and recovery is off: {'; '.join(problems[:3])}")
    recovered = await recover(context, reason, finding, known, budget)
    context.note_retreat(known.audit_id, recovered.audit_id, recovered.source)
    context.tell_recovered(recovered, f"{reason.capitalize()}. ", problems)


async def _migrate(context: RecoveryContext, budget: Budget) -> tuple[str, ...]:
    """Apply what is pending after a verified backup, which is restored if the file is worse than before."""
    migrator = Migrator(context.path, invariants=context.invariants)
    status = await asyncio.to_thread(migrator.status)
    return () if all(item.applied for item in status) else await migrated(context, migrator.up, budget)

"""Before anything is served: the file is there, whole, as new as it was, and of the right shape."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from loguru import logger

from modelus_bot.database.errors import (
    ConnectionLost,
    CorruptionDetected,
    DatabaseError,
    DiskFull,
    StorageFailed,
)
from modelus_bot.database.files import NO_FILE, is_no_file
from modelus_bot.database.pagesums.report import SumsReport
from modelus_bot.database.reachability import why_not
from modelus_bot.database.recovery.migrating import migrated
from modelus_bot.database.recovery.parts import Parts
from modelus_bot.database.recovery.recovering import recover
from modelus_bot.database.recovery.replacing import clear_leftovers, finish_interrupted
from modelus_bot.database.recovery.shaping import mend, needs_mending
from modelus_bot.database.recovery.state import State
from modelus_bot.database.salvage.beside import in_the_way
from modelus_bot.database.schema import Migrator
from modelus_bot.database.system_errors import class_for_fault, translated

__all__ = ["create_file", "make_ready"]

NEEDED_TO_LOOK = 128 * 1024
"""Bytes of free space without which SQLite cannot open a file: the index of its -wal needs them."""


async def make_ready(parts: Parts) -> tuple[str, ...]:
    """Check, recover and migrate the file before it is opened; returns the migrations applied.

    Raises ``CorruptionDetected`` when it is damaged and nothing to restore from was found,
    ``SchemaMismatch`` when its shape is not one this version can work with, ``MigrationFailed``, and
    ``DiskFull``, ``DatabaseReadOnly`` or ``StorageFailed`` when a file or folder cannot be worked with.
    """
    with translated():
        return await _make_ready(parts)


async def _make_ready(parts: Parts) -> tuple[str, ...]:
    if parts.path.exists() or await finish_interrupted(parts):
        await asyncio.to_thread(clear_leftovers, parts)
    await asyncio.to_thread(_require_files, parts.path)
    state = parts.state.load()
    if parts.path.is_file() and parts.path.stat().st_size:
        await _check(parts, state)
    elif state is not None or await _has_copies(parts):
        await _recover(parts, "the database file is missing", (), state or State(), ())
    else:
        create_file(parts.path)
    applied = await _migrate(parts)
    if await asyncio.to_thread(needs_mending, parts.path, parts.validator):
        await parts.sums.forget()
        await asyncio.to_thread(mend, parts.path, parts.validator)
        await parts.sums.adopt()
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


async def _check(parts: Parts, state: State | None) -> None:
    """Look for damage: closely after a run that did not end in order, quickly otherwise."""
    clean = state is not None and state.clean
    comparable = await parts.sums.comparable()
    depth: Literal["quick", "full"] = "quick" if clean and comparable else "full"
    report = await parts.check(parts.path, depth=depth)
    # What is not worth trusting is not read to its end: it may be very long.
    sums = await parts.sums.check() if comparable or not report.damaged else SumsReport()
    known = state or State()
    if report.damaged or sums.unexplained:
        problems = [*report.problems, *(f"page {page} was altered" for page in sums.unexplained[:20])]
        await _recover(parts, "damage was found at the start", problems, known, sums.unexplained)
    elif not report.readable or (not report.complete and report.audit_id < known.audit_id):
        raise _cannot_look(parts.path, report.problems)
    elif report.audit_id < known.audit_id:
        problems = [f"the file ends at change {report.audit_id}, the bot had reached {known.audit_id}"]
        await _recover(parts, "the file is older than it was", problems, known, ())
    else:
        parts.rows_broken = bool(report.broken_rows)
        reached = replace(known.reached(report.audit_id, report.audit_head), clean=False)
        await asyncio.to_thread(parts.state.keep, reached)
        logger.bind(audit_id=report.audit_id, ok=report.ok, depth=depth, clean=clean).info("database_checked")


def _cannot_look(path: Path, problems: Sequence[str]) -> DatabaseError:
    """Say why the file could not be checked: what was not seen must not be taken for lost."""
    why = "; ".join(problems[:3])
    full = shutil.disk_usage(path.parent).free < NEEDED_TO_LOOK
    if not full and (found := why_not(path)) is not None:
        return class_for_fault(found[0])(why if found[1] in why else f"{why}: {found[1]}")
    return DiskFull(why) if full else StorageFailed(why)


async def _recover(
    parts: Parts, reason: str, problems: tuple[str, ...] | list[str], known: State, bad_pages: tuple[int, ...]
) -> None:
    if parts.settings.recovery == "off":
        raise CorruptionDetected(f"{reason} and recovery is off: {'; '.join(problems[:3])}")
    recovered = await recover(parts, reason, problems, audit_id=known.audit_id, bad_pages=bad_pages)
    parts.note_retreat(known.audit_id, recovered.audit_id, recovered.source)
    await asyncio.to_thread(parts.state.keep, replace(parts.state.load() or known, clean=False))
    parts.alert(
        "database_recovered",
        f"{reason.capitalize()}. {recovered}",
        "critical" if recovered.lost else "warning",
        source=recovered.source,
        audit_id=recovered.audit_id,
        lost=recovered.lost,
        problems=list(problems)[:10],
    )


async def _has_copies(parts: Parts) -> bool:
    """Say whether there is something to bring back; raises when a bucket cannot be asked.

    On a new machine the bucket may hold everything: an empty database must not go on in its archive.
    """
    if parts.backups.newest_verified() is not None:
        return True
    if not parts.archive.available:
        return False
    try:
        return await parts.archive.moments() is not None
    except DatabaseError:
        if parts.archive.remote:
            raise
        return False


async def _migrate(parts: Parts) -> tuple[str, ...]:
    """Apply what is pending after a verified backup, which is restored if the file is worse than before."""
    migrator = Migrator(parts.path, invariants=parts.invariants)
    status = await asyncio.to_thread(migrator.status)
    return () if all(one.applied for one in status) else await migrated(parts, migrator.up)

"""Puts another, checked file in the database's place; where that is killed, the next start finishes it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.core.state_file import DatabaseState
from modelus_bot.database.engine import renew_epoch
from modelus_bot.database.integrity import Budget
from modelus_bot.database.recovery.quarantine import move_to_quarantine
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.recovery.timeline import end_of
from modelus_bot.runtime.atomic_files import PARTIAL, move_into_place
from modelus_bot.runtime.os_errors import in_words

__all__ = [
    "CHOSEN",
    "PREVIEW_SECONDS",
    "clear_leftovers",
    "clear_previews",
    "finish_interrupted",
    "put_in_place",
]

CHOSEN = "chosen.db"
"""Name in the scratch folder of what is about to take the file's place, complete and checked."""
PREVIEW_SECONDS = 1800.0
"""How long the scratch file of a preview is kept, in which it can be applied."""


async def put_in_place(
    context: RecoveryContext, chosen: Path, reason: str, problems: Sequence[str]
) -> Path | None:
    """Set aside what lies in the file's place and move ``chosen`` there; returns where the old one is.

    Killed in between, the next start finds the chosen file complete and finishes the move. With the
    file goes what is remembered of it: from now on its newest entry is where the history goes on.
    """
    ready = context.scratch / CHOSEN
    for folder in (context.scratch, context.path.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    await asyncio.to_thread(_set_to_wal, chosen)
    await asyncio.to_thread(renew_epoch, chosen, after=await asyncio.to_thread(context.newest_epoch))
    await asyncio.to_thread(move_into_place, chosen, ready)
    line = await asyncio.to_thread(end_of, ready)
    quarantined = None
    if any(path.exists() for path in parts_of(context.path)):
        moved = await asyncio.to_thread(
            move_to_quarantine,
            context.path,
            context.settings.quarantine,
            reason,
            problems,
            now=context.clock(),
        )
        quarantined = moved.folder
    await _silence_helpers(context)  # not earlier: while the old file is in place they say what is wrong
    state = replace((context.state.load() or DatabaseState()).began(*line), clean=False)
    await asyncio.to_thread(context.state.keep, state)
    await asyncio.to_thread(move_into_place, ready, context.path)
    try:
        await context.checksums.adopt()
    except (DatabaseError, OSError) as error:
        logger.bind(error=in_words(error)).warning("page_sums_not_adopted")
    return quarantined


async def _silence_helpers(context: RecoveryContext) -> None:
    """Forget what is kept of the old file; where that fails its epoch is another one than the new file's."""
    for forget in (context.checksums.forget(), asyncio.to_thread(context.high_water.forget)):
        try:
            await forget
        except OSError as error:
            logger.bind(error=in_words(error)).warning("helper_not_forgotten")


async def finish_interrupted(context: RecoveryContext, budget: Budget | None = None) -> bool:
    """Finish a replacement that a kill interrupted; returns whether there was one."""
    ready = context.scratch / CHOSEN
    if context.path.exists() or not ready.exists():
        return False
    if (await context.check(ready, budget=budget)).damaged:
        return False
    await put_in_place(context, ready, "an interrupted replacement is finished", ())
    logger.bind(path=str(context.path)).warning("replacement_finished")
    return True


def clear_leftovers(context: RecoveryContext) -> None:
    """Remove scratch files that a kill left behind; blocking, for a start, before any is made."""
    shutil.rmtree(context.scratch, ignore_errors=True)
    _remove(context.path.parent.glob(f"{context.path.name}-drill{PARTIAL}*"))
    clear_previews(context)


def clear_previews(context: RecoveryContext) -> None:
    """Remove scratch files of previews that can no longer be applied; younger ones may be somebody's."""
    if (oldest := context.clock.cutoff(PREVIEW_SECONDS)) is None:
        return
    with contextlib.suppress(OSError):
        found = list(context.path.parent.glob(f"{context.path.name}-preview-*{PARTIAL}*"))
        _remove(path for path in found if path.stat().st_mtime < oldest)


def _set_to_wal(database: Path) -> None:
    """Write the mode into the file now: done when it is opened, it would look like a stranger's write."""
    try:
        with contextlib.closing(sqlite3.connect(database, isolation_level=None, timeout=5.0)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        raise from_sqlite(error) from error


def _remove(paths: Iterable[Path]) -> None:
    with contextlib.suppress(OSError):
        for path in paths:
            path.unlink(missing_ok=True)
            logger.bind(path=str(path)).info("leftover_removed")

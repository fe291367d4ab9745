"""A start without a database file: brought back, or begun with an empty one, and that never by mistake."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from loguru import logger

from modelus_bot.database.archive import meta_folder
from modelus_bot.database.backup import MANIFEST
from modelus_bot.database.core.errors import CorruptionDetected, OpeningRefused
from modelus_bot.database.core.state_file import DatabaseState
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.recovery.remains import (
    ArchiveRemains,
    RemainStanding,
    Trace,
    archive_remains,
    remains_in_words,
    traces_of,
)
from modelus_bot.runtime.atomic_files import sync_folder

__all__ = ["EarlierDatabase", "begin"]

WAY_OUT = (
    "To begin with an empty database on purpose, start once with “modelus-bot run --begin-anew”, which sets"
    " all of this aside and deletes nothing."
)


async def begin(
    context: RecoveryContext, create: Callable[[Path], None], recover: Callable[[], Awaitable[None]]
) -> None:
    """Bring a missing database back from what lies there, or ``create`` it where nothing does.

    Raises ``OpeningRefused`` when something lies there that may hold the data and cannot be used.
    """
    traces = await traces_of(context)
    if not traces:
        # Should making it fail, changes may be saved for later beside it: they are not an earlier database's.
        await asyncio.to_thread(context.state.keep, DatabaseState(clean=False, begun=False))
        create(context.path)
        return
    try:
        await recover()
    except CorruptionDetected as error:
        logger.bind(traces=[str(trace) for trace in traces], error=error.detail).error("database_not_begun")
        raise OpeningRefused(_refusal(context.path, traces, error.detail)) from error


class EarlierDatabase:
    """What a database that is not there any more left behind: copies, an archive, files beside its place."""

    def __init__(self, context: RecoveryContext) -> None:
        """Take where it was, and where its copies and its archive are."""
        self._context = context

    async def archive(self) -> ArchiveRemains:
        """Look for an archive of it; nothing is changed, and no folder made."""
        return await archive_remains(self._context)

    async def require_none(self, *, empty: bool = False) -> None:
        """Raise ``OpeningRefused`` where a database that is made now would hide an earlier one.

        ``empty`` says that a file that is there was found to hold nothing.
        """
        if not empty and await asyncio.to_thread(_is_there, self._context.path):
            return
        if traces := await traces_of(self._context):
            usable = any(trace.standing is RemainStanding.USABLE for trace in traces)
            why = "start the bot, which restores it" if usable else "it cannot be restored from that"
            raise OpeningRefused(_refusal(self._context.path, traces, why))

    async def set_aside(self) -> tuple[Path, ...]:
        """Move away what it left, so that an empty one can be begun; returns where that is now.

        Each thing stays on its disk, in a folder ``earlier-…`` beside its place. Nothing is done while there
        is a database. Raises ``OpeningRefused`` for a bucket that holds something or cannot be asked,
        ``OSError``.
        """
        if await asyncio.to_thread(_is_there, self._context.path):
            return ()
        traces = await traces_of(self._context)
        if away := [trace for trace in traces if trace.path is None]:
            raise OpeningRefused(
                f"{remains_in_words(away)} may hold an earlier database, and two must not share a place."
                " Name an empty one in archive.url, or take it out of the settings, and begin anew then."
            )
        return await asyncio.to_thread(_set_aside, self._context, traces)


def _set_aside(context: RecoveryContext, traces: tuple[Trace, ...]) -> tuple[Path, ...]:
    name = time.strftime("earlier-%Y%m%dT%H%M%SZ", time.gmtime())
    quarantine = context.settings.quarantine
    paths = [trace.path for trace in traces if trace.path is not None and trace.path.parent != quarantine]
    paths += [path.with_name(path.name + MANIFEST) for path in paths if path.parent == context.backups.folder]
    if paths:
        paths += [meta_folder(context.path), *context.path.parent.glob(f"{context.path.name}-sums*")]
        paths.append(context.high_water.path)
    made: dict[Path, None] = {}
    for path in paths:
        if path.exists() or path.is_symlink():
            folder = path.parent / name
            folder.mkdir(mode=0o700, exist_ok=True)
            path.rename(folder / path.name)
            made[folder] = None
    for folder in made:
        sync_folder(folder.parent)
    logger.bind(folders=[str(item) for item in made]).warning("earlier_database_set_aside")
    return tuple(made)


def _is_there(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _refusal(path: Path, traces: tuple[Trace, ...], why: str) -> str:
    """Say what lies there, why it is not used, and what to do about it."""
    unreadable = any(trace.standing is RemainStanding.UNREADABLE for trace in traces)
    adoptable = any(trace.what == "backup" and trace.standing is RemainStanding.UNUSABLE for trace in traces)
    todo = ["Let the bot's user read it (chown, chmod), or repair what keeps it away."] if unreadable else []
    if adoptable:
        todo.append("“modelus-bot backup list” shows the copies, “backup verify NAME” says what one is.")
    words = (
        f"There is no database at {path}, and none was begun, because something of an earlier one is there"
    )
    return f"{words}: {remains_in_words(traces)}. It was not restored: {why}. {' '.join([*todo, WAY_OUT])}"

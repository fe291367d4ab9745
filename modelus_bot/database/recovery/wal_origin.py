"""Whose -wal lies beside a file that was closed in order: the one that was left there, or a stranger's.

A -wal is laid over whatever file it lies beside. Nothing may have written one after an orderly end, so that
one which is not as it was then is set aside before anything opens the file.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from dataclasses import replace
from enum import Enum, auto
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.state_file import DatabaseState
from modelus_bot.database.engine import epoch_with, is_later
from modelus_bot.database.format.wal import Position
from modelus_bot.database.format.wal_reader import WalSummary, summary_of
from modelus_bot.database.recovery.quarantine import new_folder
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.runtime.atomic_files import sync_folder

__all__ = ["WalOrigin", "origin_of", "set_strangers_wal_aside", "wal_mark"]


class WalOrigin(Enum):
    """Who wrote a -wal."""

    OURS = auto()
    EXTENDED = auto()
    """It begins as it was left, and somebody went on writing."""
    STRANGERS = auto()
    UNKNOWN = auto()
    """Nothing beside the file can tell; its audit trail has to."""


def origin_of(state: DatabaseState | None, alone: int, together: int, mark: str) -> WalOrigin:
    """Say who wrote a -wal that is ``mark`` now; ``alone`` and ``together`` are epochs without and with it.

    A run of ours begins with a later epoch: a -wal with one may be ours though the state does not know of it.
    A state of another epoch than the file's is older than it and says nothing.
    """
    if not mark:
        return WalOrigin.OURS
    if state is None or not state.clean or not state.epoch or state.epoch not in {alone, together}:
        return WalOrigin.UNKNOWN
    if is_later(together, state.epoch):
        return WalOrigin.UNKNOWN
    if mark == state.wal:
        return WalOrigin.OURS
    same = bool(state.wal) and mark.split(":", maxsplit=1)[0] == state.wal.split(":")[0]
    return WalOrigin.EXTENDED if same and _frames(mark) > _frames(state.wal) else WalOrigin.STRANGERS


def wal_mark(database: Path) -> str:
    """Describe what the -wal of a file that nobody has open has committed: salts, frames, checksum.

    Nothing for one that is empty or not there. Raises ``OSError``.
    """
    return _mark(summary_of(_wal(database)))


def _mark(wal: WalSummary | None) -> str:
    if wal is None:
        return ""
    end = wal.end
    return f"{end.generation.salts.hex()}:{end.frames}:{end.running[0]:08x}{end.running[1]:08x}"


async def set_strangers_wal_aside(context: RecoveryContext, state: DatabaseState | None) -> None:
    """Move a -wal into quarantine that was not there when the file was closed in order, and tell of it.

    Raises ``OSError``, so that the file is not opened with it.
    """
    folder = await asyncio.to_thread(_set_aside, context, state)
    if folder is None:
        return
    context.alert(
        "strange_wal_set_aside",
        "Beside the database lay a write-ahead log that was not there when the bot ended: another program's,"
        " or changes made by hand. It was not used; the database is as the bot left it. The log is kept in"
        f" {folder}.",
        "warning",
        folder=str(folder),
    )


def _set_aside(context: RecoveryContext, state: DatabaseState | None) -> Path | None:
    wal = _wal(context.path)
    found = summary_of(wal)
    if found is None:
        return None
    mark = _mark(found)
    origin = origin_of(state, epoch_with(context.path, None), epoch_with(context.path, found), mark)
    if origin not in {WalOrigin.EXTENDED, WalOrigin.STRANGERS}:
        return None
    extended = origin is WalOrigin.EXTENDED and state is not None
    folder = new_folder(context.settings.quarantine, context.path.stem, context.clock())
    kept = folder / wal.name
    shutil.copyfile(wal, kept)
    kept.chmod(0o600)
    _flush(kept)
    if extended and state is not None:
        _cut(wal, replace(found.end, frames=_frames(state.wal)))
    else:
        wal.unlink()
    context.path.with_name(context.path.name + "-shm").unlink(missing_ok=True)
    sync_folder(context.path.parent)
    logger.bind(folder=str(folder), origin=origin.name.lower(), mark=mark).warning("wal_set_aside")
    return folder


def _cut(wal: Path, end: Position) -> None:
    """Take away what was written behind what was there."""
    os.truncate(wal, end.offset)
    _flush(wal)


def _flush(path: Path) -> None:
    with contextlib.closing(path.open("rb")) as stream:
        os.fsync(stream.fileno())


def _frames(mark: str) -> int:
    return int(mark.split(":")[1])


def _wal(database: Path) -> Path:
    return database.with_name(database.name + "-wal")

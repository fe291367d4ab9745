"""Databases to archive, and programs found or not: what the archive's tests share."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelus_bot.config import ArchiveSettings
from modelus_bot.database.archive.archive import Archive
from modelus_bot.database.archive.program import find_program

__all__ = [
    "CheckpointsWhen",
    "add",
    "count",
    "first_copy",
    "needs_program",
    "opened",
    "pid_alive",
    "quick",
    "rows",
    "sound",
]

needs_program = pytest.mark.skipif(
    find_program("litestream") is None, reason="the program litestream is not installed"
)


def quick(folder: Path, **more: object) -> ArchiveSettings:
    """Settings of an archive in ``folder`` that copies each 50 ms."""
    return ArchiveSettings.model_validate({"folder": folder, "sync_milliseconds": 50} | more)


def opened(path: Path) -> sqlite3.Connection:
    """Open a database the way the bot's writer does while an archive runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=0", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute("CREATE TABLE IF NOT EXISTS notes(id INTEGER PRIMARY KEY, at REAL, text TEXT)")
    return connection


def add(connection: sqlite3.Connection, rows: int, *, text: str = "note") -> None:
    """Commit ``rows`` rows one by one, each with the moment before its commit."""
    for _ in range(rows):
        connection.execute("INSERT INTO notes(at, text) VALUES (?, ?)", (time.time(), text))


async def first_copy(archive: Archive) -> None:
    """Wait for the full copy that begins a new archive, about a second after its start."""
    async with asyncio.timeout(20):
        while not await archive.snapshots():
            await asyncio.sleep(0.1)


def rows(path: Path) -> list[tuple[int, float]]:
    """Ids and moments of all rows of a restored file."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT id, at FROM notes ORDER BY id").fetchall()
    finally:
        connection.close()


def count(path: Path) -> int:
    """How many rows a restored file has; the file must be whole."""
    assert sound(path)
    return len(rows(path))


def sound(path: Path) -> bool:
    """True when SQLite finds nothing wrong with the file."""
    connection = sqlite3.connect(path)
    connection.text_factory = bytes
    try:
        return connection.execute("PRAGMA integrity_check").fetchall() == [(b"ok",)]
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def pid_alive(pid: int) -> bool:
    """True while a process runs; one that has ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}


@dataclass
class CheckpointsWhen:
    """Has the program checkpoint while something is so."""

    due: Callable[[], bool]
    being_written: Callable[[], AbstractContextManager[None]]

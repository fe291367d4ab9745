"""The archive with the real program: start, stop, sync, rows back after everything else is lost."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from modelus_bot.config import ArchiveSettings
from modelus_bot.database.archive import Archive
from modelus_bot.database.archive.litestream import find_program

pytestmark = pytest.mark.skipif(
    find_program("litestream") is None, reason="the program litestream is not installed"
)


def opened(path: Path) -> sqlite3.Connection:
    """Open a database the way the bot's writer does."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=0", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute("CREATE TABLE IF NOT EXISTS notes(id INTEGER PRIMARY KEY, at REAL, text TEXT)")
    return connection


async def test_rows_come_back(tmp_path: Path) -> None:
    """What was committed before sync is in a restore after the folder of the database is lost."""
    home = tmp_path / "home"
    home.mkdir()
    settings = ArchiveSettings(folder=tmp_path / "archive")
    writer = opened(home / "bot.db")
    async with Archive(home / "bot.db", settings) as archive:
        writer.executemany("INSERT INTO notes(text) VALUES (?)", [(f"note {n}",) for n in range(500)])
        await archive.sync()
        status = archive.status()
        assert status.running
        assert archive.checkpoints
        writer.close()
    shutil.rmtree(home)
    target = tmp_path / "restored.db"
    await Archive(home / "bot.db", settings).restore(target)
    restored = sqlite3.connect(target)
    assert restored.execute("SELECT count(*) FROM notes").fetchone() == (500,)
    restored.close()

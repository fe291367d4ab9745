"""Nobody but SQLite opens the live file in the bot's process: that would drop its locks."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from modelus_bot.database.context import Context
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.openings import FileOpenedByPath, refusing
from tests.database.operations import PutSetting, setting


async def test_opening_the_live_file_is_refused_or_logged(db: DatabaseManager, path: Path) -> None:
    """Reading, copying and hashing it by path are all seen; SQLite itself goes on."""
    await db.write(PutSetting(key="a", value=1), Context())
    with refusing():
        for opening in (
            path.read_bytes,
            lambda: shutil.copy(path, path.with_name("copy.db")),
            lambda: os.open(path, os.O_RDONLY),
            path.with_name("modelus.db").read_text,
        ):
            with pytest.raises(FileOpenedByPath):
                opening()
        await db.write(PutSetting(key="a", value=2), Context())
        assert await db.read(setting, "a") == 2
        assert path.with_name(path.name + "-wal").read_bytes()


async def test_a_closed_database_may_be_opened(db: DatabaseManager, path: Path) -> None:
    """Once no connection is open there are no locks to lose."""
    await db.write(PutSetting(key="a", value=1), Context())
    await db.close()
    with refusing():
        assert path.read_bytes()

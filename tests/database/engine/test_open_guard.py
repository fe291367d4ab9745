"""Nobody but SQLite opens the live file in the bot's process: that would drop its locks."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import modelus_bot
from modelus_bot.database.core.context import Context
from modelus_bot.database.engine.open_guard import FileOpenedByPath, refusing
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.runtime.atomic_files import move_into_place
from tests.database.operations import PutSetting, setting


async def test_opening_the_live_file_is_refused_or_logged(
    db: DatabaseManager, path: Path, tmp_path: Path
) -> None:
    """Reading, copying and hashing it by path are all seen; SQLite itself goes on."""
    await db.write(PutSetting(key="a", value=1), Context())
    link, linked_folder = path.with_name("link.db"), tmp_path / "linked"
    link.symlink_to(path)
    linked_folder.symlink_to(path.parent, target_is_directory=True)
    with refusing():
        for opening in (
            path.read_bytes,
            lambda: shutil.copy(path, path.with_name("copy.db")),
            lambda: os.open(path, os.O_RDONLY),
            path.with_name("modelus.db").read_text,
            (path.parent / ".." / path.parent.name / path.name).read_bytes,
            link.read_bytes,
            (linked_folder / path.name).read_bytes,
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


async def test_only_what_a_package_itself_opens_is_refused(db: DatabaseManager, path: Path) -> None:
    """Code of the package is refused through whatever it calls; a test that damages the file is not."""
    await db.write(PutSetting(key="a", value=1), Context())
    with refusing(by=Path(modelus_bot.__file__).parent):
        assert path.read_bytes()
        with pytest.raises(FileOpenedByPath):
            move_into_place(path, path.with_name("elsewhere.db"))

"""A folder or disk that nobody may write to: what is there can be read, and all is normal afterwards."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import AlreadyRunning, DatabaseError
from modelus_bot.database.core.instance_lock import InstanceLock
from modelus_bot.database.health.causes import cause_words
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from tests.database.continuing import continuity_of
from tests.database.operations import PutSetting, all_settings, setting
from tests.small_disk import small_disk

Settings = Callable[..., DatabaseSettings]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk for the database's folder."""
    with small_disk(tmp_path / "data", "16m") as place:
        yield place


def let_write(disk: Path, *, allowed: bool) -> None:
    """Mount the disk for reading only, or for writing again."""
    how = "remount,rw" if allowed else "remount,ro"
    subprocess.run(["mount", "-o", how, str(disk)], check=True, capture_output=True)


def manager(path: Path, elsewhere: Path, settings: Settings) -> DatabaseManager:
    """Return the database as the bot opens it, looked after often."""
    protection = Protection(
        path,
        backup=BackupSettings(folder=elsewhere / "backups", schedule="off"),
        archive=ArchiveSettings(mode="off", folder=elsewhere / "archive"),
        integrity=IntegritySettings(quarantine=elsewhere / "quarantine"),
    )
    return DatabaseManager(
        path,
        settings(breaker_probe_first=0.1, breaker_probe_cap=0.2),
        tolerant=True,
        protection=protection,
        fallback=continuity_of(path, patience=0.2),
    )


async def until(db: DatabaseManager, mode: str) -> None:
    """Wait for a mode."""
    async with asyncio.timeout(30):
        while db.mode != mode:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("stopped", ["in order", "killed"])
async def test_a_read_only_disk_is_read_from(
    disk: Path, tmp_path: Path, quick_settings: Settings, monkeypatch: pytest.MonkeyPatch, stopped: str
) -> None:
    """All that was acknowledged can be read, also what is in the -wal; a write is refused in a sentence."""
    path = disk / "modelus.db"
    kept, scratch = tmp_path / "killed", tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    async with manager(path, tmp_path, quick_settings) as db:
        await db.write(PutSetting(key="a", value=1), Context())
        kept.mkdir()
        for suffix in ("", "-wal", "-state"):
            shutil.copy(f"{path}{suffix}", kept)
    if stopped == "killed":
        for item in kept.iterdir():
            shutil.copy(item, disk)
        assert (disk / "modelus.db-wal").stat().st_size
    let_write(disk, allowed=False)
    before = sorted((item.name, item.stat().st_mtime_ns) for item in disk.iterdir())
    async with manager(path, tmp_path, quick_settings) as db:
        assert db.mode == "read_only"
        assert await db.read(setting, "a") == 1
        with pytest.raises(DatabaseError) as refused:
            await db.write(PutSetting(key="b", value=2), Context(deadline=1.0))
        assert "The database can only be read at the moment. Please tell an administrator." in str(
            refused.value.user_message
        )
        words = "The file or its folder can only be read. Look at the disk and the permissions."
        assert cause_words(db.availability.cause) == words
        started = time.monotonic()
        while time.monotonic() - started < 1:
            assert await db.read(setting, "a") == 1
            await asyncio.sleep(0.05)
        assert db.mode == "read_only"
        assert sorted((item.name, item.stat().st_mtime_ns) for item in disk.iterdir()) == before
        let_write(disk, allowed=True)
        await until(db, "normal")
        assert await db.write(PutSetting(key="b", value=2), Context()) == 1
        assert await db.read(all_settings) == {"a": 1, "b": 2}
        with pytest.raises(AlreadyRunning):
            InstanceLock(path).acquire()
    assert not list(scratch.iterdir())


async def test_nobody_writes_what_is_only_read_here(
    disk: Path, tmp_path: Path, quick_settings: Settings
) -> None:
    """A bot that has the file keeps out one that could only read it, and the other way round."""
    path = disk / "modelus.db"
    async with manager(path, tmp_path, quick_settings) as db:
        await db.write(PutSetting(key="a", value=1), Context())
        with pytest.raises(AlreadyRunning):
            InstanceLock(path).hold_for_reading()
    let_write(disk, allowed=False)
    async with manager(path, tmp_path, quick_settings) as db:
        assert db.mode == "read_only"
        let_write(disk, allowed=True)
        held = InstanceLock(path)
        with pytest.raises(AlreadyRunning):
            held.acquire()


async def test_damage_is_not_served_from_a_read_only_disk(
    disk: Path, tmp_path: Path, quick_settings: Settings
) -> None:
    """What cannot be mended, because nothing can be written, is not read either."""
    path = disk / "modelus.db"
    async with manager(path, tmp_path, quick_settings) as db:
        await db.write(PutSetting(key="a", value=1), Context())
    content = bytearray(path.read_bytes())
    content[4096:16384] = b"\xff" * 12288
    path.write_bytes(content)
    let_write(disk, allowed=False)
    async with manager(path, tmp_path, quick_settings) as db:
        assert db.mode == "degraded"
        with pytest.raises(DatabaseError):
            await db.read(setting, "a")

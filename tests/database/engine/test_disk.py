"""A small disk that fills up, and one that may not be written to: said truly, passed without a restart."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError, DatabaseUnavailable, DiskFull
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import PutSetting, PutThenRefuse, Refused, occupied, setting
from tests.small_disk import small_disk
from tests.waiting import scene_of

pytestmark = pytest.mark.fault

Settings = Callable[..., DatabaseSettings]


class PutMuch(Write[int]):
    """Write rows of 50 kB: more than SQLite keeps in memory until COMMIT, if there are many."""

    key: str
    rows: int

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        for number in range(self.rows):
            value = f'"{os.urandom(25_000).hex()}"'
            PutSetting(key=f"{self.key}:{number}", value=number).apply(tx)
            tx.execute("UPDATE settings SET value = ? WHERE key = ?", (value, f"{self.key}:{number}"))
        return self.rows


class PutMuchRegardless(PutMuch):
    """Go on when a statement fails, as an operation may that catches too much."""

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        with contextlib.suppress(sqlite3.Error):
            super().apply(tx)
        PutSetting(key="regardless", value=1).apply(tx)
        return 1


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB; skipped where none can be mounted."""
    with small_disk(tmp_path / "disk", "4m") as place:
        yield place


@pytest.fixture
async def on_disk(disk: Path, quick_settings: Settings) -> AsyncIterator[DatabaseManager]:
    """An open database on the small disk."""
    settings = quick_settings(breaker_probe_first=0.2, breaker_probe_cap=0.5)
    async with DatabaseManager(disk / "data" / "modelus.db", settings) as manager:
        yield manager


def fill(disk: Path, leave: int = 0) -> None:
    """Write a file that leaves so many bytes free."""
    block = bytes(4096)
    with contextlib.suppress(OSError), (disk / "others").open("wb", buffering=0) as file:
        while leave == 0 or shutil.disk_usage(disk).free > leave:
            file.write(block)


async def back_to_normal(db: DatabaseManager) -> float:
    """Wait until writes are let through again, for five seconds at most; returns how long that took."""
    started = time.monotonic()
    async with asyncio.timeout(5):
        while db.mode != "normal":
            await asyncio.sleep(0.05)
    return time.monotonic() - started


def check(db: DatabaseManager) -> None:
    """The file is whole and every change in it is in the audit log."""
    with closing(sqlite3.connect(db.path)) as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert verify_chain(walk(other)).intact
        audited = {row[0] for row in other.execute("SELECT DISTINCT record_id FROM audit_logs")}
        assert {row[0] for row in other.execute("SELECT key FROM settings")} == audited


async def test_commit_on_a_full_disk_is_no_riddle(on_disk: DatabaseManager, disk: Path) -> None:
    """People read that the disk is full, not that nobody knows whether their change was saved."""
    await on_disk.write(PutSetting(key="before", value=1), Context())
    fill(disk)
    with pytest.raises(DiskFull):
        await on_disk.write(PutSetting(key="full", value=1), Context(request_id="full"))
    assert on_disk.mode == "read_only"
    assert on_disk.overview().cause == "The disk is full. Free some space."
    with pytest.raises(DatabaseUnavailable) as refused:
        await on_disk.write(PutSetting(key="full", value=1), Context())
    assert refused.value.user_message == DiskFull().user_message
    assert await on_disk.read(setting, "before") == 1
    assert await on_disk.read(setting, "full") is None
    (disk / "others").unlink()
    assert await back_to_normal(on_disk) < 2
    assert await on_disk.write(PutSetting(key="full", value=1), Context(request_id="full")) == 1
    check(on_disk)


async def test_a_full_disk_is_not_taken_for_well(on_disk: DatabaseManager, disk: Path) -> None:
    """A transaction can begin on it, and a preview or a refusal writes nothing: neither proves anything."""
    fill(disk)
    with pytest.raises(DiskFull):
        await on_disk.write(PutSetting(key="a", value=1), Context())
    modes = set()
    for _ in range(30):
        for asking in (
            on_disk.preview(PutSetting(key="a", value=1), Context()),
            on_disk.write(PutThenRefuse(key="a"), Context()),
        ):
            with contextlib.suppress(DatabaseUnavailable, DiskFull, Refused):
                await asking
        modes.add(on_disk.mode.value)
        await scene_of(0.05)
    assert modes == {"read_only"}
    (disk / "others").unlink()
    await back_to_normal(on_disk)


async def test_a_disk_that_fills_up_during_a_write_costs_that_group_alone(
    on_disk: DatabaseManager, disk: Path
) -> None:
    """SQLite undoes the transaction by itself then; all are told why, none half, and it goes on at once."""
    fill(disk, leave=600_000)
    blocker = await occupied(on_disk, seconds=0.1)
    results = await asyncio.gather(
        on_disk.write(PutSetting(key="beside", value=1), Context()),
        on_disk.write(PutMuch(key="much", rows=80), Context()),
        return_exceptions=True,
    )
    await blocker
    assert [type(result) for result in results] == [DiskFull, DiskFull]
    assert on_disk.overview().reopened == 0
    (disk / "others").unlink()
    await back_to_normal(on_disk)
    assert await on_disk.write(PutSetting(key="beside", value=1), Context()) == 1
    check(on_disk)


async def test_an_operation_that_ignores_the_full_disk_saves_nothing(
    on_disk: DatabaseManager, disk: Path
) -> None:
    """What it writes after its transaction ended would be committed at once, without audit or request id."""
    fill(disk, leave=600_000)
    with pytest.raises(DiskFull):
        await on_disk.write(PutMuchRegardless(key="much", rows=80), Context())
    (disk / "others").unlink()
    await back_to_normal(on_disk)
    assert await on_disk.read(setting, "regardless") is None
    check(on_disk)


async def test_a_disk_that_may_not_be_written_to_does_not_stop_a_tolerant_start(
    disk: Path, quick_settings: Settings
) -> None:
    """The bot starts, says in a sentence what is wrong, and works as soon as it may write."""
    path = disk / "data" / "modelus.db"
    settings = quick_settings(breaker_probe_first=0.1, breaker_probe_cap=0.2)
    async with DatabaseManager(path, settings) as db:
        await db.write(PutSetting(key="a", value=1), Context())
    path.with_name(path.name + ".lock").unlink()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    async with DatabaseManager(path, settings, tolerant=True) as db:
        with pytest.raises(DatabaseUnavailable):
            await db.write(PutSetting(key="b", value=1), Context())
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        await back_to_normal(db)
        assert await db.write(PutSetting(key="b", value=1), Context()) == 1
        assert path.with_name(path.name + ".lock").exists()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(DatabaseError):
        async with DatabaseManager(path, settings):
            pass
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)

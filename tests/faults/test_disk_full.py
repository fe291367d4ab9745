"""A small disk fills up under steady writes: reading goes on, nothing acknowledged is lost, no restart."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from loguru import logger

from modelus_bot.config import (
    ArchiveSettings,
    BackupSettings,
    DatabaseSettings,
    DegradationSettings,
    IntegritySettings,
    SnapshotSettings,
)
from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError, DatabaseUnavailable, DiskFull
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.fallback import Fallback
from modelus_bot.database.offline.journal.deferred import WriteDeferred
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.notices.writes.saved_changes import explain, telling
from tests.daily_size import FULL
from tests.database.operations import PutSetting, setting
from tests.small_disk import small_disk
from tests.waiting import scene_of

if TYPE_CHECKING:
    from loguru import Message

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

ROUNDS = 20 if FULL else 2
DISK = "16m"
RESERVE = 2
DOUBTS = {"connection_reopening", "connection_lost", "damage_not_confirmed", "damage_cannot_be_looked_for"}


class PutLater(PutSetting):
    """A setting that is saved for later while the database is away."""

    deferrable = True


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own; skipped where none can be mounted."""
    with small_disk(tmp_path / "disk", DISK) as place:
        yield place


@pytest.fixture
def build(disk: Path, tmp_path: Path) -> Callable[[], DatabaseManager]:
    """Build the database as the bot has it: its file on the small disk, its copies elsewhere."""

    def made() -> DatabaseManager:
        path = disk / "data" / "modelus.db"
        protection = Protection(
            path,
            backup=BackupSettings(folder=tmp_path / "backups", schedule="off"),
            archive=ArchiveSettings(mode="off", folder=tmp_path / "archive"),
            integrity=IntegritySettings(
                confirm_after=0.2, quarantine=tmp_path / "quarantine", check_every=3600.0
            ),
            invariants=DECLARED.invariants,
        )
        fallback = Fallback(
            path,
            degradation=DegradationSettings(),
            snapshot=SnapshotSettings(),
            reserve_megabytes=RESERVE,
            tables=DECLARED.kept_tables,
            telling=telling,
            explain=explain,
            overseer=protection,
        )
        settings = DatabaseSettings(path=path)
        return DatabaseManager(path, settings, tolerant=True, protection=protection, fallback=fallback)

    return made


@pytest.fixture
async def db(build: Callable[[], DatabaseManager]) -> AsyncIterator[DatabaseManager]:
    """The open database."""
    async with build() as manager:
        yield manager


class Traffic:
    """Somebody who writes and reads all the time and remembers what was promised."""

    def __init__(self, db: DatabaseManager) -> None:
        self.db = db
        self.acknowledged: dict[str, int] = {}
        self.refused = 0
        self.reads = 0
        self.slowest = 0.0
        self._stop = asyncio.Event()

    async def write(self) -> None:
        """Write one value after the other until it is enough."""
        number = 0
        while not self._stop.is_set():
            number += 1
            key = f"steady:{number % 40}"
            started = time.monotonic()
            try:
                await self.db.write(PutSetting(key=key, value=number), Context())
                self.acknowledged[key] = number
            except (DiskFull, DatabaseUnavailable):
                self.refused += 1
            self.slowest = max(self.slowest, time.monotonic() - started)
            await asyncio.sleep(0.02)

    async def read(self) -> None:
        """Read what was promised, in every mode."""
        while not self._stop.is_set():
            for key, value in list(self.acknowledged.items())[:3]:
                found = await self.db.read(setting, key)
                assert found is not None
                assert found >= value
                self.reads += 1
            await asyncio.sleep(0.01)

    def stop(self) -> None:
        """It is enough."""
        self._stop.set()


def fill(disk: Path) -> Path:
    """Take everything that is free, at once: the reserve is not free yet."""
    ballast = disk / "others"
    left = shutil.disk_usage(disk).free
    with ballast.open("wb") as file:
        while left > 0:
            try:
                os.posix_fallocate(file.fileno(), 0, left)
            except OSError:
                left -= 4096
            else:
                break
    return ballast


async def until(db: DatabaseManager, mode: Mode) -> float:
    """Wait for a mode; returns the seconds that took."""
    started = time.monotonic()
    async with asyncio.timeout(60):
        while db.mode is not mode:
            await asyncio.sleep(0.01)
    return time.monotonic() - started


def check(path: Path, promised: dict[str, int]) -> None:
    """The file is whole, its trail is, and everything promised is in it."""
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert verify_chain(walk(other)).intact
        found = {key: int(value) for key, value in other.execute("SELECT key, value FROM settings")}
    assert {
        key: found.get(key, -1) >= value for key, value in promised.items() if found.get(key, -1) < value
    } == {}


@pytest.fixture
def doubts() -> Iterator[list[str]]:
    """What the log says of connections that were given up, and of damage that was looked for, and why."""
    said: list[str] = []

    def hear(message: Message) -> None:
        record = message.record
        if record["message"] in DOUBTS:
            said.append(f"{record['message']} {record['extra']}")

    sink = logger.add(hear, level="DEBUG")
    yield said
    logger.remove(sink)


async def test_under_steady_writes(db: DatabaseManager, disk: Path, doubts: list[str]) -> None:
    """Full: only reading, at once. Space: everything again, soon; the reserve is held as before.

    Nothing is opened again meanwhile: a full disk is neither taken for damage nor for a lost connection.
    """
    assert db.fallback is not None
    assert db.protection is not None
    assert db.protection.monitor is not None
    reserve, checkpointer = db.fallback.reserve, db.protection.monitor.checkpointer
    traffic = Traffic(db)
    fallen, risen = [], []
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(traffic.write())
        tasks.create_task(traffic.read())
        for number in range(ROUNDS):
            await checkpointer.shrink()  # or its space would let the bot go on after a moment, rightly
            await scene_of(random.uniform(0.3, 0.6))
            assert reserve.held
            ballast = fill(disk)
            fallen.append(await until(db, Mode.READ_ONLY))
            assert reserve.path.stat().st_size == 0
            before = traffic.reads
            with pytest.raises(WriteDeferred):
                await db.write(PutLater(key=f"later:{number}", value=number), Context())
            await scene_of(0.5)
            assert traffic.reads > before
            assert db.mode is Mode.READ_ONLY
            ballast.unlink()
            risen.append(await until(db, Mode.NORMAL))
            assert await db.read(setting, f"later:{number}") == number
        traffic.stop()
    print(f"read_only after {max(fallen):.2f} s, normal after {max(risen):.2f} s, in {ROUNDS} rounds")
    print(f"{traffic.refused} refused, {traffic.reads} read, longest answer {traffic.slowest:.2f} s")
    assert traffic.refused > 0
    assert reserve.held
    assert db.overview().reopened == 0, doubts
    assert max(fallen) < 10
    assert max(risen) < 30
    check(db.path, traffic.acknowledged | {f"later:{number}": number for number in range(ROUNDS)})


async def test_without_a_single_write(db: DatabaseManager, disk: Path) -> None:
    """An idle bot notices, gives the reserve up for its log, and is back when there is space."""
    await db.write(PutSetting(key="before", value=1), Context())
    ballast = fill(disk)
    fallen = await until(db, Mode.READ_ONLY)
    assert shutil.disk_usage(disk).free > RESERVE * 1024 * 1024 // 2
    assert await db.read(setting, "before") == 1
    ballast.unlink()
    risen = await until(db, Mode.NORMAL)
    print(f"idle: read_only after {fallen:.2f} s, normal after {risen:.2f} s")
    assert await db.write(PutSetting(key="after", value=2), Context()) == 1
    assert db.fallback is not None
    assert db.fallback.reserve.held


async def test_space_that_is_only_the_reserve_is_not_enough(db: DatabaseManager, disk: Path) -> None:
    """What was given up does not make the disk usable: the mode does not flap between full and normal."""
    ballast = fill(disk)
    await until(db, Mode.READ_ONLY)
    modes = set()
    for _ in range(30):
        modes.add(db.mode)
        with contextlib.suppress(DatabaseError):
            await db.write(PutSetting(key="flapping", value=1), Context())
        await scene_of(0.05)
    assert modes == {Mode.READ_ONLY}
    assert db.availability.writes.opened == 1
    ballast.unlink()
    await until(db, Mode.NORMAL)


async def test_a_reserve_that_was_given_up_is_owed_after_the_next_start(
    build: Callable[[], DatabaseManager], disk: Path
) -> None:
    """Part of its space is used by then: nothing is written into the rest, and it comes back with space."""
    async with build() as db:
        await db.write(PutSetting(key="before", value=1), Context())
        ballast = fill(disk)
        await until(db, Mode.READ_ONLY)
        log = disk / "log"
        log.write_bytes(bytes(RESERVE * 1024 * 1024 // 4))
    async with build() as db:
        assert db.fallback is not None
        reserve = db.fallback.reserve
        modes = set()
        for _ in range(30):
            modes.add(db.mode)
            with contextlib.suppress(DatabaseError):
                await db.write(PutSetting(key="too early", value=1), Context())
            await scene_of(0.05)
        assert modes == {Mode.READ_ONLY}
        assert await db.read(setting, "before") == 1
        ballast.unlink()
        risen = await until(db, Mode.NORMAL)
        print(f"owed from before: normal after {risen:.2f} s")
        assert reserve.held
        assert reserve.path.stat().st_size == RESERVE * 1024 * 1024
        assert await db.read(setting, "too early") is None


@pytest.mark.parametrize("reserved", [True, False], ids=["reserve", "no-reserve"])
async def test_a_start_on_a_full_disk(
    build: Callable[[], DatabaseManager], disk: Path, tmp_path: Path, *, reserved: bool
) -> None:
    """A whole file is not taken for damaged; with the reserve's space it is read, without it waits."""
    async with build() as db:
        await db.write(PutSetting(key="before", value=1), Context())
    if not reserved:
        (disk / "data" / "modelus.reserve").unlink()
    ballast = fill(disk)
    async with build() as db:
        with pytest.raises(DatabaseError) as refused:
            await db.write(PutSetting(key="full", value=1), Context())
        assert refused.value.user_message == DiskFull().user_message
        assert db.mode is (Mode.READ_ONLY if reserved else Mode.DEGRADED)
        if reserved:
            assert await db.read(setting, "before") == 1
        assert not (tmp_path / "quarantine").exists()
        ballast.unlink()
        risen = await until(db, Mode.NORMAL)
        print(f"started full: normal after {risen:.2f} s")
        assert await db.read(setting, "before") == 1
        assert await db.write(PutSetting(key="after", value=2), Context()) == 1
    check(disk / "data" / "modelus.db", {"before": 1, "after": 2})


async def test_a_start_on_a_full_disk_after_a_kill(build: Callable[[], DatabaseManager], disk: Path) -> None:
    """What a killed bot left can be looked at without space; that nothing can be noted stops nobody."""
    data, killed = disk / "data", disk / "killed"
    async with build() as db:
        await db.write(PutSetting(key="before", value=1), Context())
        subprocess.run(["cp", "-a", str(data), str(killed)], check=True)
    shutil.rmtree(data)
    killed.rename(data)
    (data / "modelus.reserve").unlink()
    for checksums in data.glob("modelus.db-sums*"):
        checksums.unlink()  # hashes that cannot be kept up to date are removed, which makes room
    assert (data / "modelus.db-wal").stat().st_size
    ballast = fill(disk)
    async with build() as db:
        with pytest.raises(DatabaseError) as refused:
            await db.write(PutSetting(key="full", value=1), Context())
        assert refused.value.user_message == DiskFull().user_message
        ballast.unlink()
        risen = await until(db, Mode.NORMAL)
        print(f"started full after a kill: normal after {risen:.2f} s")
        assert await db.read(setting, "before") == 1
        assert await db.write(PutSetting(key="after", value=2), Context()) == 1
    check(disk / "data" / "modelus.db", {"before": 1, "after": 2})

"""Closing: what the snapshot lacks is told with what that means; where it lacks nothing, nothing is told."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from loguru import logger

from modelus_bot.config import DatabaseSettings, DegradationSettings, SnapshotSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.fallback import Fallback
from modelus_bot.database.offline.snapshot import folder as folder_module
from modelus_bot.database.offline.snapshot.folder import read_manifest, snapshot_folder
from modelus_bot.database.offline.snapshot.snapshot import SETTLE_SECONDS
from modelus_bot.runtime.atomic_files import write_durably
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.notices.writes.saved_changes import explain, telling
from modelus_bot.subjects.people.writes import RegisterMember
from tests.small_disk import small_disk
from tests.tuning import Tuning
from tests.waiting import blocking_scene_of, eventually, scene_of

UNSAVED = "snapshot_not_saved_at_close"


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What was logged of a snapshot that is not complete at the end."""
    found: list[dict[str, Any]] = []

    def take(message: Any) -> None:
        if message.record["message"] == UNSAVED:
            found.append(message.record["extra"])

    sink = logger.add(take, level="WARNING")
    yield found
    logger.remove(sink)


@asynccontextmanager
async def kept(path: Path, seconds: float = 3600.0) -> AsyncIterator[DatabaseManager]:
    """Open a database whose first snapshot is saved; the next one only at closing."""
    fallback = Fallback(
        path,
        degradation=DegradationSettings(),
        snapshot=SnapshotSettings(snapshot_seconds=seconds),
        reserve_megabytes=0,
        tables=DECLARED.kept_tables,
        telling=telling,
        explain=explain,
    )
    async with DatabaseManager(path, DatabaseSettings(path=path), fallback=fallback) as db:
        await eventually(lambda: fallback.snapshot.manifest is not None)
        yield db


async def enter(db: DatabaseManager, number: int) -> None:
    """Register somebody."""
    await db.write(RegisterMember(discord_id=number, username=f"Member {number}"), Context())


def saved_rows(path: Path) -> int:
    """Return how many members are in the files."""
    return read_manifest(snapshot_folder(path)).tables["users"].rows


async def test_what_is_saved_is_not_told_of(path: Path, told: list[dict[str, Any]]) -> None:
    """With something new at the end, with nothing new, and with commits until the last moment."""
    async with kept(path) as db:
        await enter(db, 1)
    async with kept(path):
        pass
    async with kept(path, 0.01) as db:
        writes = [asyncio.create_task(enter(db, number)) for number in range(2, 40)]
        await asyncio.gather(*writes)
    assert saved_rows(path) == 39
    assert told == []


async def test_a_folder_that_cannot_be_written_to(path: Path, told: list[dict[str, Any]]) -> None:
    """It says that no change is lost, and as of when the rota will be shown."""
    async with kept(path) as db:
        folder = snapshot_folder(path)
        folder.rename(folder.with_name("gone"))
        folder.write_text("in the way")
        await enter(db, 1)
    (one,) = told
    assert "No change is lost" in one["means"]
    assert f"what was so at {time.strftime('%Y-')}" in one["means"]
    assert one["folder"] == str(folder)


async def test_a_full_disk(tmp_path: Path, told: list[dict[str, Any]]) -> None:
    """The disk of the snapshot alone is full: the database has the change, and the log says why."""
    path = tmp_path / "modelus.db"
    with small_disk(snapshot_folder(path), "1M") as disk:
        async with kept(path) as db:
            (disk / "filling").write_bytes(b"x" * (shutil.disk_usage(disk).free - 64 * 1024))
            for number in range(1500):
                await enter(db, number + 1)
        (one,) = told
        assert "ENOSPC" in one["error"]
        assert "No change is lost" in one["means"]
        assert saved_rows(path) == 0


async def test_a_folder_that_is_lost_when_nothing_is_new(path: Path, told: list[dict[str, Any]]) -> None:
    """What is there is all there is; only its age could not be noted."""
    async with kept(path) as db:
        await enter(db, 1)
    told.clear()
    async with kept(path):
        await scene_of(1.1)
        manifest = snapshot_folder(path) / "manifest.json.partial"
        manifest.mkdir()
    assert told == []


@query(long=True)
def _for_long(_: ReadTransaction, begun: threading.Event, seconds: float) -> None:
    begun.set()
    blocking_scene_of(seconds)


async def test_reading_takes_too_long(path: Path, told: list[dict[str, Any]], tuning: Tuning) -> None:
    """Another long question is in the way: closing does not wait for it for ever, and tells."""
    tuning(SETTLE_SECONDS.at(0.3))
    async with kept(path) as db:
        await enter(db, 1)
        begun = threading.Event()
        asking = asyncio.create_task(db.read(_for_long, begun, 1.5))
        await eventually(begun.is_set)
    await asyncio.wait({asking})
    asking.exception()
    (one,) = told
    assert "longer than 0.3 seconds" in one["error"]


@pytest.mark.parametrize(("seconds", "warnings"), [(1.3, 0), (20.0, 1)])
async def test_a_disk_that_takes_its_time(
    path: Path,
    told: list[dict[str, Any]],
    tuning: Tuning,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    warnings: int,
) -> None:
    """What arrives while closing still goes on is not told of; what does not is."""
    tuning(SETTLE_SECONDS.at(1.0))
    over = threading.Event()

    def slowly(where: Path, content: bytes) -> None:
        if where.name != "manifest.json":
            over.wait(seconds)
        write_durably(where, content)

    async with kept(path) as db:
        monkeypatch.setattr(folder_module, "write_durably", slowly)
        await enter(db, 1)
    assert len(told) == warnings
    if not warnings:
        assert saved_rows(path) == 1
    over.set()


async def test_one_at_a_time_writes_to_the_folder(
    path: Path, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gives up waiting for a slow disk leaves nobody writing beside the next one."""
    inside = most = 0
    guard = threading.Lock()

    def slowly(where: Path, content: bytes) -> None:
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
        blocking_scene_of(0.1)
        write_durably(where, content)
        with guard:
            inside -= 1

    async with kept(path) as db:
        monkeypatch.setattr(folder_module, "write_durably", slowly)
        assert db.fallback is not None
        snapshot = db.fallback.snapshot
        for number in range(1, 6):
            await enter(db, number)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await snapshot._save()
    assert most == 1
    assert saved_rows(path) == 5
    assert told == []

"""With the archive on, too, the main file is written to only when the bot allows it; the rest is damage."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelus_bot.database.archive.archive import Archive
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.engine.fingerprint import written_at
from modelus_bot.database.manager import DatabaseManager
from tests.daily_size import FULL
from tests.database.archive.writing import CheckpointsWhen, add, first_copy, needs_program, opened, quick
from tests.database.operations import Increment, PutSetting, setting
from tests.faults.sites.protected_site import Site
from tests.inside import connections, follower, program
from tests.waiting import eventually, persistently, scene_of

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(900), needs_program]

DAMAGES = 50 if FULL else 2
BURSTS = 60 if FULL else 6
TEXT = "n" * 2000
ROWS = {f"key {number:04}": 1_000_000 + number for number in range(400)}
LATER = "later"
"""A key whose row is on another page."""

TICK = 10_000_000
"""Nanoseconds by which the time of change that the kernel notes may be behind the clock."""


class Windows:
    """When the main file was allowed to be written to, in wall clock nanoseconds."""

    def __init__(self) -> None:
        """None yet."""
        self.known: list[list[float]] = []

    @contextlib.contextmanager
    def being_written(self) -> Iterator[None]:
        """Note one."""
        window = [time.time_ns(), float("inf")]
        self.known.append(window)
        try:
            yield
        finally:
            window[1] = time.time_ns()

    def hold(self, moment: int) -> bool:
        """Say whether the file could be written to at a moment."""
        return any(begin - TICK <= moment <= end for begin, end in self.known)


async def test_the_program_writes_only_when_it_may(tmp_path: Path) -> None:
    """Under writing, snapshots, kills and restarts every change of the main file is within a window."""
    database = tmp_path / "home" / "bot.db"
    writer, windows, seen = opened(database), Windows(), set[int]()
    pages = 0
    policy = CheckpointsWhen(lambda: pages >= 500, windows.being_written)
    archive = Archive(database, quick(tmp_path / "archive"), checkpoints=policy)

    async def look() -> None:
        while True:
            seen.add(written_at(database))
            await asyncio.sleep(0.002)

    async with archive:
        await first_copy(archive)
        seen.clear()
        began = written_at(database)
        looking = asyncio.create_task(look())
        for burst in itertools.count():
            if burst >= BURSTS and (len(seen) > BURSTS // 4 or burst >= 10 * BURSTS):
                break
            before = written_at(database)
            await asyncio.to_thread(_add, database, 60)
            pages += 150
            await scene_of(0.1)
            if written_at(database) != before:
                pages = 0
            if burst % 4 == 1:
                assert await archive.snapshot()
            if burst % 6 == 3:
                pid = program(archive).supervisor.pid
                assert pid is not None
                os.kill(pid, signal.SIGKILL)
                await archive.sync(seconds=20)
        looking.cancel()
    writer.close()
    changes = sorted(item for item in seen if item > began)
    print(f"{len(changes)} changes of the main file, {len(windows.known)} windows")
    assert len(changes) >= BURSTS // 12, "the program checkpointed meanwhile"
    assert [change for change in changes if not windows.hold(change)] == []


def _add(database: Path, count: int) -> None:
    writer = opened(database)
    try:
        add(writer, count, text=TEXT)
    finally:
        writer.close()


@pytest.mark.parametrize("archive", ["auto", "off"] if FULL else ["auto"])
async def test_a_damaged_value_is_never_answered(tmp_path: Path, archive: str) -> None:
    """A number that is overwritten in the running bot's file is not read once, not even right away.

    While a checkpoint writes to the file, a stranger's bytes cannot be told from it: nothing is overwritten
    then, and where one began just as it was done, only the recovery is asked for.
    """
    alerts: list[Alert] = []
    async with Site(tmp_path).open(alerts, archive) as db:
        for key, value in ROWS.items():
            await db.write(PutSetting(key=key, value=value), Context())
        assert db.protection is not None
        await db.protection.backups.create("manual")
        for number, (key, value) in enumerate(list(ROWS.items())[:DAMAGES]):
            offset = await _in_the_main_file_only(db, f"{key}{value}".encode())
            await db.write(Increment(key=LATER), Context())
            files = connections(db).files
            await eventually(lambda files=files: not files.writers)
            windows = files.windows
            await asyncio.to_thread(_overwrite, db.path, offset + len(key), b"9")
            alone = files.windows == windows
            answers = [await _patiently(db, key) for _ in range(20)]
            if alone:
                assert answers == [value] * 20, f"{number}: {answers} {[alert.text for alert in alerts]}"
            async with asyncio.timeout(60):
                while sum(alert.kind == "database_recovered" for alert in alerts) <= number:
                    await asyncio.sleep(0.05)
            assert [alert.fields["lost"] for alert in alerts if alert.kind == "database_recovered"][-1] == 0


async def test_checkpoints_are_no_false_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many changes and readers with the archive on: the program checkpoints, and nothing is suspected."""
    alerts: list[Alert] = []
    async with Site(tmp_path).open(alerts, "auto") as db:
        assert db.protection is not None
        monitor = db.protection.monitor
        assert monitor is not None
        suspicions: list[DatabaseError] = []
        take_over = monitor.takes_over
        monkeypatch.setattr(
            monitor, "takes_over", lambda error: (suspicions.append(error), take_over(error))[1]
        )
        changed = set[int]()
        began = time.monotonic()
        while time.monotonic() < began + (60 if FULL else 4) or (len(changed) < 4 and _soon(began)):
            writes = [db.write(Increment(key=f"key {item}"), Context()) for item in range(50)]
            reads = [db.read(setting, f"key {item}") for item in range(50)]
            await asyncio.gather(*writes, *reads)
            changed.add(written_at(db.path))
        assert len(changed) >= 4, "the program checkpointed meanwhile"
    assert suspicions == []
    assert alerts == []


async def _in_the_main_file_only(db: DatabaseManager, content: bytes) -> int:
    """Write until a checkpoint has moved the row and the -wal begun anew; return the row's offset."""
    assert db.protection is not None
    checksums = db.protection.context.checksums
    for _ in range(200):
        whole = await asyncio.to_thread(_content, db.path)
        offset = whole.find(content)
        expected = await asyncio.to_thread(follower(checksums).current)
        assert expected is not None
        if offset >= 0 and offset // 4096 + 1 not in expected.versions:
            return offset
        for _ in range(20):
            await db.write(Increment(key=LATER), Context())
        if db.protection.monitor is not None and db.protection.monitor.checkpointer.mine:
            await db.protection.monitor.checkpointer.shrink()
    raise AssertionError("no checkpoint")


def _soon(began: float) -> bool:
    """Say whether a busy machine may still take some time."""
    return time.monotonic() < began + 120


def _content(path: Path) -> bytes:
    """Read the live file in another process: closing it in this one would drop SQLite's locks."""
    return subprocess.run(["cat", path], check=True, capture_output=True).stdout


def _overwrite(path: Path, offset: int, content: bytes) -> None:
    """Write into the live file from another process, too."""
    where = ["oflag=seek_bytes", f"seek={offset}", "conv=notrunc", "status=none"]
    subprocess.run(["dd", f"of={path}", *where], check=True, input=content)


async def _patiently(db: DatabaseManager, key: str) -> int | None:
    return await persistently(lambda: db.read(setting, key), DatabaseError, within=60)

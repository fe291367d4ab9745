"""Closing with work in flight: every caller gets an answer, everything is closed, once."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ManagerClosed, OutcomeUnknown
from modelus_bot.database.core.instance_lock import InstanceLock
from modelus_bot.database.engine.worker import WorkerConnection, close_quietly
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import PutSetting, counted, occupied, setting
from tests.waiting import eventually, scene_of

Settings = Callable[..., DatabaseSettings]


async def test_queries_in_flight_are_answered_when_the_database_closes(db: DatabaseManager) -> None:
    """They end or are told that the database closed; none waits for ever."""
    reading = [asyncio.create_task(db.read(counted, 30_000_000)) for _ in range(3)]
    reading.append(asyncio.create_task(db.read(setting, "none")))
    await scene_of(0.1)
    await db.close()
    async with asyncio.timeout(5):
        results = await asyncio.gather(*reading, return_exceptions=True)
    assert [isinstance(result, ManagerClosed | int | None) for result in results] == [True] * 4


async def test_writes_behind_a_foreign_lock_are_answered_when_the_database_closes(
    path: Path, quick_settings: Settings
) -> None:
    """Neither the write being tried nor those behind it wait for ever, and none is made later."""
    settings = quick_settings(close_deadline=0.5, write_deadline=60, busy_slice=0.2)
    db = await DatabaseManager(path, settings).__aenter__()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        first = asyncio.create_task(db.write(PutSetting(key="a", value=1), Context()))
        await scene_of(0.1)
        behind = asyncio.create_task(db.write(PutSetting(key="b", value=1), Context()))
        await asyncio.sleep(0)
        started = time.monotonic()
        await db.close()
        assert time.monotonic() - started < 3
        async with asyncio.timeout(5):
            results = await asyncio.gather(first, behind, return_exceptions=True)
        assert isinstance(results[0], ManagerClosed | OutcomeUnknown)
        assert isinstance(results[1], ManagerClosed)
        other.execute("ROLLBACK")
        assert other.execute("SELECT count(*) FROM settings").fetchone() == (0,)


class ClosedUnheard(WorkerConnection):
    """Its thread has closed it long before the event loop hears of that, as on a busy machine."""

    async def close(self) -> None:
        """Close, and hear of it late."""
        await self.run(lambda raw: raw.close())
        await scene_of(0.2)
        await super().close()


async def test_a_connection_may_close_while_it_is_interrupted() -> None:
    """The deadline passes in the moment in which the thread ends: closing goes on and raises nothing."""
    connection = ClosedUnheard(lambda: sqlite3.connect(":memory:", check_same_thread=False))
    await connection
    await close_quietly(connection, 0.05)
    await asyncio.to_thread(connection._thread.join, 10)
    assert not connection._thread.is_alive()


async def test_a_write_that_outlasts_closing_is_not_called_undone(
    path: Path, quick_settings: Settings
) -> None:
    """Its thread may still commit, so its author hears that nobody knows."""
    db = await DatabaseManager(path, quick_settings(close_deadline=0.2)).__aenter__()
    writing = await occupied(db, seconds=1.0)
    await db.close()
    async with asyncio.timeout(5):
        with pytest.raises(OutcomeUnknown):
            await writing


async def test_closing_twice_at_once_ends_when_everything_is_closed(
    path: Path, quick_settings: Settings
) -> None:
    """Whoever asks second waits too: after either call the file is free."""
    db = await DatabaseManager(path, quick_settings()).__aenter__()
    writing = await occupied(db, seconds=0.5)
    first = asyncio.create_task(db.close())
    await asyncio.sleep(0)
    await db.close()
    lock = InstanceLock(path)
    lock.acquire()
    lock.release()
    await first
    assert await writing == 1


def lasting_threads() -> set[threading.Thread]:
    """Return the threads that are nobody's for a moment only, as those of ``asyncio.to_thread`` are."""
    return {item for item in threading.enumerate() if not item.name.startswith("asyncio_")}


async def test_a_cancelled_close_is_finished_by_the_next(path: Path, quick_settings: Settings) -> None:
    """Cancelled half way it leaves no thread and no lock behind once it was asked again."""
    before = lasting_threads()
    db = await DatabaseManager(path, quick_settings()).__aenter__()
    writing = await occupied(db, seconds=0.3)
    leaving = asyncio.create_task(db.close())
    await scene_of(0.05)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await db.close()
    assert await writing == 1
    lock = InstanceLock(path)
    lock.acquire()
    lock.release()
    await eventually(lambda: lasting_threads() <= before, within=2)  # the last step of a thread is its own

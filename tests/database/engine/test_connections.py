"""Connections that are lost, replaced, abandoned or opened at a bad moment; and a role's limits."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import AlreadyRunning, ConnectionLost, DeadlineExceeded
from modelus_bot.database.core.instance_lock import InstanceLock
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.engine import connection
from modelus_bot.database.engine.connection import ConnectionManager
from modelus_bot.database.engine.roles import ConnectionRole, connect
from modelus_bot.database.engine.transaction_manager import TransactionManager
from modelus_bot.database.health.monitor import HealthMonitor
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.migrations import Migrator
from tests.database.operations import PutSetting, Slow, setting
from tests.inside import connections as connections_of
from tests.waiting import blocking_scene_of, scene_of, stays

Settings = Callable[..., DatabaseSettings]
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def answer_to(connection: sqlite3.Connection) -> int:
    """Ask the connection something."""
    return int(connection.execute("SELECT 42").fetchone()[0])


def open_files(folder: Path) -> list[str]:
    """Which files of a folder this process has open."""
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            target = str(descriptor.readlink())
            if target.startswith(f"{folder}/") and not target.endswith(".lock"):
                found.append(target)
    return found


@pytest.fixture
async def connections(path: Path, quick_settings: Settings) -> AsyncIterator[ConnectionManager]:
    """Open connections to a migrated file."""
    path.parent.mkdir()
    Migrator(path).up()
    async with ConnectionManager(path, quick_settings()) as manager:
        yield manager


async def test_a_connection_lost_by_two_at_once_is_closed_once(connections: ConnectionManager) -> None:
    """Closing it a second time would wait for a thread that has ended, and hold up its role for seconds."""
    await connections.run(ConnectionRole.WRITER, lambda raw: raw.close())
    started = time.monotonic()
    results = await asyncio.gather(
        *(connections.run(ConnectionRole.WRITER, answer_to) for _ in range(3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [ConnectionLost] * 3
    assert await connections.run(ConnectionRole.WRITER, answer_to) == 42
    assert time.monotonic() - started < 2


async def test_a_reopening_that_is_called_off_leaves_nothing_open(
    connections: ConnectionManager, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When ``suspend`` returns the file may be replaced: a thread that still opens it would be in the way."""

    def slowly(*arguments: Any, **more: Any) -> sqlite3.Connection:
        raw = connect(*arguments, **more)
        blocking_scene_of(0.6)
        return raw

    monkeypatch.setattr(connection, "connect", slowly)
    await connections.replace(ConnectionRole.READER)
    with pytest.raises(ConnectionLost):
        await connections.run(ConnectionRole.READER, answer_to)
    await connections.suspend(ConnectionLost("being replaced"))
    assert open_files(path.parent) == []
    await stays(lambda: open_files(path.parent) == [], 0.6)
    assert open_files(path.parent) == []
    monkeypatch.undo()
    connections.release()
    assert await connections.run(ConnectionRole.READER, answer_to) == 42


async def test_a_file_replaced_while_it_is_opened_is_not_taken_for_the_new_one(
    db: DatabaseManager, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection to the old file that believes itself on the new one would lose every write."""
    await db.write(PutSetting(key="a", value=1), Context())
    connections = connections_of(db)
    copy = path.with_name("copy.db")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)

    def replaced_meanwhile(*arguments: Any, **more: Any) -> sqlite3.Connection:
        raw = connect(*arguments, **more)
        if copy.exists():
            copy.replace(path)
            for suffix in ("-wal", "-shm"):
                path.with_name(path.name + suffix).unlink()
        return raw

    monkeypatch.setattr(connection, "connect", replaced_meanwhile)
    await connections.suspend(ConnectionLost("about to be replaced"))
    connections.release()
    assert await db.write(PutSetting(key="b", value=1), Context()) == 1
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM settings WHERE key = 'b'").fetchone() == (1,)


async def test_a_write_that_outlasts_a_replacement_is_not_acknowledged_for_the_old_file(
    path: Path, quick_settings: Settings
) -> None:
    """Left behind by ``suspend``, its thread commits into the file that was set aside; it is made again."""
    settings = quick_settings(close_deadline=0.2, write_deadline=20)
    async with DatabaseManager(path, settings) as db:
        connections = connections_of(db)
        await db.write(PutSetting(key="a", value=1), Context())

        class PutAfterSleep(Write[int]):
            def apply(self, tx: Transaction) -> int:
                PutSetting(key="b", value=1).apply(tx)
                return Slow(seconds=3.0 if tx.attempt == 1 else 0.0).apply(tx)

        writing = asyncio.create_task(db.write(PutAfterSleep(), Context(request_id="b")))
        await scene_of(0.2)
        await connections.suspend(ConnectionLost("being replaced"))
        copy = path.with_name("copy.db")
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        aside = path.with_name("aside")
        aside.mkdir()
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            if path.with_name(name).exists():
                path.with_name(name).rename(aside / name)
        copy.rename(path)
        connections.release()
        assert await connections.run(ConnectionRole.WRITER, answer_to) == 42
        assert await writing == 1
        with closing(sqlite3.connect(path)) as other:
            assert other.execute("SELECT count(*) FROM settings WHERE key = 'b'").fetchone() == (1,)


async def test_an_abandoned_thread_does_not_lift_the_limit_of_its_successor(
    path: Path, quick_settings: Settings
) -> None:
    """What hangs on the old connection ends some time; the new one's statements are still stopped."""
    path.parent.mkdir()
    Migrator(path).up()
    async with ConnectionManager(path, quick_settings(close_deadline=0.2)) as connections:
        hanging = asyncio.create_task(
            connections.run(ConnectionRole.READER, lambda _: blocking_scene_of(2.0))
        )
        await scene_of(0.1)
        await connections.replace(ConnectionRole.READER)
        async with asyncio.timeout(6):
            with pytest.raises(DeadlineExceeded):
                await connections.run(
                    ConnectionRole.READER, lambda raw: raw.execute(ENDLESS).fetchone(), seconds=1.5
                )
        await hanging


async def test_a_write_that_never_ends_is_stopped(path: Path, quick_settings: Settings) -> None:
    """Its author is told, nothing of it is saved, and the writer goes on serving others."""

    class Endless(Write[int]):
        def apply(self, tx: Transaction) -> int:
            PutSetting(key="torn", value=1).apply(tx)
            return int(tx.fetch_value(ENDLESS))

    async with DatabaseManager(path, quick_settings(long_read_deadline=0.5)) as db:
        async with asyncio.timeout(5):
            with pytest.raises(DeadlineExceeded):
                await db.write(Endless(), Context())
        assert await db.write(PutSetting(key="a", value=1), Context()) == 1
        assert await db.read(setting, "torn") is None
        assert db.mode == "normal"


async def test_connections_that_were_closed_can_be_opened_again(path: Path, quick_settings: Settings) -> None:
    """A start that failed late closes them; the next try claims the file, and reopens what is lost."""
    path.parent.mkdir()
    Migrator(path).up()
    connections = ConnectionManager(path, quick_settings())
    async with connections:
        pass
    async with connections:
        with pytest.raises(AlreadyRunning):
            InstanceLock(path).acquire()
        await connections.replace(ConnectionRole.WRITER)
        assert await connections.run(ConnectionRole.WRITER, answer_to) == 42


async def test_a_lane_that_was_stopped_can_be_started_again(
    connections: ConnectionManager, quick_settings: Settings
) -> None:
    """The writer of a start that failed late takes writes after the next."""
    transactions = TransactionManager(connections, quick_settings(), HealthMonitor(1.0))
    async with transactions:
        pass
    async with transactions:
        assert await transactions.submit(PutSetting(key="a", value=1), Context()) == 1

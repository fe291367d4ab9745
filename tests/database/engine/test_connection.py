"""Connections are checked before use, replaced when bad, and never used by the wrong process."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import aiosqlite
import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConnectionLost, DatabaseError, DeadlineExceeded
from modelus_bot.database.engine.connection import REOPEN_PATIENCE, ConnectionManager
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.database.engine.worker import WorkerConnection
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.migrations import Migrator
from tests.database.operations import Increment, PutSetting, setting
from tests.tuning import Tuning
from tests.waiting import persistently

Settings = Callable[..., DatabaseSettings]


def answer_to(connection: sqlite3.Connection) -> int:
    """Ask the connection something."""
    return int(connection.execute("SELECT 42").fetchone()[0])


async def test_a_function_runs_whole_in_one_hop() -> None:
    """The one thing built on aiosqlite's inside: a function on the connection's thread."""
    async with WorkerConnection(lambda: sqlite3.connect(":memory:")) as connection:
        assert isinstance(connection, aiosqlite.Connection)
        assert await connection.run(answer_to) == 42
        assert await connection.run(lambda _: threading.get_ident()) != threading.get_ident()
        with pytest.raises(sqlite3.OperationalError):
            await connection.run(lambda raw: raw.execute("nonsense"))
    with pytest.raises(ValueError, match=r"closed|active"):
        await connection.run(answer_to)


async def test_the_pragmas_are_as_designed(path: Path, quick_settings: Settings) -> None:
    """WAL, FULL, foreign keys; readers may only read."""
    path.parent.mkdir()
    Migrator(path).up()
    async with ConnectionManager(path, quick_settings()) as connections:

        def pragmas(raw: sqlite3.Connection) -> dict[str, object]:
            names = ("journal_mode", "synchronous", "foreign_keys", "query_only", "cell_size_check")
            return {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

        writer = await connections.run(ConnectionRole.WRITER, pragmas)
        assert writer == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "query_only": 0,
            "cell_size_check": 1,
        }
        for role in (ConnectionRole.READER, ConnectionRole.LONG_READER):
            assert (await connections.run(role, pragmas))["query_only"] == 1


@pytest.mark.parametrize("role", list(ConnectionRole))
async def test_a_closed_connection_is_reopened(
    path: Path, quick_settings: Settings, role: ConnectionRole, tuning: Tuning
) -> None:
    """Closed behind its back, a role opens a new connection and goes on."""
    tuning(REOPEN_PATIENCE.at(10.0))
    path.parent.mkdir()
    Migrator(path).up()
    async with ConnectionManager(path, quick_settings()) as connections:
        await connections.run(role, lambda raw: raw.close())
        with pytest.raises(ConnectionLost):
            await connections.run(role, answer_to)
        assert await connections.run(role, answer_to) == 42
        assert connections.reopened == 1


async def test_statements_are_stopped_at_their_limit(path: Path, quick_settings: Settings) -> None:
    """The limit is per hop; the connection is fine afterwards."""
    path.parent.mkdir()
    Migrator(path).up()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    async with ConnectionManager(path, quick_settings()) as connections:
        with pytest.raises(DeadlineExceeded):
            await connections.run(
                ConnectionRole.READER, lambda raw: raw.execute(endless).fetchone(), seconds=0.2
            )
        assert await connections.run(ConnectionRole.READER, answer_to) == 42


async def test_a_replaced_file_is_not_written_to(db: DatabaseManager, path: Path) -> None:
    """Another file under the same name is noticed before a write and taken up by a new connection."""
    await db.write(PutSetting(key="a", value=1), Context())
    copy = path.with_name("copy.db")
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    copy.replace(path)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    assert await eventually(db, "b") == 1
    assert await db.read(setting, "a") == 1
    assert db.overview().reopened >= 2


async def test_an_unreadable_folder_is_survived(db: DatabaseManager, path: Path) -> None:
    """Moved away with its folder and brought back, the file goes on being used; nothing is doubled."""
    await db.write(Increment(key="n"), Context())
    away = path.parent.with_name("away")
    shutil.move(path.parent, away)
    for _ in range(3):
        with pytest.raises(DatabaseError):
            await db.write(Increment(key="n"), Context(request_id="while-away", deadline=0.3))
    shutil.move(away, path.parent)
    assert await eventually(db, "back") == 1
    assert await db.write(Increment(key="n"), Context(request_id="while-away")) == 2
    assert await db.read(setting, "n") == 2


async def eventually(db: DatabaseManager, key: str) -> int:
    """Write until it works, for ten seconds at most."""
    write = PutSetting(key=key, value=1)
    return await persistently(lambda: db.write(write, Context(deadline=0.5)), DatabaseError)


FORKED = """
import asyncio, os, sys
from pathlib import Path
from modelus_bot.config import DatabaseSettings
from modelus_bot.database.engine.connection import ConnectionManager
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.database.core.errors import ConnectionLost

async def main():
    async with ConnectionManager(Path(sys.argv[1]), DatabaseSettings()) as connections:
        child = os.fork()
        if child == 0:
            try:
                connections.run(ConnectionRole.READER, lambda raw: raw.execute("SELECT 1")).send(None)
            except ConnectionLost as error:
                os._exit(7 if "fork" in str(error) else 8)
            os._exit(9)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        row = await connections.run(ConnectionRole.READER, lambda raw: raw.execute("SELECT 1").fetchone())
        assert row[0] == 1
        print(code)

asyncio.run(main())
"""


def test_a_forked_child_may_not_use_the_connections(tmp_path: Path) -> None:
    """SQLite's locks belong to a process: the child is refused, the parent goes on."""
    path = tmp_path / "modelus.db"
    Migrator(path).up()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKED, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "7"


UNCLOSED = """
import asyncio, sys, time
from pathlib import Path
from modelus_bot.config import DatabaseSettings
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.core.context import Context
from tests.database.operations import Slow

async def main():
    settings = DatabaseSettings(close_deadline=0.5)
    async with DatabaseManager(Path(sys.argv[1]), settings) as db:
        asyncio.create_task(db.write(Slow(seconds=60), Context()))
        await asyncio.sleep(0.2)

asyncio.run(main())
"""


def test_a_writer_that_hangs_does_not_keep_the_process_alive(tmp_path: Path) -> None:
    """Closing gives up after its deadline and the process ends although a thread never returns."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", UNCLOSED, str(tmp_path / "modelus.db")],
        timeout=30,
        check=False,
        capture_output=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]

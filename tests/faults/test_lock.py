"""Another program holds the write lock: commands wait, then say so, and all recovers by itself."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseBusy, DatabaseError
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import PutSetting, all_settings, setting
from tests.waiting import eventually

HOLDER = (
    "import sqlite3, sys;"
    "c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE');"
    "print('held', flush=True); sys.stdin.read(); c.execute('ROLLBACK'); c.close()"
)
BUSY = "Operation could not be completed. No changes were made. The database is busy with other work."


@asynccontextmanager
async def foreign_lock(path: Path) -> AsyncIterator[None]:
    """Let another process hold the file's write lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        process.stdin.close()
        await asyncio.to_thread(process.wait)
        process.stdout.close()


@pytest.mark.fault
async def test_writes_wait_for_a_short_foreign_lock(tmp_path: Path) -> None:
    """Held for three seconds, the lock delays writes and fails none; reads do not wait at all."""
    path = tmp_path / "modelus.db"
    async with DatabaseManager(path, DatabaseSettings()) as db:
        async with foreign_lock(path):
            started = time.monotonic()
            writing = [
                asyncio.create_task(db.write(PutSetting(key=f"k{n}", value=n), Context())) for n in range(20)
            ]
            while time.monotonic() - started < 3:
                begun = time.monotonic()
                assert await db.read(setting, "none") is None
                assert time.monotonic() - begun < 1
                await asyncio.sleep(0.2)
            assert not any(task.done() for task in writing)
        assert await asyncio.gather(*writing) == [1] * 20
        assert db.overview().mode == "normal"


@pytest.mark.fault
@pytest.mark.slow
async def test_a_long_foreign_lock_is_said_in_a_sentence_and_passes(tmp_path: Path) -> None:
    """Held past the deadline, writes fail with the busy sentence, nothing of them is saved later."""
    path = tmp_path / "modelus.db"
    settings = DatabaseSettings(write_deadline=2.0)
    async with DatabaseManager(path, settings) as db:
        async with foreign_lock(path):
            failed = await asyncio.gather(
                *(db.write(PutSetting(key=f"k{n}", value=n), Context()) for n in range(8)),
                return_exceptions=True,
            )
            for error in failed:
                assert isinstance(error, DatabaseBusy)
                assert error.user_message.startswith(BUSY)
            assert db.overview().mode == "read_only"
            begun = time.monotonic()
            with pytest.raises(DatabaseError) as caught:
                await db.write(PutSetting(key="refused", value=1), Context())
            assert caught.value.user_message.startswith(BUSY)
            assert time.monotonic() - begun < 1
            assert await db.read(setting, "none") is None
        await eventually(lambda: db.overview().mode == "normal")
        assert await db.write(PutSetting(key="after", value=1), Context()) == 1
        assert await db.read(all_settings) == {"after": 1}


@pytest.mark.fault
async def test_a_reader_elsewhere_never_delays_writes(tmp_path: Path) -> None:
    """Another program's open read transaction is no obstacle."""
    path = tmp_path / "modelus.db"
    async with DatabaseManager(path, DatabaseSettings()) as db:
        await db.write(PutSetting(key="a", value=1), Context())
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT * FROM settings").fetchall()
        assert await db.write(PutSetting(key="b", value=1), Context(deadline=1.0)) == 1
        other.close()

"""Property 2: when every attempt at reopening has failed, the log says so, and people are served."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.config import (
    DatabaseSettings,
    LoggingSettings,
    Settings,
)
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError, DatabaseUnavailable
from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.engine.availability import LOOK_SECONDS
from modelus_bot.database.engine.read_batching import RETRY_PAUSE
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.database.engine.transaction_manager import RETRY_CAP, RETRY_FIRST
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.journal.deferred import WriteDeferred
from modelus_bot.database.offline.snapshot.age import answered_as_of
from modelus_bot.logs import configure_logging
from tests.database.continuing import continuity_of
from tests.database.offline.journal.waiting import Take, taken
from tests.database.operations import PutSetting, all_settings, counted
from tests.properties.test_reconnection import Away
from tests.tuning import Tuning

USES: dict[ConnectionRole, Callable[[DatabaseManager], Awaitable[object]]] = {
    ConnectionRole.WRITER: lambda db: db.write(PutSetting(key="mark", value=1), Context()),
    ConnectionRole.READER: lambda db: db.read(all_settings),
    ConnectionRole.LONG_READER: lambda db: db.read(counted, 3),
}


@query(kept=True)
def kept_mark(tx: ReadTransaction) -> int | None:
    """Return what is also known without the database."""
    value = tx.fetch_value("SELECT value FROM settings WHERE key = 'known'")
    return None if value is None else int(value)


def test_when_reopening_fails_for_good_people_are_served(tmp_path: Path, tuning: Tuning) -> None:
    """Feature: database-reliability, Property 2: For any scenario where all reconnection attempts are
    exhausted, the system should log failures and continue operating with degraded functionality.
    """
    tuning(RETRY_FIRST.at(0.004), RETRY_CAP.at(0.02), RETRY_PAUSE.at(0.005), LOOK_SECONDS.at(0.01))
    path = tmp_path / "data" / "modelus.db"
    numbers = itertools.count(1)
    fallback = continuity_of(path, patience=0.05)
    config = DatabaseSettings(
        path=path,
        synchronous="NORMAL",
        reopen_base=0.004,
        reopen_cap=0.01,
        breaker_failures=1000,
        breaker_probe_first=0.02,
        breaker_probe_cap=0.05,
        write_deadline=0.4,
        read_deadline=0.4,
        long_read_deadline=0.4,
    )

    with asyncio.Runner() as runner:
        db = DatabaseManager(path, config, tolerant=True, fallback=fallback)
        runner.run(db.__aenter__())

        @settings(
            max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
        )
        @given(
            role=st.sampled_from(list(USES)),
            how=st.sampled_from(["file", "folder"]),
            attempts=st.integers(1, 4),
            changes=st.integers(1, 4),
        )
        def example(role: ConnectionRole, how: str, attempts: int, changes: int) -> None:
            db.apply(Settings(database=config.model_copy(update={"reopen_attempts": attempts})))
            number = next(numbers)
            log = tmp_path / f"{number}.jsonl"
            with configure_logging(Settings(logging=LoggingSettings(file=log)), terminal=False):
                runner.run(degrade(db, role, Away(path, how), number, changes))
            check_log(log.read_text("utf-8").splitlines(), attempts)

        try:
            example()
        finally:
            runner.run(db.close())
    names = taken(path)
    assert len(names) == len(set(names)) > 100
    assert names == sorted(names, key=lambda name: tuple(map(int, name.split("."))))


async def degrade(db: DatabaseManager, role: ConnectionRole, away: Away, number: int, changes: int) -> None:
    """Lose the file for good, be served without it, and get it back."""
    assert db.fallback is not None
    await db.write(PutSetting(key="known", value=number), Context())
    await db.fallback.snapshot.settle()
    away.take()
    using = asyncio.ensure_future(USES[role](db))
    async with asyncio.timeout(30):
        while db.mode != "degraded":
            await asyncio.sleep(0.005)
    try:
        await served(db, number, changes)
    finally:
        away.give_back()
    async with asyncio.timeout(30):
        while db.mode != "normal" or db.fallback.journal.unfinished:
            await asyncio.sleep(0.005)
    with contextlib.suppress(DatabaseError):
        await using
    assert await db.read(kept_mark) == number
    assert (await db.read(all_settings))[f"taken:{number}.{changes}"]


async def served(db: DatabaseManager, number: int, changes: int) -> None:
    """What is known is answered with its age, what can wait is saved, the rest is refused in a sentence."""
    answered_as_of.set(None)
    assert await db.read(kept_mark) == number
    assert answered_as_of.get() is not None
    for change in range(1, changes + 1):
        with pytest.raises(WriteDeferred) as deferred:
            await db.write(Take(name=f"{number}.{change}"), Context())
        assert str(deferred.value.number) in deferred.value.sentence
    for refused in (db.read(all_settings), db.write(PutSetting(key="mark", value=2), Context())):
        with pytest.raises(DatabaseUnavailable) as error:
            await refused
        assert "try again" in error.value.user_message
        assert error.value.reference
    assert db.overview().cause


def check_log(lines: list[str], attempts: int) -> None:
    """The log has each attempt, the loss with its cause and a reference, and the way back."""
    records: list[dict[str, Any]] = [json.loads(line) for line in lines]
    lost = [record for record in records if record["event"] == "connection_lost"]
    assert lost
    for item in lost:
        assert item["level"] == "ERROR"
        assert item["attempts"] == attempts
        assert item["cause"]
        assert len(item["reference"]) == 8
    tried = [record["attempt"] for record in records if record["event"] == "connection_reopening"]
    assert tried.count(attempts) >= len(lost)
    events = [record["event"] for record in records]
    assert (
        events.index("connection_lost")
        < events.index("database_unavailable")
        < events.index("breaker_closed")
    )

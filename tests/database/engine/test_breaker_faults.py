"""The circuit breaker under load: bursts, slow queries, lost connections, callers that leave."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConnectionLost, DatabaseBusy, DatabaseError, DeadlineExceeded
from modelus_bot.database.core.instance_lock import InstanceLock
from modelus_bot.database.engine.breaker import BreakerState, CircuitBreaker
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import PutSetting, counted, endless, setting

Settings = Callable[..., DatabaseSettings]


async def test_a_burst_of_failures_does_not_lengthen_the_first_pause(
    path: Path, quick_settings: Settings
) -> None:
    """Those that were waiting when it opened say nothing new: the way back stays as short as after five."""
    settings = quick_settings(write_deadline=0.5, breaker_probe_first=0.3, breaker_probe_cap=60)
    async with DatabaseManager(path, settings) as db:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            failed = await asyncio.gather(
                *(db.write(PutSetting(key=f"k{n}", value=n), Context()) for n in range(40)),
                return_exceptions=True,
            )
            assert all(isinstance(error, DatabaseBusy | DeadlineExceeded) for error in failed)
            other.execute("ROLLBACK")
        async with asyncio.timeout(2):
            while db.mode != "normal":
                await asyncio.sleep(0.05)
        assert await db.write(PutSetting(key="after", value=1), Context()) == 1


async def test_slow_queries_are_their_own_fault(path: Path, quick_settings: Settings) -> None:
    """However many searches are stopped at their limit, other queries are answered."""
    settings = quick_settings(read_deadline=0.1, long_read_deadline=0.1, breaker_failures=2)
    async with DatabaseManager(path, settings) as db:
        for _ in range(3):
            with pytest.raises(DeadlineExceeded):
                await db.read(endless)
            with pytest.raises(DeadlineExceeded):
                await db.read(counted, 10**9)
        assert db.mode == "normal"
        assert await db.read(setting, "none") is None


def test_what_was_under_way_when_it_opened_says_nothing_new() -> None:
    """Only a failed probe makes the pause longer."""
    breaker = CircuitBreaker(2, 1.0, 60.0, lambda: 0.0)
    for _ in range(20):
        breaker.failed(ConnectionLost())
    assert breaker.state is BreakerState.OPEN
    assert breaker.seconds_to_probe() == 1.0


async def test_three_lanes_lost_at_once_are_one_loss(db: DatabaseManager) -> None:
    """Each role reports that it cannot be opened; the pause before the first probe stays the first."""
    for _ in range(3):
        db.availability.lost(ConnectionLost())
    assert db.mode == "degraded"
    for breaker in (db.availability.reads, db.availability.writes):
        assert breaker.opened == 1
        assert breaker.seconds_to_probe() <= db.settings.breaker_probe_first
    async with asyncio.timeout(10):
        while db.mode != "normal":
            await asyncio.sleep(0.05)


async def test_a_tolerant_start_claims_the_file_when_it_can(tmp_path: Path, quick_settings: Settings) -> None:
    """Also with the file's folder not there yet, and then nobody else gets the file."""
    blocked = tmp_path / "not-a-folder"
    blocked.write_text("in the way")
    path = blocked / "modelus.db"
    settings = quick_settings(breaker_probe_first=0.1, breaker_probe_cap=0.2)
    async with DatabaseManager(path, settings, tolerant=True) as db:
        assert db.mode == "degraded"
        blocked.unlink()
        async with asyncio.timeout(5):
            while db.mode != "normal":
                await asyncio.sleep(0.05)
        with pytest.raises(DatabaseError):
            InstanceLock(path).acquire()
        assert await db.write(PutSetting(key="a", value=1), Context()) == 1

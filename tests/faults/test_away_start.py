"""Started while writing does not work: the bot is there at once, and makes later what was saved before."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.engine.breaker import BreakerState
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.journal.deferred import WriteDeferred
from tests.database.continuing import continuity_of
from tests.database.offline.journal.waiting import Take, taken
from tests.faults.sites.away_site import foreign_lock


def manager(path: Path) -> DatabaseManager:
    """Return a database that is looked for often, and whose writers would wait long."""
    fallback = continuity_of(path, patience=0.2)
    settings = DatabaseSettings(
        path=path,
        synchronous="NORMAL",
        busy_slice=0.05,
        write_deadline=600.0,
        breaker_probe_first=0.05,
        breaker_probe_cap=0.1,
    )
    return DatabaseManager(path, settings, tolerant=True, fallback=fallback)


@pytest.mark.fault
async def test_a_start_does_not_wait_for_another_programs_lock(tmp_path: Path) -> None:
    """What an earlier run saved waits on, new changes behind it; all are made in order later."""
    path = tmp_path / "modelus.db"
    async with manager(path) as db:
        await db.write(Take(name="first"), Context())
    with foreign_lock(tmp_path):
        async with manager(path) as db:
            with pytest.raises(WriteDeferred):
                await db.write(Take(name="second"), Context())
        async with manager(path) as db:
            assert db.availability.writes.state is not BreakerState.CLOSED
            with pytest.raises(WriteDeferred) as deferred:
                await db.write(Take(name="third"), Context())
            assert deferred.value.number == 2
    async with manager(path) as db, asyncio.timeout(30):
        assert db.mode == "normal"
        await db.write(Take(name="fourth"), Context())
    assert taken(path) == ["first", "second", "third", "fourth"]

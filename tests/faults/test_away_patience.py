"""How long people wait: a command that asks several times does not wait each time, and a preview not long."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.journal.deferred import WriteDeferred
from modelus_bot.database.offline.wait_policy import SHORT_WAIT
from tests.database.continuing import continuity_of
from tests.database.offline.journal.waiting import Take, taken
from tests.database.operations import PutSetting
from tests.faults.sites.away_site import foreign_lock
from tests.properties.test_degraded import kept_mark
from tests.properties.test_reconnection import Away

pytestmark = pytest.mark.fault

TIMEOUT = 0.6


def manager(path: Path) -> DatabaseManager:
    """Return a database whose connections and breakers would let people wait for ever."""
    fallback = continuity_of(path, patience=TIMEOUT)
    settings = DatabaseSettings(
        path=path,
        synchronous="NORMAL",
        busy_slice=0.02,
        write_deadline=3600,
        read_deadline=3600,
        breaker_failures=1000,
        reopen_attempts=100,
        reopen_base=0.05,
        reopen_cap=0.1,
    )
    return DatabaseManager(path, settings, fallback=fallback)


async def test_once_somebody_has_waited_nobody_waits_long(tmp_path: Path) -> None:
    """The first answer without the database takes all the patience there is, the next ones hardly any."""
    path = tmp_path / "modelus.db"
    away = Away(path, "file")
    async with manager(path) as db, asyncio.timeout(60):
        fallback = db.fallback
        assert fallback is not None
        await db.write(PutSetting(key="known", value=7), Context())
        await fallback.snapshot.settle()
        away.take()
        assert fallback.waits.timeout == TIMEOUT
        assert await db.read(kept_mark) == 7
        assert fallback.waits.timeout == SHORT_WAIT
        assert await db.read(kept_mark) == 7
        with pytest.raises(WriteDeferred):
            await db.write(Take(name="later"), Context())
        with pytest.raises(DatabaseError):
            await db.write(PutSetting(key="known", value=8), Context())
        away.give_back()
        while fallback.journal.unfinished or fallback.waits.timeout != TIMEOUT:
            await asyncio.sleep(0.05)
            await db.read(kept_mark)
    assert taken(path) == ["later"]


async def test_a_preview_does_not_wait_for_another_programs_lock(tmp_path: Path) -> None:
    """What can be saved for later is not waited for longer when it is only looked at before."""
    async with manager(tmp_path / "modelus.db") as db, asyncio.timeout(60):
        with foreign_lock(tmp_path), pytest.raises(DatabaseError):
            await db.preview(Take(name="looked at"), Context())
        assert await db.preview(Take(name="looked at"), Context()) == 1

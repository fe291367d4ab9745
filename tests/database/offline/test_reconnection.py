"""The way back: what can be read is read while saved changes are still being applied."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConnectionLost, DatabaseUnavailable
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.journal.deferred import WriteDeferred
from tests.database.continuing import continuity_of
from tests.database.operations import PutSetting, Slow, setting


class SlowLater(Slow):
    """Holds the writer for a while, and may wait."""

    deferrable = True


async def test_reading_comes_back_before_saved_changes_are_applied(
    path: Path, quick_settings: Callable[..., DatabaseSettings]
) -> None:
    """However long that takes, and however late the next look at reading would have been."""
    settings = quick_settings(breaker_probe_first=30.0, breaker_probe_cap=60.0)
    async with DatabaseManager(path, settings, fallback=continuity_of(path, patience=0.1)) as db:
        await db.write(PutSetting(key="a", value=1), Context())
        db.availability.lost(ConnectionLost())
        assert db.mode is Mode.DEGRADED
        with pytest.raises(WriteDeferred):
            await db.write(SlowLater(seconds=1.0), Context(actor=1))
        db.availability.probe_soon()
        async with asyncio.timeout(10):
            while db.mode is Mode.DEGRADED:
                await asyncio.sleep(0.01)
            assert db.mode is Mode.READ_ONLY
            assert await db.read(setting, "a") == 1
            with pytest.raises(DatabaseUnavailable):
                await db.write(PutSetting(key="a", value=2), Context())
            while db.mode is not Mode.NORMAL:
                await asyncio.sleep(0.05)
        assert await db.write(PutSetting(key="a", value=2), Context()) == 2

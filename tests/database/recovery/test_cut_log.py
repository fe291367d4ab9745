"""A -wal that somebody cuts off while the bot works: noticed like a deleted one, and brought back."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import Increment, PutSetting, setting
from tests.database.recovery.test_file_monitor import told
from tests.waiting import scene_of, stays

Open = Callable[..., DatabaseManager]


@pytest.mark.parametrize("left", [0, 32, 5000])
async def test_an_idle_bot_notices_within_a_second(
    protected: Open, path: Path, alerts: list[Alert], left: int
) -> None:
    """Nobody asks anything; what the open connection still holds is put back, and a new start has it all."""
    async with protected(watch_every=5.0) as db:
        for number in range(20):
            await db.write(PutSetting(key=f"key {number}", value=number), Context())
        await scene_of(0.1)
        began = time.monotonic()
        os.truncate(path.with_name("modelus.db-wal"), left)
        alert = await told(alerts, "database_recovered", seconds=10)
        assert time.monotonic() - began < 3
        assert (alert.fields["lost"], alert.fields["source"]) == (0, "the open file")
        assert await db.write(Increment(key="after"), Context()) == 1
    async with protected() as db:
        assert [await db.read(setting, f"key {number}") for number in range(20)] == list(range(20))
        assert await db.read(setting, "after") == 1


async def test_the_next_change_notices_it(protected: Open, path: Path, alerts: list[Alert]) -> None:
    """A change is not written behind a hole: it waits until the file is whole again."""
    async with protected(watch_every=5.0) as db:
        await db.write(PutSetting(key="a", value=1), Context())
        await db.read(setting, "a")
        os.truncate(path.with_name("modelus.db-wal"), 0)
        assert await db.write(Increment(key="after"), Context()) == 1
        assert await db.read(setting, "a") == 1
        await told(alerts, "database_recovered")


async def test_a_checkpoint_of_our_own_is_none_of_it(
    protected: Open, path: Path, alerts: list[Alert]
) -> None:
    """Cutting the -wal off after everything was moved is what checkpoints do."""
    async with protected() as db:
        assert db.protection is not None
        assert db.protection.monitor is not None
        for number in range(5):
            await db.write(PutSetting(key="a", value=number), Context())
            assert (await db.protection.monitor.checkpointer.shrink())[0]
            assert path.with_name("modelus.db-wal").stat().st_size == 0
            assert await db.read(setting, "a") == number
        await stays(lambda: alerts == [], 1)
        assert alerts == []

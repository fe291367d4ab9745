"""Health samples: kept once, found again, and counted from one to the next; and the loop's delay."""

from __future__ import annotations

import asyncio

from modelus_bot.database.core.context import Context
from modelus_bot.database.health.loop_delay import PAUSE, LoopDelay
from modelus_bot.database.health.monitor import HealthMonitor
from modelus_bot.database.health.samples import HealthSample, KeepSamples, health_samples
from modelus_bot.database.health.sampling import Sampler
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import PutSetting, setting
from tests.waiting import blocking_scene_of, scene_of


def sample(at: int, queries: int = 5) -> HealthSample:
    """Return a sample of some second."""
    return HealthSample(
        at=at, mode="normal", queries=queries, errors=0, p50_us=100, p99_us=900, db_bytes=4096, wal_bytes=0
    )


async def test_samples_are_kept_once_and_found_in_order(db: DatabaseManager) -> None:
    """One of a second that is taken already is left out; reading is bounded and gives the newest."""
    first = await db.write(KeepSamples(samples=(sample(100), sample(130))), Context())
    second = await db.write(KeepSamples(samples=(sample(130, 9), sample(160))), Context())
    assert (first, second) == (2, 1)
    assert await db.read(health_samples, 0, 1000) == (sample(100), sample(130), sample(160))
    assert await db.read(health_samples, 101, 159) == (sample(130),)
    assert await db.read(health_samples, 0, 1000, 2) == (sample(130), sample(160))


async def test_a_sample_counts_since_the_one_before(db: DatabaseManager) -> None:
    """Queries and failures are differences; latencies are those of the last half minute."""
    sampler = Sampler()
    await db.write(PutSetting(key="a", value=1), Context())
    first = sampler.sample(db.health, db.overview(), 100, seconds=30)
    await db.read(setting, "a")
    await db.read(setting, "a")
    second = sampler.sample(db.health, db.overview(), 130, seconds=30)
    third = sampler.sample(db.health, db.overview(), 160, seconds=30)
    assert (first.queries, second.queries, third.queries) == (1, 2, 0)
    assert (first.mode, first.errors, first.last_backup_at) == ("normal", 0, None)
    assert first.db_bytes > 0
    assert first.p50_us is not None
    assert first.p99_us is not None
    assert 0 < first.p50_us <= first.p99_us


async def test_a_loop_that_is_held_up_is_noticed() -> None:
    """Blocking the loop shows as a delay of that length; stopping leaves no task."""
    health = HealthMonitor(1.0)
    async with LoopDelay(health):
        await scene_of(2 * PAUSE)
        blocking_scene_of(0.4)
        await scene_of(2 * PAUSE)
    found = health.loop_delays.percentiles()
    assert found.count >= 2
    assert found.highest is not None
    assert found.highest >= 250
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "loop-delay"]

"""Maintenance by the clock: in the server's time, once, caught up on, and not while it is switched off."""

from __future__ import annotations

import time as real
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.config import MaintenanceSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseUnavailable
from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.subjects.health.jobs.health import Health
from modelus_bot.subjects.maintenance.jobs import (
    AGAIN_AFTER,
    NEED_EVERY,
    SETTLING,
    MaintenanceJob,
    is_due,
    latest_slot,
)
from modelus_bot.subjects.maintenance.writes import BeginMaintenance, EndMaintenance
from tests.conftest import BotEnv
from tests.database.maintenance.old_rows import FillRequests

NEW_YORK = ZoneInfo("America/New_York")
DEFAULT = MaintenanceSettings()
HOUR, DAY = 3600, 86_400


def at(text: str, zone: ZoneInfo = NEW_YORK) -> int:
    """Return a local moment in UTC seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


@query
def runs(tx: ReadTransaction) -> list[tuple[str, str, int]]:
    """Return the recorded runs of maintenance: key, status, attempts."""
    rows = tx.fetch_all("SELECT run_key, status, attempts FROM job_runs ORDER BY started_at, run_key")
    return [(row[0], row[1], row[2]) for row in rows]


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-11-22T05:00", "2026-11-22T05:00"),
        ("2026-11-22T04:59", "2026-11-15T05:00"),
        ("2026-11-28T23:59", "2026-11-22T05:00"),
        ("2026-03-08T12:00", "2026-03-08T05:00"),
        ("2026-11-01T12:00", "2026-11-01T05:00"),
    ],
)
def test_sunday_at_five(now: str, slot: str) -> None:
    """The default, on ordinary days and on those when clocks change."""
    assert latest_slot(at(now), DEFAULT, NEW_YORK) == at(slot)


def test_a_time_that_does_not_exist_comes_all_the_same() -> None:
    """Clocks go from two to three; the slot at half past two is there, once."""
    settings = MaintenanceSettings(time="02:30")
    noon = at("2026-03-08T12:00")
    slot = latest_slot(noon, settings, NEW_YORK)
    assert noon - 11 * HOUR < slot < noon
    assert latest_slot(slot, settings, NEW_YORK) == slot


@given(
    now=st.integers(at("2020-01-01T00:00"), at("2040-01-01T00:00")),
    weekday=st.sampled_from(["monday", "wednesday", "sunday"]),
    minute=st.integers(0, 1439),
    zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Pacific/Kiritimati", "UTC"]),
)
def test_there_is_always_one_within_a_week(now: int, weekday: str, minute: int, zone: str) -> None:
    """It is never in the future, never much older than a week, and stays the same until the next."""
    settings = MaintenanceSettings.model_validate(
        {"weekday": weekday, "time": f"{minute // 60:02}:{minute % 60:02}"}
    )
    slot = latest_slot(now, settings, ZoneInfo(zone))
    assert now - 7 * DAY - 2 * HOUR <= slot <= now
    assert latest_slot(slot, settings, ZoneInfo(zone)) == slot


def test_what_is_owed() -> None:
    """A slot after the last run is; before anything ran, only those since the start."""
    assert is_due(100, 99, 200)
    assert not is_due(100, 100, 0)
    assert not is_due(100, None, 101)
    assert is_due(100, None, 100)


class Clock:
    """The job's clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, now: int) -> None:
        self.now = now
        monkeypatch.setattr("modelus_bot.subjects.maintenance.jobs.time", self)
        monkeypatch.setattr("modelus_bot.jobs.loop.time", self)

    def time(self) -> float:
        """Return the present instant."""
        return float(self.now)


def next_slot() -> int:
    """Return a slot of the default schedule that lies ahead of the real time."""
    slot = latest_slot(int(real.time()), DEFAULT, NEW_YORK)
    ahead = datetime.fromtimestamp(slot, NEW_YORK) + timedelta(days=7)
    return int(ahead.timestamp())


def configure(env: BotEnv, **changes: object) -> None:
    """Edit the settings as the watcher would."""
    section = env.bot.settings.maintenance.model_copy(update=changes)
    env.bot.settings = env.bot.settings.model_copy(update={"maintenance": section})


async def test_it_runs_once_a_slot(bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before, once, not again after a restart, and again a week later; off is off."""
    slot = next_slot()
    clock = Clock(monkeypatch, slot - 2 * HOUR)
    job = MaintenanceJob(bot_env.bot)
    await job.run()
    assert await bot_env.db.read(runs) == []
    clock.now = slot + 1
    configure(bot_env, schedule="off")
    await job.run()
    assert await bot_env.db.read(runs) == []
    configure(bot_env, schedule="on")
    await job.run()
    await job.run()
    key = f"clock:{datetime.fromtimestamp(slot, UTC):%Y-%m-%dT%H:%MZ}"
    assert await bot_env.db.read(runs) == [(key, "delivered", 1)]
    again = MaintenanceJob(bot_env.bot)
    clock.now += SETTLING + 1
    await again.run()
    assert len(await bot_env.db.read(runs)) == 1
    clock.now += 7 * DAY
    await again.run()
    assert len(await bot_env.db.read(runs)) == 2


async def test_a_missed_slot_is_caught_up_on(bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot was stopped on Sunday: it is done a little after the start."""
    slot = next_slot()
    await bot_env.db.write(BeginMaintenance(run_key="clock:before"), Context(at=slot - 7 * DAY))
    await bot_env.db.write(EndMaintenance(run_key="clock:before", ok=True), Context(at=slot - 7 * DAY))
    clock = Clock(monkeypatch, slot + 2 * DAY)
    job = MaintenanceJob(bot_env.bot)
    await job.run()
    assert len(await bot_env.db.read(runs)) == 1
    clock.now += SETTLING + 1
    await job.run()
    assert len(await bot_env.db.read(runs)) == 2


async def test_a_failure_is_tried_again(bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some minutes later, three times at most."""
    clock = Clock(monkeypatch, next_slot() - 1)
    job = MaintenanceJob(bot_env.bot)
    clock.now += SETTLING + 2

    async def unavailable() -> None:
        raise DatabaseUnavailable("away")

    with monkeypatch.context() as broken:
        broken.setattr(bot_env.db.maintenance, "facts", unavailable)
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable):
                await job.run()
            await job.run()
            clock.now += AGAIN_AFTER
    assert [found[1:] for found in await bot_env.db.read(runs)] == [("running", 2)]
    await job.run()
    assert [found[1:] for found in await bot_env.db.read(runs)] == [("delivered", 3)]


async def test_near_the_limit_it_runs_at_once(bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever measures the file asks; administrators read what was done."""
    Clock(monkeypatch, int(real.time()))
    job = MaintenanceJob(bot_env.bot)
    await job.run()
    bot_env.db.maintenance.near_limit(90, 100)
    await job.run()
    assert [found[0].partition(":")[0] for found in await bot_env.db.read(runs)] == ["near_limit"]
    assert bot_env.db.protection is not None
    alert = bot_env.db.protection.waiting.pop()
    assert alert.text.startswith("The file is near its limit and was cleaned up.\nRead notices: ")


async def test_a_file_that_grows_to_its_limit_is_cleaned_up(bot_env: BotEnv) -> None:
    """From its measured size to a smaller file, without the clock: old requests go, space is given back."""
    db = bot_env.db
    month_ago = int(real.time()) - 30 * DAY
    for first in range(0, 30_000, 5000):
        await db.write(FillRequests(first=first, count=5000, at=month_ago, size=500), Context())
    assert db.protection is not None
    assert db.protection.monitor is not None
    await db.protection.monitor.checkpointer.shrink()
    before = db.path.stat().st_size
    health, job = Health(bot_env.bot), MaintenanceJob(bot_env.bot)
    await health.run()
    await job.run()
    assert await db.read(runs) == []

    limit = bot_env.settings.health.model_copy(update={"file_limit_megabytes": before / 1024**2 - 1})
    bot_env.bot.settings = bot_env.bot.settings.model_copy(update={"health": limit})
    await Health(bot_env.bot).run()
    await job.run()
    assert [key.partition(":")[0] for key, *_ in await db.read(runs)] == ["near_limit"]
    assert db.maintenance.last is not None
    assert db.maintenance.last.ok
    assert db.overview().file_bytes == db.path.stat().st_size
    assert db.path.stat().st_size < before / 2, db.maintenance.last.lines
    await job.run()
    assert len(await db.read(runs)) == 1


async def test_need_is_looked_for_now_and_then(bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is worth rewriting does not wait for its day, unless that is switched off."""
    asked = []

    async def needed() -> bool:
        asked.append(1)
        return True

    clock = Clock(monkeypatch, int(real.time()))
    monkeypatch.setattr(bot_env.db.maintenance, "needed", needed)
    job = MaintenanceJob(bot_env.bot)
    await job.run()
    assert not asked
    clock.now += NEED_EVERY
    await job.run()
    found = [run[0].partition(":")[0] for run in await bot_env.db.read(runs)]
    assert len(asked) == 1
    assert found.count("need") == 1
    configure(bot_env, vacuum="off")
    clock.now += NEED_EVERY
    await job.run()
    assert len(asked) == 1

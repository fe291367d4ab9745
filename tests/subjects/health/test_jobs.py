"""The health jobs: what they ask of the running bot, tell administrators, and keep while it is away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from modelus_bot.database.core.errors import DatabaseError, DiskFull
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.health.alert_book import AlertBook
from modelus_bot.database.health.rounds import CLEAN_UP_EVERY
from modelus_bot.database.health.sample_keeper import SAMPLES_KEPT
from modelus_bot.database.health.samples import BATCH, HealthSample, health_samples
from modelus_bot.subjects.health.jobs.health import Health, HealthSamples
from tests.conftest import BotEnv
from tests.inside import probe
from tests.jobs.clock import Clock

MEGABYTE = 1024 * 1024


@pytest.fixture
def clock(bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock of jobs and database."""
    clock = Clock(monkeypatch)
    clock.drive(bot_env)
    return clock


def waiting(env: BotEnv) -> list[str]:
    """Return the kinds of the alerts that wait to be sent."""
    assert env.db.protection is not None
    return [item.alert.kind for item in env.db.protection.book.waiting]


def set_health(env: BotEnv, **values: Any) -> None:
    """Edit settings of the section as the watcher would."""
    health = env.bot.settings.health.model_copy(update=values)
    env.bot.settings = env.bot.settings.model_copy(update={"health": health})


async def passing(env: BotEnv, clock: Clock, job: Health, seconds: int) -> None:
    """Let the job look once a second for so long."""
    for _ in range(seconds):
        await job.run()
        clock.forward(1)


async def full_disk(env: BotEnv) -> None:
    """Let the disk be full, and nobody find out whether it still is."""
    await env.db.availability.stop()
    env.db.availability.failed(env.db.availability.writes, DiskFull("full"))


async def space_again(env: BotEnv) -> None:
    """Let the prober find that writing works."""
    await probe(env.db)


async def test_a_change_of_the_mode_is_told_within_a_second(bot_env: BotEnv, clock: Clock) -> None:
    """With the reason in a sentence, once, and again when it is over."""
    job = Health(bot_env.bot)
    await passing(bot_env, clock, job, 3)
    assert waiting(bot_env) == []
    await full_disk(bot_env)
    await passing(bot_env, clock, job, 10)
    await space_again(bot_env)
    await passing(bot_env, clock, job, 10)
    assert waiting(bot_env) == ["mode_read_only", "mode_normal"]
    assert bot_env.db.protection is not None
    assert "The disk is full." in bot_env.db.protection.book.waiting[0].alert.text


async def test_changes_between_two_looks_are_told_of(bot_env: BotEnv, clock: Clock) -> None:
    """An outage that is over when somebody looks was one all the same."""
    job = Health(bot_env.bot)
    await job.run()
    await full_disk(bot_env)
    await space_again(bot_env)
    await job.run()
    assert bot_env.db.mode is Mode.NORMAL
    assert waiting(bot_env) == ["mode_read_only", "mode_normal"]
    assert not bot_env.db.health.mode_changes


async def test_an_incident_is_told_once_and_shown(bot_env: BotEnv, clock: Clock) -> None:
    """While it lasts, the overview lists it; edited levels apply at the next look."""
    job = Health(bot_env.bot)
    db = bot_env.db
    db.health.surroundings = replace(db.health.surroundings, gateway=5.0)
    await passing(bot_env, clock, job, 120)
    assert waiting(bot_env) == ["health_gateway_begun"]
    assert [incident.name for incident in db.overview().incidents] == ["gateway"]
    set_health(bot_env, gateway_milliseconds=20_000.0, quiet_minutes=1.0, hold_seconds=10.0)
    await passing(bot_env, clock, job, 90)
    assert waiting(bot_env) == ["health_gateway_begun", "health_gateway_over"]
    assert db.overview().incidents == ()


def killed(env: BotEnv) -> Health:
    """Let the bot be killed and started again: what is not on the disk is gone."""
    assert env.db.protection is not None
    env.db.protection.book = AlertBook(env.db.protection.book.path)
    env.db.health.incidents = ()
    return Health(env.bot)


async def test_an_incident_outlives_the_bot(bot_env: BotEnv, clock: Clock) -> None:
    """It was told before the kill: not again, and its end is told once, with how long it lasted in all."""
    db = bot_env.db
    set_health(bot_env, quiet_minutes=1.0, hold_seconds=10.0)
    db.health.surroundings = replace(db.health.surroundings, gateway=5.0)
    await passing(bot_env, clock, Health(bot_env.bot), 60)
    job = killed(bot_env)
    await passing(bot_env, clock, job, 60)
    assert waiting(bot_env) == ["health_gateway_begun"]
    assert [(incident.name, incident.times) for incident in db.overview().incidents] == [("gateway", 1)]
    db.health.surroundings = replace(db.health.surroundings, gateway=0.1)
    job = killed(bot_env)
    await passing(bot_env, clock, job, 90)
    await passing(bot_env, clock, killed(bot_env), 90)
    assert waiting(bot_env) == ["health_gateway_begun", "health_gateway_over"]
    assert db.overview().incidents == ()


async def test_an_incident_that_ended_while_the_bot_was_stopped_is_told_to_be_over(
    bot_env: BotEnv, clock: Clock
) -> None:
    """Also a mode: the disk was full when the bot was killed, and is not when it starts."""
    db = bot_env.db
    set_health(bot_env, quiet_minutes=1.0)
    await full_disk(bot_env)
    await passing(bot_env, clock, Health(bot_env.bot), 5)
    assert waiting(bot_env) == ["mode_read_only"]
    await passing(bot_env, clock, killed(bot_env), 5)
    assert waiting(bot_env) == ["mode_read_only"]
    await space_again(bot_env)
    db.health.mode_changes.clear()
    await passing(bot_env, clock, killed(bot_env), 90)
    await passing(bot_env, clock, killed(bot_env), 90)
    assert waiting(bot_env) == ["mode_read_only", "mode_normal"]


async def test_near_its_limit_the_file_is_cleaned_up_and_seldom_again(
    bot_env: BotEnv, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clean-up is asked for with size and limit, at once and once an hour while it stays so."""
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(bot_env.db.maintenance, "near_limit", lambda size, limit: asked.append((size, limit)))
    job = Health(bot_env.bot)
    await passing(bot_env, clock, job, 10)
    assert asked == []
    limit = bot_env.db.path.stat().st_size / MEGABYTE / 2
    set_health(bot_env, file_limit_megabytes=limit)
    await passing(bot_env, clock, job, 10)
    assert asked == [(bot_env.db.path.stat().st_size, limit * MEGABYTE)]
    assert waiting(bot_env) == ["health_file_size_begun"]
    clock.forward(int(CLEAN_UP_EVERY))
    await passing(bot_env, clock, job, 10)
    assert len(asked) == 2


async def test_samples_are_taken_and_kept(bot_env: BotEnv, clock: Clock) -> None:
    """The first run only looks around; later ones leave a row each."""
    job = HealthSamples(bot_env.bot)
    begin = clock.now
    for _ in range(3):
        await job.run()
        clock.forward(30)
    found = await bot_env.db.read(health_samples, begin, clock.now)
    assert [item.at for item in found] == [begin + 30, begin + 60]
    assert found[0].queries > 0
    assert found[0].db_bytes > 0
    assert bot_env.db.health.surroundings.drill_ok is None


async def test_samples_wait_while_the_database_is_away(bot_env: BotEnv, clock: Clock) -> None:
    """They are written when it is back, in order, each once; memory is bounded."""
    job = HealthSamples(bot_env.bot)
    await job.run()
    begin = clock.now
    await full_disk(bot_env)
    for _ in range(BATCH + 10):
        clock.forward(30)
        await job.run()
    assert job.keeper.waiting == BATCH + 10
    await space_again(bot_env)
    clock.forward(30)
    await job.run()
    assert job.keeper.waiting == 0
    found = await bot_env.db.read(health_samples, begin, clock.now)
    assert [item.at for item in found] == list(range(begin + 30, clock.now + 1, 30))
    assert [item.mode for item in found] == ["read_only"] * (BATCH + 10) + ["normal"]
    assert len(found) < SAMPLES_KEPT


async def test_samples_that_could_not_be_written_are_not_lost(
    bot_env: BotEnv, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that fails leaves them waiting, and the job says so to its runner."""
    job = HealthSamples(bot_env.bot)
    await job.run()
    begin = clock.now
    await bot_env.db.close()
    for _ in range(2):
        clock.forward(30)
        with pytest.raises(DatabaseError):
            await job.run()
    assert job.keeper.waiting == 2
    assert [sample.at for sample in bot_env.db.health.samples] == [begin + 30, begin + 60]
    assert all(isinstance(sample, HealthSample) for sample in bot_env.db.health.samples)


async def test_it_looks_at_copies_and_drills_and_how_quickly_discord_answers(
    bot_env: BotEnv, clock: Clock
) -> None:
    """A fresh copy and a drill are seen at the next look; what is not expected has no age."""
    assert bot_env.db.protection is not None
    job = HealthSamples(bot_env.bot)
    await job.run()
    before = bot_env.db.health.surroundings
    assert (before.backup_at, before.drill_at) == (None, None)
    manifest = await bot_env.db.protection.backups.create("manual")
    await bot_env.db.protection.drill.run()
    await job.run()
    after = bot_env.db.health.surroundings
    assert after.backup_at == int(manifest.created_at)
    assert after.drill_ok is True
    assert after.drill_at is not None
    backup = bot_env.bot.settings.backup.model_copy(update={"schedule": "off"})
    bot_env.bot.settings = bot_env.bot.settings.model_copy(update={"backup": backup})
    await job.run()
    assert bot_env.db.health.surroundings.backups_from is None

"""The statistics event: when it is left, what it says, and that its interval can be edited."""

from __future__ import annotations

import time as real
from typing import Any

import pytest
from loguru import logger

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.health.jobs.statistics import Statistics
from modelus_bot.subjects.people.queries import members
from modelus_bot.subjects.people.writes import RegisterMember
from tests.conftest import BotEnv


class Monotonic:
    """A clock that tests can set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Start at the real time."""
        self.now = real.monotonic()
        monkeypatch.setattr("modelus_bot.subjects.health.jobs.statistics.time", self)

    def monotonic(self) -> float:
        """Return the present moment in seconds."""
        return self.now


def set_minutes(env: BotEnv, minutes: int) -> None:
    """Edit the interval as the watcher would."""
    logging = env.bot.settings.logging.model_copy(update={"statistics_minutes": minutes})
    env.bot.settings = env.bot.settings.model_copy(update={"logging": logging})


async def test_statistics_are_logged_on_an_interval(bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing before the interval is over; then counts since the last event and latencies; 0 is none."""
    clock = Monotonic(monkeypatch)
    events: list[dict[str, Any]] = []
    sink = logger.add(lambda message: events.append(message.record["extra"]), filter=_is_statistics)
    try:
        set_minutes(bot_env, 2)
        job = Statistics(bot_env.bot)
        await job.run()
        await bot_env.db.write(RegisterMember(discord_id=77, username="Ada"), Context())
        await bot_env.db.read(members)
        await job.run()
        assert events == []

        clock.now += 121
        await job.run()
        await job.run()
        assert len(events) == 1
        assert (events[0]["write_count"], events[0]["read_count"], events[0]["failures"]) == (1, 1, 0)
        assert events[0]["seconds"] == 121
        assert events[0]["mode"] == "normal"
        assert events[0]["writes"]["p50"] <= events[0]["writes"]["p99"] <= events[0]["writes"]["highest"]

        clock.now += 121
        await job.run()
        assert (events[1]["write_count"], events[1]["read_count"]) == (0, 0)

        set_minutes(bot_env, 0)
        clock.now += 86_400
        await job.run()
        assert len(events) == 2
    finally:
        logger.remove(sink)


def _is_statistics(record: Any) -> bool:
    return bool(record["message"] == "database_statistics")

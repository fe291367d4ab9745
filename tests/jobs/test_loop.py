"""The loop around jobs: it outlives whatever a run raises, and ends when it is told to."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import pytest

from modelus_bot.config import DatabaseSettings, Settings
from modelus_bot.database.core.errors import DatabaseBusy
from modelus_bot.jobs.loop import Job, JobRunner
from modelus_bot.subjects import DECLARED
from tests.waiting import stays

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

FAULTS: list[Exception] = [
    sqlite3.OperationalError("database is locked"),
    DatabaseBusy("locked"),
    aiohttp.ClientConnectionError("gone"),
    TimeoutError(),
    KeyError("x"),
]


class Counted(Job):
    """Raises each fault in turn, and then works."""

    name = "counted"
    interval = 0.0
    by_the_clock = False

    def __init__(self, bot: ModelUsBot) -> None:
        """Begin with all faults ahead."""
        super().__init__(bot)
        self.left = list(FAULTS)
        self.worked = asyncio.Event()

    async def run(self) -> None:
        """Raise what is next."""
        if self.left:
            raise self.left.pop(0)
        self.worked.set()


class Endless(Job):
    """A run that never ends by itself."""

    name = "endless"
    interval = 3600.0
    by_the_clock = False

    def __init__(self, bot: ModelUsBot) -> None:
        """Not begun."""
        super().__init__(bot)
        self.begun = asyncio.Event()
        self.ended = False

    async def run(self) -> None:
        """Wait for good, and note the end."""
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True


class Slow(Job):
    """A job with a long pause between its runs."""

    name = "slow"
    interval = 3600.0
    by_the_clock = False

    async def run(self) -> None:
        """Do nothing."""


class JustSettings:
    """What a job's context needs of the bot."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings."""
        self.settings = settings


@pytest.fixture
def bot(tmp_path: Any) -> ModelUsBot:
    """Return what stands for the bot where only settings are asked for."""
    settings = Settings(database=DatabaseSettings(path=tmp_path / "bot.db"))
    return cast("ModelUsBot", JustSettings(settings))


async def test_a_failing_run_is_counted_and_the_next_one_comes(bot: ModelUsBot) -> None:
    """Whatever a run raises, SQLite's own errors among them, the job runs again."""
    runner = JobRunner(bot, [Counted])
    job = cast("Counted", runner.jobs[0])
    async with runner:
        await asyncio.wait_for(job.worked.wait(), 5)
    assert runner.failures["counted"] == len(FAULTS)
    assert runner.runs["counted"] > len(FAULTS)


async def test_leaving_stops_a_run_where_it_stands(bot: ModelUsBot) -> None:
    """A job that would go on for ever is cancelled, and nothing of it is left running."""
    runner = JobRunner(bot, [Endless, Slow])
    job = cast("Endless", runner.jobs[0])
    async with runner:
        await asyncio.wait_for(job.begun.wait(), 5)
    assert job.ended
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("job-")]
    assert runner.failures == {}


async def test_the_pause_is_kept(bot: ModelUsBot) -> None:
    """Between two runs a job waits for its interval."""
    runner = JobRunner(bot, [Slow])
    async with runner:
        await stays(lambda: runner.runs["slow"] <= 1, 0.05)
    assert runner.runs["slow"] == 1


async def test_a_cancelled_owner_stays_cancelled(bot: ModelUsBot) -> None:
    """Being cancelled while jobs run stops them and is not swallowed."""
    begun = asyncio.Event()

    async def own() -> None:
        async with JobRunner(bot, [Endless]):
            begun.set()
            await asyncio.Event().wait()

    owner = asyncio.create_task(own())
    await begun.wait()
    owner.cancel()
    with pytest.raises(asyncio.CancelledError):
        await owner
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("job-")]


def test_a_run_with_a_key_counts_once_and_acts_as_the_bot(bot: ModelUsBot) -> None:
    """The request id is made of the job's name and the run's key; without a key there is none."""
    job = Slow(bot)
    assert job.context("12").request_id == "job:slow:12"
    assert job.context("12").actor is None
    assert job.context().request_id is None


def test_every_job_has_its_own_name_and_a_pause() -> None:
    """Names tell jobs apart in logs and request ids; none runs without pause."""
    assert len({job.name for job in DECLARED.screens().jobs}) == len(DECLARED.screens().jobs)
    assert all(job.interval >= 1 for job in DECLARED.screens().jobs)

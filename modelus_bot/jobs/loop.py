"""Jobs and the loop that runs them: a failing run is logged and counted, and the next one comes."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from loguru import logger

from modelus_bot.database import Context, DatabaseError
from modelus_bot.runtime.tasks import owned

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Job", "JobRunner"]

WAIT = 1.0
"""Seconds after which a job that waits for the clock looks again."""


class Job(ABC):
    """Something done again and again; ``interval`` is the pause between two runs in seconds."""

    name: ClassVar[str]
    interval: ClassVar[float]
    by_the_clock: ClassVar[bool] = True
    """Whether what it does depends on the time it is: then it waits while the clock cannot be believed."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Work for ``bot``; nothing runs yet."""
        self.bot = bot

    @abstractmethod
    async def run(self) -> None:
        """Do it once."""

    async def close(self) -> None:  # noqa: B027 - most jobs have nothing to end
        """End what the job itself started, after its last run."""

    def context(self, run_key: str | None = None) -> Context:
        """Describe the bot itself as author; the same ``run_key`` counts once."""
        server = self.bot.settings.server
        return Context(
            request_id=f"job:{self.name}:{run_key}" if run_key is not None else None,
            at=int(time.time()),
            zone=server.timezone,
            handoff_minute=server.handoff_minute,
        )


class JobRunner:
    """Owns the tasks of all jobs, from before the login until the end."""

    def __init__(self, bot: ModelUsBot, jobs: Sequence[type[Job]]) -> None:
        """Build the jobs; ``async with`` starts them."""
        self.jobs = [job(bot) for job in jobs]
        self.runs: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: set[str] = set()

    async def __aenter__(self) -> Self:
        """Start every job in a task of its own."""
        self._tasks = [owned(self._repeat(job), name=f"job-{job.name}") for job in self.jobs]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop every job where it stands, then close each; writes they queued still end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for job in self.jobs:
            await job.close()

    async def _repeat(self, job: Job) -> None:
        while True:
            await self._turn(job)
            await asyncio.sleep(job.interval if job.name not in self._waiting else min(job.interval, WAIT))

    async def _turn(self, job: Job) -> None:
        """Run a job, unless it acts by a clock that cannot be believed at present."""
        if job.by_the_clock and not job.bot.db.clock.ready:
            if job.name not in self._waiting:
                logger.bind(job=job.name).info("job_waits_for_the_clock")
            self._waiting.add(job.name)
            return
        self._waiting.discard(job.name)
        await self.run_once(job)

    async def run_once(self, job: Job) -> None:
        """Run a job, logging and counting what goes wrong."""
        self.runs[job.name] += 1
        try:
            await job.run()
        except DatabaseError as error:
            self.failures[job.name] += 1
            logger.bind(job=job.name, reference=error.reference, detail=error.detail).warning("job_failed")
        except Exception as error:  # noqa: BLE001 - a job that fails once must not stop for good
            self.failures[job.name] += 1
            logger.bind(job=job.name).opt(exception=error).error("job_fault")

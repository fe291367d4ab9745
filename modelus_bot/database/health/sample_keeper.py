"""SampleKeeper: takes health samples and keeps them; while the database is away they wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

from modelus_bot.database.engine import Mode
from modelus_bot.database.health.environment import Environment
from modelus_bot.database.health.monitor import HealthMonitor
from modelus_bot.database.health.overview import Overview
from modelus_bot.database.health.samples import BATCH, HealthSample, KeepSamples
from modelus_bot.database.health.sampling import Sampler

__all__ = ["SAMPLES_KEPT", "SampleKeeper", "Sampled"]

SAMPLES_KEPT = 2880
"""Samples that wait for the database: a day of them."""


class Sampled(Protocol):
    """The database that samples are taken of."""

    health: HealthMonitor

    @property
    def mode(self) -> Mode:
        """What works at the moment."""

    def overview(self) -> Overview:
        """Return how the database is doing."""


class SampleKeeper:
    """Counts from its first look on; each later one gives a sample, which waits until it is written."""

    def __init__(self) -> None:
        """Nothing was looked at yet."""
        self._sampler = Sampler()
        self._waiting: deque[HealthSample] = deque(maxlen=SAMPLES_KEPT)
        self._started = False

    @property
    def waiting(self) -> int:
        """How many samples wait for the database."""
        return len(self._waiting)

    def put(self, sample: HealthSample) -> None:
        """Let a sample wait."""
        self._waiting.append(sample)

    def take(self, db: Sampled, surroundings: Environment, at: int, *, seconds: float) -> None:
        """Take a sample of the last ``seconds`` before ``at`` (UTC seconds); the first look gives none."""
        db.health.note_surroundings(surroundings)
        if self._started:
            sample = self._sampler.sample(db.health, db.overview(), at, seconds=seconds)
            self.put(sample)
            db.health.samples.append(sample)
        self._started = True

    async def write(self, db: Sampled, write: Callable[[KeepSamples], Awaitable[int]]) -> None:
        """Write what waits while everything works; what ``write`` raises leaves the rest waiting."""
        while self._waiting and db.mode is Mode.NORMAL:
            batch = tuple(self._waiting)[:BATCH]
            await write(KeepSamples(samples=batch))
            written = {item.at for item in batch}
            while self._waiting and self._waiting[0].at in written:
                self._waiting.popleft()

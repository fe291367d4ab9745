"""Watches over the health: alerts when something is wrong, and samples for charts."""

from __future__ import annotations

import asyncio
import functools
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from modelus_bot.database import Protection
from modelus_bot.database.administration import Environment, HealthRounds, SampleKeeper
from modelus_bot.jobs.loop import Job

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Health", "HealthSamples"]


class Health(Job):
    """Looks every second at the health of the database, and lets administrators know."""

    name = "health"
    interval = 1.0
    by_the_clock = False

    def __init__(self, bot: ModelUsBot) -> None:
        """Look for the first time as soon as it runs."""
        super().__init__(bot)
        self._rounds: HealthRounds | None = None

    async def run(self) -> None:
        """Look once."""
        settings = self.bot.settings.health
        if self._rounds is None:
            protection = self.bot.db.protection
            book = protection.book if protection is not None else None
            self._rounds = await HealthRounds.begun(self.bot.db, settings, book)
        await self._rounds.look(settings)


class HealthSamples(Job):
    """Looks around every half minute and keeps a sample; while the database is away samples wait."""

    name = "health_samples"
    interval = 30.0

    def __init__(self, bot: ModelUsBot) -> None:
        """Take the first sample at the second run."""
        super().__init__(bot)
        self.keeper = SampleKeeper()

    async def run(self) -> None:
        """Look around, take a sample, and write what waits."""
        db = self.bot.db
        self.keeper.take(db, await self._look_around(), int(time.time()), seconds=self.interval)
        await self.keeper.write(db, lambda samples: db.write(samples, self.context()))

    async def _look_around(self) -> Environment:
        latency = self.bot.latency
        gateway = latency if math.isfinite(latency) else None
        protection = self.bot.db.protection
        if protection is None:
            return Environment(gateway=gateway)
        return await asyncio.to_thread(
            functools.partial(
                surroundings_of,
                protection,
                gateway=gateway,
                started=float(self.bot.db.health.started),
                steadily=self.bot.db.clock.steadily,
                copies=self.bot.settings.backup.schedule == "on",
            )
        )


def surroundings_of(
    protection: Protection,
    *,
    gateway: float | None,
    started: float,
    copies: bool,
    steadily: Callable[[float], float] = float,
) -> Environment:
    """Look at copies, drills and archive; reads files. ``copies`` says whether the clock makes copies.

    ``steadily`` turns stamps into seconds that pass evenly, whatever the clock was set to since.
    """
    backup = protection.backups.newest_verified()
    drill = next(iter(protection.drill.results()), None)
    archive = protection.archive.status()
    at = None if backup is None else int(backup.created_at)
    drill_at = 0.0 if drill is None else float(drill.at)
    drills = copies or archive.available
    return Environment(
        backup_at=at,
        backups_from=None if not copies else steadily(max(started, float(at or 0))),
        drill_at=None if drill is None else drill.at,
        drill_ok=None if drill is None else drill.ok,
        drills_from=None if not drills else steadily(max(started, drill_at)),
        archive_lag=archive.lag if archive.running else None,
        gateway=gateway,
    )

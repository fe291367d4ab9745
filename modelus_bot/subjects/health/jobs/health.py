"""Watches over the health: alerts when something is wrong, and samples for charts."""

from __future__ import annotations

import asyncio
import functools
import math
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from loguru import logger

from modelus_bot.config.units import MEGABYTE
from modelus_bot.database import Alert, Mode, Overview, Protection
from modelus_bot.database.administration import (
    BATCH,
    NEAR_LIMIT,
    Environment,
    HealthSample,
    HealthWatch,
    KeepSamples,
    Sampler,
    cause_words,
    no_later,
)
from modelus_bot.jobs.loop import Job

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Health", "HealthSamples"]

LOOK_EVERY = 5.0
"""Seconds between two looks at the values; the mode is looked at in every run."""
CLEAN_UP_EVERY = 3600.0
"""Seconds between two requests for a clean-up while the file stays near its limit."""
SAMPLES_KEPT = 2880
"""Samples that wait for the database: a day of them."""


class Health(Job):
    """Looks every second at the mode and every five at the values, and alerts administrators."""

    name = "health"
    interval = 1.0
    by_the_clock = False

    def __init__(self, bot: ModelUsBot) -> None:
        """Look for the first time as soon as it runs."""
        super().__init__(bot)
        self._watch: HealthWatch | None = None
        self._looked = -math.inf
        self._asked = -math.inf

    async def run(self) -> None:
        """Look once; what is told and what is known by then reach the disk together."""
        watch = self._watch = self._watch or await self._begin()
        at = self.bot.db.clock.steady()
        if self.bot.settings.health is not watch.settings:
            watch.apply(self.bot.settings.health)
        self._tell(self._look_at_mode(watch, at))
        self.bot.db.health.tell_of_storm()
        if at - self._looked >= LOOK_EVERY or at < self._looked:
            self._looked = at
            seen = self.bot.db.overview()
            self._tell(watch.look(seen, at))
            self.bot.db.health.note_incidents(watch.incidents)
            self._ask_for_clean_up(watch, seen, at)
        if self.bot.db.protection is not None:
            book = self.bot.db.protection.book
            book.note_told(watch.told)
            book.take(at)
            await book.save()

    async def _begin(self) -> HealthWatch:
        """Go on from what the last run told."""
        protection = self.bot.db.protection
        if protection is None:
            return HealthWatch(self.bot.settings.health)
        await protection.book.open()
        told = no_later(protection.book.told, self.bot.db.clock.steady())
        return HealthWatch(self.bot.settings.health, told)

    def _look_at_mode(self, watch: HealthWatch, at: float) -> list[Alert]:
        db = self.bot.db
        changes: list[tuple[Mode, float]] = []
        while db.health.mode_changes:
            change = db.health.mode_changes.popleft()
            changes.append((change.after, db.clock.steadily(float(change.at))))
        kept = db.overview().deferred if changes or db.mode is not Mode.NORMAL else None
        why = cause_words(db.availability.cause)
        return watch.modes([*changes, (db.mode, at)], why, kept)

    def _tell(self, alerts: list[Alert]) -> None:
        protection = self.bot.db.protection
        for alert in alerts:
            log = logger.bind(alert=alert.kind, text=alert.text, **alert.fields)
            log.log("INFO" if alert.severity == "info" else "WARNING", "health_alert")
            if protection is not None:
                protection.waiting.append(alert)

    def _ask_for_clean_up(self, watch: HealthWatch, seen: Overview, at: float) -> None:
        """Ask for a clean-up when the file gets too large, and seldom again while it stays so."""
        if not watch.raised(NEAR_LIMIT) or 0 <= at - self._asked < CLEAN_UP_EVERY:
            return
        self._asked = at
        limit = watch.settings.file_limit_megabytes * MEGABYTE
        self.bot.db.maintenance.near_limit(seen.file_bytes or 0, limit)


class HealthSamples(Job):
    """Looks around every half minute and keeps a sample; while the database is away samples wait."""

    name = "health_samples"
    interval = 30.0

    def __init__(self, bot: ModelUsBot) -> None:
        """Take the first sample at the second run."""
        super().__init__(bot)
        self._sampler = Sampler()
        self._waiting: deque[HealthSample] = deque(maxlen=SAMPLES_KEPT)
        self._started = False

    @property
    def waiting(self) -> int:
        """How many samples wait for the database."""
        return len(self._waiting)

    async def run(self) -> None:
        """Look around, take a sample, and write what waits."""
        db = self.bot.db
        db.health.note_surroundings(await self._look_around())
        if not self._started:
            self._started = True
            return
        sample = self._sampler.sample(db.health, db.overview(), int(time.time()), seconds=self.interval)
        self._waiting.append(sample)
        db.health.samples.append(sample)
        while self._waiting and db.mode is Mode.NORMAL:
            batch = tuple(self._waiting)[:BATCH]
            await db.write(KeepSamples(samples=batch), self.context())
            written = {one.at for one in batch}
            while self._waiting and self._waiting[0].at in written:
                self._waiting.popleft()

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

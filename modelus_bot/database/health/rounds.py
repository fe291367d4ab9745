"""HealthRounds: looks at the mode and the values, round by round, and tells administrators what is wrong."""

from __future__ import annotations

import math
from typing import Protocol, Self

from loguru import logger

from modelus_bot.clock.clock import Clock
from modelus_bot.config import HealthSettings
from modelus_bot.config.units import MEGABYTE
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.engine import Mode
from modelus_bot.database.health.alert_book import AlertBook, no_later
from modelus_bot.database.health.alert_rules import NEAR_LIMIT
from modelus_bot.database.health.causes import cause_words
from modelus_bot.database.health.monitor import HealthMonitor
from modelus_bot.database.health.overview import Overview
from modelus_bot.database.health.watch import HealthWatch

__all__ = ["CLEAN_UP_EVERY", "HealthRounds", "Observed"]

LOOK_EVERY = 5.0
"""Seconds between two looks at the values; the mode is looked at in every round."""
CLEAN_UP_EVERY = 3600.0
"""Seconds between two requests for a clean-up while the file stays near its limit."""


class Observed(Protocol):
    """The database that is looked at."""

    health: HealthMonitor
    clock: Clock

    @property
    def mode(self) -> Mode:
        """What works at the moment."""

    @property
    def cause(self) -> DatabaseError | None:
        """Why the mode is not normal."""

    def overview(self) -> Overview:
        """Return how the database is doing."""

    def near_limit(self, file_bytes: int, limit_bytes: int) -> None:
        """Ask for a clean-up, since the file is near its limit."""


class HealthRounds:
    """Goes on from what people were told by the last run; without a ``book`` nobody is told."""

    def __init__(self, db: Observed, watch: HealthWatch, book: AlertBook | None) -> None:
        """Look for the first time in the first round."""
        self._db = db
        self._watch = watch
        self._book = book
        self._looked = -math.inf
        self._asked = -math.inf

    @classmethod
    async def begun(cls, db: Observed, settings: HealthSettings, book: AlertBook | None) -> Self:
        """Read what the last run told."""
        if book is None:
            return cls(db, HealthWatch(settings), None)
        await book.open()
        return cls(db, HealthWatch(settings, no_later(book.told, db.clock.steady())), book)

    async def look(self, settings: HealthSettings) -> None:
        """Look once; what is told and what is known by then reach the disk together."""
        watch, at = self._watch, self._db.clock.steady()
        if settings is not watch.settings:
            watch.apply(settings)
        self._tell(self._look_at_mode(at))
        self._db.health.tell_of_storm()
        if at - self._looked >= LOOK_EVERY or at < self._looked:
            self._looked = at
            seen = self._db.overview()
            self._tell(watch.look(seen, at))
            self._db.health.note_incidents(watch.incidents)
            self._ask_for_clean_up(seen, at)
        if self._book is not None:
            self._book.note_told(watch.told)
            self._book.take(at)
            await self._book.save()

    def _look_at_mode(self, at: float) -> list[Alert]:
        db = self._db
        changes: list[tuple[Mode, float]] = []
        while db.health.mode_changes:
            change = db.health.mode_changes.popleft()
            changes.append((change.after, db.clock.steadily(float(change.at))))
        kept = db.overview().deferred if changes or db.mode is not Mode.NORMAL else None
        return self._watch.modes([*changes, (db.mode, at)], cause_words(db.cause), kept)

    def _tell(self, alerts: list[Alert]) -> None:
        for alert in alerts:
            log = logger.bind(alert=alert.kind, text=alert.text, **alert.fields)
            log.log("INFO" if alert.severity == "info" else "WARNING", "health_alert")
            if self._book is not None:
                self._book.new.append(alert)

    def _ask_for_clean_up(self, seen: Overview, at: float) -> None:
        """Ask for a clean-up when the file gets too large, and seldom again while it stays so."""
        if not self._watch.raised(NEAR_LIMIT) or 0 <= at - self._asked < CLEAN_UP_EVERY:
            return
        self._asked = at
        self._db.near_limit(seen.file_bytes or 0, self._watch.settings.file_limit_megabytes * MEGABYTE)

"""Logs the database's counts and latencies on an interval, so that a log tells how a day went."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from loguru import logger

from modelus_bot.database import Overview
from modelus_bot.database.administration import Percentiles
from modelus_bot.jobs.loop import Job

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Statistics", "facts_of"]

COUNTED = ("read_count", "write_count", "repeated", "refused", "failures", "retries", "reopened")
"""What is told as the number since the last event."""


class Statistics(Job):
    """Looks every ten seconds whether an event is due; ``logging.statistics_minutes`` may be edited."""

    name = "statistics"
    interval = 10.0
    by_the_clock = False

    def __init__(self, bot: ModelUsBot) -> None:
        """Count from now on."""
        super().__init__(bot)
        self._last = time.monotonic()
        self._before: Overview | None = None

    async def run(self) -> None:
        """Leave the event when it is due."""
        minutes = self.bot.settings.logging.statistics_minutes
        now = time.monotonic()
        if self._before is None:
            self._before = self.bot.db.overview()
        if not minutes or now - self._last < minutes * 60:
            return
        overview = self.bot.db.overview()
        facts = facts_of(self._before, overview)
        logger.bind(seconds=round(now - self._last), **facts).info("database_statistics")
        self._last, self._before = now, overview


def facts_of(before: Overview, now: Overview) -> dict[str, Any]:
    """Return the event's fields: counts since ``before``, latencies in milliseconds, sizes in bytes."""
    counts = {name: getattr(now, name) - getattr(before, name) for name in COUNTED}
    return counts | {
        "mode": now.mode.value,
        "reads": _latencies(now.reads),
        "writes": _latencies(now.writes),
        "queue_depth": now.queue_depth,
        "mean_group": round(now.mean_group, 2),
        "file_bytes": now.file_bytes,
        "wal_bytes": now.wal_bytes,
        "free_bytes": now.free_bytes,
    }


def _latencies(found: Percentiles) -> dict[str, float | None]:
    values = {"p50": found.p50, "p95": found.p95, "p99": found.p99, "highest": found.highest}
    return {name: None if value is None else round(value, 3) for name, value in values.items()}

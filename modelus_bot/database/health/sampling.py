"""Sampler: makes health samples of what the monitor has counted."""

from __future__ import annotations

from modelus_bot.database.health.monitor import HealthMonitor
from modelus_bot.database.health.overview import Overview
from modelus_bot.database.health.rolling import percentiles
from modelus_bot.database.health.samples import HealthSample

__all__ = ["Sampler"]


class Sampler:
    """Makes samples of what was counted since the one before."""

    def __init__(self) -> None:
        """Count from the first look on."""
        self._operations = 0
        self._errors = 0

    def sample(self, health: HealthMonitor, seen: Overview, at: int, *, seconds: float) -> HealthSample:
        """Return the sample of ``at`` (UTC seconds), with the latencies of the last ``seconds``."""
        figures = health.figures
        counts = figures.counts
        operations = counts["read"] + counts["write"] + counts["preview"]
        errors = counts["failures"]
        latencies = percentiles(figures.reads, figures.writes, seconds=seconds)
        made = HealthSample(
            at=at,
            mode=seen.mode.value,
            queries=operations - self._operations,
            errors=errors - self._errors,
            p50_us=_microseconds(latencies.p50),
            p99_us=_microseconds(latencies.p99),
            db_bytes=seen.file_bytes or 0,
            wal_bytes=seen.wal_bytes or 0,
            last_backup_at=seen.surroundings.backup_at,
        )
        self._operations, self._errors = operations, errors
        return made


def _microseconds(milliseconds: float | None) -> int | None:
    return None if milliseconds is None else round(milliseconds * 1000)

"""Overview: how the database is doing, gathered without touching it."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.operation_event import Failure
from modelus_bot.database.engine import Mode
from modelus_bot.database.health.causes import cause_words
from modelus_bot.database.health.environment import NOTHING_KNOWN, Environment
from modelus_bot.database.health.incidents import Incident
from modelus_bot.database.health.rolling import NO_SAMPLES, Percentiles

if TYPE_CHECKING:
    from modelus_bot.database.engine import Availability
    from modelus_bot.database.health.monitor import HealthMonitor

__all__ = ["Overview", "overview_of"]


@dataclass(frozen=True, slots=True)
class Overview:
    """How the database is doing, gathered without touching it."""

    mode: Mode
    write_breaker: str
    read_breaker: str
    cause: str | None
    since: int
    reads: Percentiles
    writes: Percentiles
    read_count: int
    write_count: int
    repeated: int
    refused: int
    failures: int
    retries: int
    queue_depth: int
    mean_group: float
    reopened: int
    slow: tuple[tuple[str, int], ...]
    recent_failures: tuple[Failure, ...]
    path: str
    file_bytes: int | None
    wal_bytes: int | None
    free_bytes: int | None
    synchronous: str
    sqlite_version: str
    per_second: float = 0.0
    """Operations a second over the last five minutes."""
    operations_lately: int = 0
    failed_lately: int = 0
    """How many operations there were in the last five minutes, and how many the database failed."""
    too_late_reads: int = 0
    too_late_reports: int = 0
    too_late_writes: int = 0
    """How many short queries, long queries and changes were given up for taking too long."""
    queue_limit: int = 0
    reader_depth: int = 0
    """How many queries wait."""
    reader_waits: Percentiles = NO_SAMPLES
    long_waits: Percentiles = NO_SAMPLES
    """How long short and long queries waited before they ran."""
    loop_delay: Percentiles = NO_SAMPLES
    """How much later than asked the event loop went on."""
    surroundings: Environment = NOTHING_KNOWN
    incidents: tuple[Incident, ...] = ()
    """What is wrong at present, oldest first."""
    deferred: int | None = None
    """How many changes are kept for later; None where none can be."""

    @property
    def error_share(self) -> float:
        """Which part of the last five minutes' operations the database failed, from 0 to 1."""
        return self.failed_lately / self.operations_lately if self.operations_lately else 0.0


def overview_of(
    health: HealthMonitor,
    availability: Availability,
    *,
    path: Path,
    settings: DatabaseSettings,
    queue_depth: int,
    reader_depth: int,
    reopened: int,
    deferred: int | None = None,
) -> Overview:
    """Gather what ``health`` counted, how the breakers stand, and the sizes of the files."""
    figures, cause = health.figures, availability.cause
    counts, lately = figures.counts, (figures.reads, figures.writes)
    return Overview(
        mode=availability.mode,
        write_breaker=availability.writes.state.value,
        read_breaker=availability.reads.state.value,
        cause=cause_words(cause),
        since=health.started,
        reads=figures.reads.percentiles(),
        writes=figures.writes.percentiles(),
        read_count=counts["read"],
        write_count=counts["write"],
        repeated=counts["repeated"],
        refused=counts["refused"],
        failures=counts["failures"],
        retries=counts["retries"],
        queue_depth=queue_depth,
        mean_group=figures.mean_group,
        reopened=reopened,
        slow=tuple(figures.slow_operations.most_common(5)),
        recent_failures=tuple(health.recent),
        path=str(path),
        file_bytes=_size(path),
        wal_bytes=_size(path.with_name(path.name + "-wal")),
        free_bytes=_free(path.parent),
        synchronous=settings.synchronous,
        sqlite_version=sqlite3.sqlite_version,
        per_second=sum(item.per_second() for item in lately),
        operations_lately=sum(item.count() for item in lately),
        failed_lately=sum(item.failed() for item in lately),
        too_late_reads=counts["too_late_reads"],
        too_late_reports=counts["too_late_reports"],
        too_late_writes=counts["too_late_writes"],
        queue_limit=settings.queue_limit,
        reader_depth=reader_depth,
        reader_waits=figures.waits.percentiles(),
        long_waits=figures.long_waits.percentiles(),
        loop_delay=health.loop_delays.percentiles(),
        surroundings=health.surroundings,
        incidents=health.incidents,
        deferred=deferred,
    )


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None

"""Overview: how the database is doing, gathered without touching it."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.database.degradation import Mode
from modelus_bot.database.health.events import Failure
from modelus_bot.database.health.rolling import Percentiles

__all__ = ["Overview"]


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

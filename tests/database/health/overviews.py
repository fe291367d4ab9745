"""Overviews for tests: a healthy one, of which single figures are replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.health.environment import Environment
from modelus_bot.database.health.overview import Overview
from modelus_bot.database.health.rolling import Percentiles

MEGABYTE = 1024 * 1024
QUICK = Percentiles(1000, 1.0, 2.0, 3.0, 4.0)
HEALTHY = Overview(
    mode=Mode.NORMAL,
    write_breaker="closed",
    read_breaker="closed",
    cause=None,
    since=0,
    reads=QUICK,
    writes=QUICK,
    read_count=1000,
    write_count=1000,
    repeated=0,
    refused=0,
    failures=0,
    retries=0,
    queue_depth=0,
    mean_group=1.5,
    reopened=0,
    slow=(),
    recent_failures=(),
    path="modelus.db",
    file_bytes=10 * MEGABYTE,
    wal_bytes=MEGABYTE,
    free_bytes=50_000 * MEGABYTE,
    synchronous="FULL",
    sqlite_version="3",
    per_second=6.0,
    operations_lately=2000,
    queue_limit=2000,
    reader_waits=QUICK,
    long_waits=QUICK,
    loop_delay=QUICK,
    surroundings=Environment(gateway=0.05),
)


def overview(**figures: Any) -> Overview:
    """Return a healthy overview with some figures replaced."""
    return replace(HEALTHY, **figures)


def slow(milliseconds: float, count: int = 1000) -> Percentiles:
    """Return percentiles of which all are the same."""
    return Percentiles(count, milliseconds, milliseconds, milliseconds, milliseconds)

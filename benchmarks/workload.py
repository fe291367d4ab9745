"""The workload every contender runs: upsert one row and add one audit row, for a fixed time."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["AUDIT", "KEYS", "UPSERT", "Result", "drive", "prepare", "rows", "summarise"]

KEYS = 1000
SCHEMA = """
CREATE TABLE bench_rows(
  key TEXT PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE bench_audit(
  id INTEGER PRIMARY KEY, record TEXT NOT NULL, old TEXT, new TEXT,
  changed_by INTEGER NOT NULL, changed_at INTEGER NOT NULL
) STRICT;
"""
UPSERT = (
    "INSERT INTO bench_rows(key, value, version) VALUES(?, ?, 1)"
    " ON CONFLICT(key) DO UPDATE SET value = excluded.value, version = version + 1"
)
AUDIT = "INSERT INTO bench_audit(record, old, new, changed_by, changed_at) VALUES(?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Result:
    """Writes per second and the 99th percentile of a write's latency in milliseconds."""

    per_second: float
    p99: float


def rows(number: int) -> tuple[tuple[str, str], tuple[str, str, str, int, int]]:
    """Return the parameters of the upsert and of the audit row of write ``number``."""
    key = f"key-{number % KEYS}"
    return (key, str(number)), (key, f'{{"value":{number - 1}}}', f'{{"value":{number}}}', 1, 1_700_000_000)


def prepare(path: Path, synchronous: str) -> sqlite3.Connection:
    """Open a fresh WAL database with the bare tables; ``synchronous`` is FULL or NORMAL."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30.0, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(
        {"FULL": "PRAGMA synchronous=FULL", "NORMAL": "PRAGMA synchronous=NORMAL"}[synchronous]
    )
    connection.executescript(SCHEMA)
    return connection


def summarise(latencies: list[float], seconds: float) -> Result:
    """Turn latencies in seconds, gathered over ``seconds``, into a result."""
    ordered = sorted(latencies)
    return Result(len(ordered) / seconds, ordered[int(len(ordered) * 0.99)] * 1000)


async def drive(write: Callable[[int], Awaitable[object]], callers: int, seconds: float) -> Result:
    """Let ``callers`` tasks call ``write(number)`` one after another for ``seconds``."""
    latencies: list[float] = []
    numbers = iter(range(10**9))
    begun = time.perf_counter()
    stop = begun + seconds

    async def caller() -> None:
        while (started := time.perf_counter()) < stop:
            await write(next(numbers))
            latencies.append(time.perf_counter() - started)

    await asyncio.gather(*(caller() for _ in range(callers)))
    return summarise(latencies, time.perf_counter() - begun)

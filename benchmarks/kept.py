"""What the snapshot of a large kept table costs those who ask meanwhile: as it is, row by row, and none."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.workload import Result, summarise
from modelus_bot.config import DatabaseSettings, DegradationSettings, SnapshotSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Write, query
from modelus_bot.database.core.transaction import ReadTransaction, Transaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.fallback import Fallback
from modelus_bot.runtime.tasks import ended
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.notices.writes.saved_changes import explain, telling

__all__ = ["measure_kept"]

ROWS = 20_000
PER_SECOND = 100
ROUND_SECONDS = 5.0
DESIGNS = ("no snapshot", "row by row in Python", "written by SQLite")

Read = Callable[..., Awaitable[Any]]


class _Fill(Write[int]):
    def apply(self, tx: Transaction) -> int:
        tx.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO settings(key, value, version, updated_by, updated_at)"
            " SELECT 'key ' || i, i, 1, 0, 0 FROM n",
            (ROWS,),
        )
        return ROWS


class _Change(Write[int]):
    number: int

    def apply(self, tx: Transaction) -> int:
        tx.execute(
            "UPDATE settings SET value = ? WHERE key = ?", (-1 - self.number, f"key {self.number % ROWS}")
        )
        return self.number


@query
def _one(tx: ReadTransaction, number: int) -> object:
    return tx.fetch_value("SELECT value FROM settings WHERE key = ?", (f"key {number}",))


@query(long=True)
def _row_by_row(tx: ReadTransaction) -> int:
    return sum(len(json.dumps(tuple(row))) for row in tx.fetch_all("SELECT * FROM settings"))


def measure_kept(console: Console, *, rounds: int, seconds: float | None, folder: str | None) -> None:
    """Measure in interleaved rounds and print medians."""
    figures: dict[str, list[Result]] = {name: [] for name in DESIGNS}
    for _ in range(rounds):
        for design, results in figures.items():
            with tempfile.TemporaryDirectory(dir=folder) as place:
                path = Path(place) / "modelus.db"
                results.append(asyncio.run(_measure(path, design, seconds or ROUND_SECONDS)))
    table = Table(title=f"a read among {PER_SECOND} reads and writes a second, {ROWS:,} rows in a kept table")
    table.add_column("snapshot each second")
    table.add_column("p99 ms", justify="right")
    for design, results in figures.items():
        table.add_row(design, f"{statistics.median(result.p99 for result in results):.2f}")
    console.print(table)


async def _measure(path: Path, design: str, seconds: float) -> Result:
    fallback = Fallback(
        path,
        degradation=DegradationSettings(),
        snapshot=SnapshotSettings(),
        reserve_megabytes=0,
        tables=DECLARED.kept_tables,
        telling=telling,
        explain=explain,
    )
    with_ours = fallback if design == DESIGNS[2] else None
    async with DatabaseManager(path, DatabaseSettings(), fallback=with_ours) as db:
        await db.write(_Fill(), Context())
        await asyncio.sleep(1.5)
        reading = asyncio.create_task(_each_second(db)) if design == DESIGNS[1] else None
        latencies = await _drive(db, seconds)
        await ended(reading)
    return summarise(latencies, seconds)


async def _each_second(db: DatabaseManager) -> None:
    while True:
        await db.read(_row_by_row)
        await asyncio.sleep(1)


async def _drive(db: DatabaseManager, seconds: float) -> list[float]:
    latencies: list[float] = []

    async def ask(number: int) -> None:
        began = time.perf_counter()
        await db.read(_one, number % ROWS)
        latencies.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        for number in range(round(seconds * PER_SECOND / 2)):
            group.create_task(ask(number))
            group.create_task(db.write(_Change(number=number), Context()))
            await asyncio.sleep(2 / PER_SECOND)
    return latencies

"""What a backup costs those who write and read meanwhile: the same load with and without one running."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.contenders import PutSetting
from benchmarks.filled import fill
from benchmarks.steady import Latencies, steadily
from modelus_bot.config import BackupSettings, DatabaseSettings
from modelus_bot.database.backup.manager import BackupManager
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.subjects import DECLARED

__all__ = ["Window", "measure_backup"]

SETTLE = 1.0
"""Seconds between two windows, in which the disk finishes what the one before left."""

CALM, BUSY = "nothing else", "a backup"


@query
def value_of(tx: ReadTransaction, key: str) -> str | None:
    """Return a setting's value."""
    value: str | None = tx.fetch_value("SELECT value FROM settings WHERE key = ?", (key,))
    return value


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of load; with a backup, the seconds its copying and its checking took."""

    latencies: Latencies
    copying: float = 0.0
    checking: float = 0.0


def measure_backup(
    console: Console, *, megabytes: int, rounds: int, seconds: float, rate: float | None, folder: str | None
) -> None:
    """Print a table: 100 writes and 100 reads a second, alone and beside a backup, in interleaved rounds."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "modelus.db"
        console.print(f"Filling a database of {megabytes} MB …")
        fill(path, megabytes)
        found = asyncio.run(_rounds(path, rounds, seconds, rate))
    console.print(_table(found, megabytes))


async def _rounds(path: Path, rounds: int, seconds: float, rate: float | None) -> dict[str, list[Window]]:
    settings = BackupSettings(folder=path.parent / "backups", keep_hourly=1, keep_daily=0, keep_weekly=0)
    if rate is not None:
        settings = settings.model_copy(update={"megabytes_per_second": rate})
    found: dict[str, list[Window]] = {CALM: [], BUSY: []}
    async with DatabaseManager(path, DatabaseSettings()) as db:
        backups = BackupManager(path, settings, validator=SchemaValidator(), invariants=DECLARED.invariants)
        await _window(db, lambda _: asyncio.sleep(seconds))
        for _ in range(rounds):
            found[CALM].append(await _window(db, lambda _: asyncio.sleep(seconds)))
            found[BUSY].append(await _window(db, lambda told: backups.create("scheduled", on_progress=told)))
    return found


async def _window(
    db: DatabaseManager, work: Callable[[Callable[[dict[str, Any]], None]], Awaitable[object]]
) -> Window:
    """Keep the load up for as long as ``work`` takes, and note when its steps begin."""
    steps: dict[str, float] = {}
    stop = asyncio.Event()

    async def write(number: int) -> None:
        await db.write(PutSetting(key=f"key-{number}", value=number), Context(actor=1))

    async def read(number: int) -> None:
        await db.read(value_of, f"key-{number}")

    def told(progress: dict[str, Any]) -> None:
        steps.setdefault(progress["step"], time.perf_counter())

    load = asyncio.create_task(steadily(write, read, stop))
    await work(told)
    ended = time.perf_counter()
    stop.set()
    latencies = await load
    await asyncio.sleep(SETTLE)
    if not steps:
        return Window(latencies)
    return Window(latencies, steps["hashing"] - steps["copying"], ended - steps["hashing"])


def _table(found: dict[str, list[Window]], megabytes: int) -> Table:
    """Return medians over the rounds and, for the longest wait, also the worst of them."""
    table = Table(title=f"{megabytes} MB, 100 writes/s and 100 reads/s: milliseconds")
    for column in ("beside", "write p50", "write p99", "write max (worst)", "read p99", "read max (worst)"):
        table.add_column(column, justify="left" if column == "beside" else "right")
    table.add_column("copying, checking")
    for name, windows in found.items():
        cells = [name, _median(windows, "writes", 0.5), _median(windows, "writes", 0.99)]
        cells += [_longest(windows, "writes"), _median(windows, "reads", 0.99), _longest(windows, "reads")]
        copying = statistics.median(window.copying for window in windows)
        checking = statistics.median(window.checking for window in windows)
        table.add_row(*cells, f"{copying:.1f} s, {checking:.1f} s" if copying else "—")
    return table


def _median(windows: list[Window], what: str, share: float) -> str:
    return f"{statistics.median(window.latencies.milliseconds(what, share) for window in windows):.1f}"


def _longest(windows: list[Window], what: str) -> str:
    each = [window.latencies.milliseconds(what, 1.0) for window in windows]
    return f"{statistics.median(each):.1f} ({max(each):.1f})"

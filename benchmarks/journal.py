"""What changes saved for later cost: saving them one by one and together, reading them, replaying them."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from modelus_bot.config import DatabaseSettings, DegradationSettings
from modelus_bot.database.context import Context
from modelus_bot.database.journal import Journal, answered, journal_path
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.open_transaction import Transaction
from modelus_bot.database.operation import Write
from modelus_bot.domain.reconciling import explain, telling

__all__ = ["measure_journal"]

CHANGES = 10_000
ALONE = 200
KEYS = 1000


class PutBench(Write[int]):
    """Upsert a setting and audit it: about what a small command does."""

    key: str
    value: int

    deferrable = True

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        before = tx.fetch_value("SELECT value FROM settings WHERE key = ?", (self.key,))
        tx.execute(
            "INSERT INTO settings(key, value, updated_at) VALUES(?, ?, ?)"
            " ON CONFLICT(key) DO UPDATE SET value = excluded.value, version = version + 1",
            (self.key, str(self.value), tx.context.at),
        )
        tx.audit(
            "settings",
            self.key,
            "UPDATE",
            old={"value": before} if before else None,
            new={"value": self.value},
        )
        return self.value


def measure_journal(console: Console, *, rounds: int, folder: str | None) -> None:
    """Measure each step in rounds and print medians."""
    figures: dict[str, list[float]] = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            for step, seconds in asyncio.run(_round(Path(place) / "modelus.db")).items():
                figures.setdefault(step, []).append(seconds)
    table = Table("step", "median", "slowest", title=f"{CHANGES:,} changes saved for later, {rounds} rounds")
    for step, found in figures.items():
        table.add_row(step, f"{statistics.median(found):.2f} s", f"{max(found):.2f} s")
    console.print(table)


async def _round(path: Path) -> dict[str, float]:
    steps: dict[str, float] = {}
    settings = DatabaseSettings(synchronous="FULL", write_deadline=60.0)
    async with DatabaseManager(path, settings) as db:
        async with _journal(path) as journal:
            started = time.perf_counter()
            for number in range(ALONE):
                await journal.append(_change(number), Context(actor=2**50))
            steps[f"save {ALONE} one after the other"] = time.perf_counter() - started
            started = time.perf_counter()
            await asyncio.gather(
                *(journal.append(_change(n), Context(actor=2**50)) for n in range(ALONE, CHANGES))
            )
            steps[f"save {CHANGES - ALONE:,} together"] = time.perf_counter() - started
        started = time.perf_counter()
        async with _journal(path) as journal:
            steps["read them after a restart"] = time.perf_counter() - started
            report = await journal.replay(
                _Telling(db, steps).submit, answered=lambda ids: db.read(answered, ids)
            )
            steps["replay, without messages"] = report.seconds - steps["queue the authors' messages"]
            if report.applied != CHANGES:
                raise RuntimeError(report.words)
    return steps


class _Telling:
    """Passes writes on and keeps the time that messages to authors take apart."""

    def __init__(self, db: DatabaseManager, steps: dict[str, float]) -> None:
        self._db = db
        self._steps = steps
        steps["queue the authors' messages"] = 0.0

    async def submit(self, write: Write[object], context: Context) -> object:
        if isinstance(write, PutBench):
            return await self._db._transactions.submit(write, context)  # noqa: SLF001 - as the manager does
        started = time.perf_counter()
        result = await self._db._transactions.submit(write, context)  # noqa: SLF001 - as the manager does
        self._steps["queue the authors' messages"] += time.perf_counter() - started
        return result


def _journal(path: Path) -> Journal:
    return Journal(journal_path(path), DegradationSettings(), explain=explain, telling=telling)


def _change(number: int) -> PutBench:
    return PutBench(key=f"key-{number % KEYS}", value=number)

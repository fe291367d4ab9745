"""What changes saved for later cost: saving them one by one and together, reading them, replaying them."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, Self

from rich.console import Console
from rich.table import Table

from modelus_bot.config import DatabaseSettings, DegradationSettings
from modelus_bot.database.core.append_file import journal_path
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.journal.answered import answered
from modelus_bot.database.offline.journal.journal import Journal
from modelus_bot.subjects.notices.writes.saved_changes import explain, telling

__all__ = ["measure_journal"]

CHANGES = 10_000
ALONE = 200
KEYS = 1000
LOOK = 0.005
HELD_UP = "longest that a replay held up the event loop"


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
        table.add_row(step, _shown(step, statistics.median(found)), _shown(step, max(found)))
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
            gc.collect()
            gc.freeze()  # as the bot does when it has started
            async with _Loop() as loop:
                parts = _Parts(db)
                report = await journal.replay(parts.enqueue, answered=lambda ids: db.read(answered, ids))
        if report.applied != CHANGES or not parts.told:
            raise RuntimeError(report.words)
        steps["apply them, in order"] = parts.told - loop.started
        steps["queue the authors' messages, empty the file"] = loop.ended - parts.told
        steps["replay in all"] = report.seconds
        steps["work of the processor for it"] = loop.worked
        steps[HELD_UP] = loop.longest
    return steps


class _Parts:
    """Passes writes on to the queue, as the bot does, and notes when the first message was ``told``."""

    def __init__(self, db: DatabaseManager) -> None:
        self._enqueue = db._transactions.enqueue  # noqa: SLF001 - what the bot replays through
        self.told = 0.0

    def enqueue(
        self, write: Write[Any], context: Context, *, together: object | None = None
    ) -> asyncio.Future[Any]:
        if not self.told and not isinstance(write, PutBench):
            self.told = time.perf_counter()
        return self._enqueue(write, context, together=together)


class _Loop:
    """Looks every ``LOOK`` how long the event loop served nobody else, and what all threads worked.

    All in seconds.
    """

    async def __aenter__(self) -> Self:
        self.longest, self._watching = 0.0, asyncio.create_task(self._watch())
        await asyncio.sleep(0)
        self.started, self.worked = time.perf_counter(), -time.process_time()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.ended = time.perf_counter()
        self.worked += time.process_time()
        self._watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._watching

    async def _watch(self) -> None:
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(LOOK)
            self.longest = max(self.longest, time.perf_counter() - asked - LOOK)


def _shown(step: str, seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if step == HELD_UP else f"{seconds:.2f} s"


def _journal(path: Path) -> Journal:
    return Journal(journal_path(path), DegradationSettings(), explain=explain, telling=telling)


def _change(number: int) -> PutBench:
    return PutBench(key=f"key-{number % KEYS}", value=number)

"""What it costs to read for a viewer: the same reads on the connection that shows their rows, and without."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Query, Write, query, viewer_query
from modelus_bot.database.core.transaction import ReadTransaction, Transaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects import DECLARED

__all__ = ["measure_viewer"]

PEOPLE = 200
NOTICES = 21_000
COVERS = 1_000
BASE = 2**50
READS = 40
"""Reads of a kind before the other kind's turn."""

_UNREAD = """
SELECT created_at, type, title FROM notifications
WHERE user_id = ?1 AND is_read = 0 ORDER BY created_at DESC LIMIT 20
"""
_ONE = "SELECT id, title, message FROM notifications WHERE id = ?2 AND user_id = ?1"
_COVERS = """
SELECT id, sprint_id, discipline, status, reason, created_at FROM overrides
WHERE status IN ('open', 'taken') AND requested_by <> ?1 ORDER BY created_at DESC LIMIT 20
"""
_SEARCH = "SELECT id, title FROM notifications WHERE user_id = ?1 AND message LIKE ?2 LIMIT 20"

CASES: dict[str, tuple[str, Callable[[int], Any]]] = {
    "unread notices, newest first": (_UNREAD, lambda _: None),
    "a notice by its number": (_ONE, lambda number: number % NOTICES + 1),
    "covers that wait, for staff": (_COVERS, lambda _: None),
    "notices with a word in them (behind the barrier)": (_SEARCH, lambda number: f"%{number % 100} %"),
}


@query
def _without(tx: ReadTransaction, member: int, sql: str, value: Any) -> list[Any]:
    return tx.fetch_all(sql, (member, value) if "?2" in sql else (member,))


def _query_for(name: str) -> Query[..., list[Any]]:
    """Return a viewer's query of its own for each case: which connection answers is decided for each."""

    def asked(tx: ReadTransaction, viewer: Viewer, sql: str, value: Any) -> list[Any]:
        return tx.fetch_all(sql, (viewer.id, value) if "?2" in sql else (viewer.id,))

    asked.__name__ = name
    return viewer_query(asked)


class Fill(Write[None]):
    """Enter people with notices, covers and a sprint."""

    def apply(self, tx: Transaction) -> None:
        """Insert all of them."""
        tx.execute_many(
            "INSERT INTO users(discord_id, username, role, created_at, updated_at) VALUES(?, ?, ?, 0, 0)",
            [(BASE + number, f"Member {number}", "developer") for number in range(PEOPLE)],
        )
        tx.execute("INSERT INTO disciplines(key, label) VALUES('account', 'Account')")
        tx.execute(
            "INSERT INTO sprints(id, sprint_index, name, start_date, end_date, updated_at)"
            " VALUES(1, 0, 'One', '2026-01-01', '2026-01-15', 0)"
        )
        tx.execute_many(
            "INSERT INTO notifications(user_id, type, title, message, is_read, read_at, deliver_after,"
            " created_at) VALUES(?, 'system', ?, ?, ?, ?, 0, ?)",
            [
                (
                    BASE + n % PEOPLE,
                    f"Notice {n}",
                    f"It says {n % 100} and more",
                    n % 3 // 2,
                    n % 3 // 2 or None,
                    n,
                )
                for n in range(NOTICES)
            ],
        )
        tx.execute_many(
            "INSERT INTO overrides(sprint_id, discipline, requested_by, original_id, status, replacement_id,"
            " reason, created_at, updated_at) VALUES(1, 'account', ?, ?, 'taken', ?, 'Away', ?, 0)",
            [
                (BASE + n % PEOPLE, BASE + n % PEOPLE, BASE + (n + 1 + n // PEOPLE) % PEOPLE, n)
                for n in range(COVERS)
            ],
        )


@dataclass
class _Case:
    name: str
    sql: str
    value: Callable[[int], Any]
    viewing: Query[..., list[Any]]
    ratios: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    viewed: list[float] = field(default_factory=list)


def measure_viewer(
    console: Console, *, rounds: int, seconds: float, callers: list[int], folder: str | None
) -> None:
    """Measure in interleaved rounds and print medians."""
    figures: dict[tuple[str, int], _Case] = {}
    with (
        tempfile.TemporaryDirectory(dir=folder) as place,
        Progress(console=console, transient=True) as bar,
        asyncio.Runner() as runner,
    ):
        db = DatabaseManager(Path(place) / "viewer.db", DatabaseSettings(), visibility=DECLARED.visibility)
        runner.run(db.__aenter__())
        try:
            runner.run(db.write(Fill(), Context()))
            for name, (sql, value) in CASES.items():
                for count in callers:
                    figures[name, count] = _Case(name, sql, value, _query_for(f"case_{len(figures)}"))
            task = bar.add_task("measuring", total=rounds * len(figures))
            for _ in range(rounds):
                for (_, count), case in figures.items():
                    runner.run(_measure(db, case, count, seconds))
                    bar.advance(task)
        finally:
            runner.run(db.close())
    console.print(_table(figures, callers))


async def _measure(db: DatabaseManager, case: _Case, callers: int, seconds: float) -> None:
    """Ask in turns, some reads of one kind and some of the other, so that both see the same machine."""
    plain: list[float] = []
    viewed: list[float] = []
    stop = time.perf_counter() + seconds

    async def caller(first: int) -> None:
        member, number = BASE + first, first
        while time.perf_counter() < stop:
            for kept, ask in (
                (plain, lambda value: db.read(_without, member, case.sql, value)),
                (viewed, lambda value: db.read(case.viewing, Viewer(member), case.sql, value)),
            ):
                for _ in range(READS):
                    number += 1
                    kept.append(await _timed(ask, case.value(number)))

    await asyncio.gather(*(caller(number) for number in range(callers)))
    case.plain.append(statistics.median(plain))
    case.viewed.append(statistics.median(viewed))
    case.ratios.append(case.viewed[-1] / case.plain[-1])


async def _timed(ask: Callable[[Any], Awaitable[list[Any]]], value: Any) -> float:
    started = time.perf_counter()
    await ask(value)
    return time.perf_counter() - started


def _table(figures: dict[tuple[str, int], _Case], callers: list[int]) -> Table:
    table = Table(title="reads for a viewer: p50 in microseconds without, with, x = times as long")
    table.add_column("read")
    for count in callers:
        table.add_column(f"{count} callers", justify="right")
    for name in CASES:
        cells = []
        for count in callers:
            case = figures[name, count]
            before, after = (statistics.median(kind) * 1e6 for kind in (case.plain, case.viewed))
            cells.append(f"{before:,.0f}  {after:,.0f}  x{statistics.median(case.ratios):.2f}")
        table.add_row(name, *cells)
    return table

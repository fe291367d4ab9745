"""What looking at nations costs when there are thousands with a long history, asked of the database."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Query
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.subjects.nations.queries.history import last_changes, nation_history
from modelus_bot.subjects.nations.queries.lookup import named_nations, nation_called
from modelus_bot.subjects.nations.queries.ranking import PAGES, ranking
from modelus_bot.subjects.nations.queries.records import nation_sheet
from modelus_bot.subjects.nations.writes.editing import EditNation
from tests.subjects.nations.many import MANY, PER_NATION, enter

__all__ = ["measure_nations"]

LEADER = 2**50
TIMES = 300
"""How often each question is asked in a round, each time about another nation."""
_USER = "INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(?, 'Lee', 0, 0)"

Values = Callable[[int], tuple[Any, ...]]


def measure_nations(console: Console, *, rounds: int, folder: str | None) -> None:
    """Measure in rounds and print medians of them."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "nations.db"
        Migrator(path).up()
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(_USER, (LEADER,))
            enter(connection, LEADER)
        console.print(asyncio.run(_measure(path, rounds)))


def _questions() -> list[tuple[str, Query[..., Any], Values]]:
    return [
        ("a card", nation_sheet, lambda number: (number,)),
        ("last changes", last_changes, lambda number: (number,)),
        ("a page of history", nation_history, lambda number: (number, "gdp", 11, 0)),
        (
            "a name, as typed",
            nation_called,
            lambda number: (f"nation {(number % 249 * 20 + 1) * 7919 % 100000}",),
        ),
        ("suggestions", named_nations, lambda number: (f"nation {number % 100}",)),
        ("suggestions of a slip", named_nations, lambda number: (f"natoin {number}",)),
        *(
            (f"ranking by {by}, page 20", ranking, lambda number, by=by: (by, LEADER, 10, 190 + number % 9))
            for by in PAGES
        ),
    ]


async def _measure(path: Path, rounds: int) -> Table:
    table = Table(title=f"{MANY} nations, {MANY * PER_NATION} changes: milliseconds for one answer")
    for name in ("question", "p50", "p99"):
        table.add_column(name, justify="left" if name == "question" else "right")
    async with DatabaseManager(path, DatabaseSettings(path=path)) as db:
        for name, query, values in _questions():
            taken = [await _ask(db, query, values) for _ in range(rounds)]
            table.add_row(name, *_figures(taken))
        table.add_row("editing a figure", *_figures([await _edit(db, turn) for turn in range(rounds)]))
    return table


def _figures(rounds: list[list[float]]) -> tuple[str, str]:
    middle = statistics.median(statistics.median(taken) for taken in rounds)
    worst = statistics.median(statistics.quantiles(taken, n=100)[98] for taken in rounds)
    return f"{middle * 1000:.2f}", f"{worst * 1000:.2f}"


async def _ask(db: DatabaseManager, query: Query[..., Any], values: Values) -> list[float]:
    taken = []
    for number in range(1, TIMES + 1):
        started = time.perf_counter()
        await db.read(query, *values(number))
        taken.append(time.perf_counter() - started)
    return taken


async def _edit(db: DatabaseManager, turn: int) -> list[float]:
    taken = []
    for number in range(1, TIMES + 1):
        if number % 20 == 0:
            continue  # archived
        write = EditNation(nation_id=number, metric="gdp", mode="add", value=turn + 1)
        started = time.perf_counter()
        await db.write(write, Context())
        taken.append(time.perf_counter() - started)
    return taken

"""What looking at tasks costs when there are thousands: the board and the lists, asked of the database."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.operation import Query
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.tasks.model import BoardFilter
from modelus_bot.subjects.tasks.queries.board import board
from modelus_bot.subjects.tasks.queries.lists import late_tasks, my_tasks, task_list, task_names
from modelus_bot.subjects.tasks.queries.sprint_work import sprint_work

__all__ = ["measure_board"]

TASKS = 5000
PEOPLE = 12
BASE = 2**50
MANAGER, DEVELOPER = Viewer(BASE), Viewer(BASE + 1)
TIMES = 200
"""How often each question is asked in a round."""
TODAY = date(2026, 6, 1)
BEGUN = TASKS - TASKS * 14 // 120
"""A sprint's beginning: tasks are done one a second here, instead of in 120 days."""
_USER = "INSERT INTO users(discord_id, username, role, created_at, updated_at) VALUES(?, ?, ?, 0, 0)"
_TASK = """
INSERT INTO tasks(
    title, status, assigned_role, assigned_user_id, start_date, end_date, estimate_h, progress, priority,
    is_delayed, risk, epic, completed_at, created_by, created_at, updated_at, description
) VALUES(?, ?, ?, ?, ?, ?, 8, ?, ?, ?, 'low', ?, ?, ?, 0, 0, ?)
"""

Question = tuple[str, Query[..., Any], tuple[Any, ...]]


def measure_board(console: Console, *, rounds: int, folder: str | None) -> None:
    """Measure in rounds and print medians of them."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "board.db"
        _fill(path)
        console.print(asyncio.run(_measure(path, rounds)))


def _questions() -> list[Question]:
    asked: list[Question] = []
    for who, viewer in (("a manager", MANAGER), ("a developer", DEVELOPER)):
        for what, wanted in (
            ("the board", BoardFilter()),
            ("the board of one person", BoardFilter(user_id=BASE + 1)),
            ("the board of an epic", BoardFilter(epic="Epic 7")),
        ):
            asked.append((f"{what}, {who}", board, (viewer, wanted)))
        asked += [
            (f"the board's page 20, {who}", board, (viewer, BoardFilter(), 8, 160)),
            (f"open tasks, {who}", task_list, (viewer, ("open", None, None), 11, 0)),
            (f"one's own, {who}", my_tasks, (viewer, "open", 11, 0)),
            (f"late ones, {who}", late_tasks, (viewer, 11, 0)),
            (f"suggestions, {who}", task_names, (viewer, "law 77")),
            (f"a sprint's work, {who}", sprint_work, (viewer, TODAY, TODAY + timedelta(days=14), BEGUN)),
        ]
    return asked


async def _measure(path: Path, rounds: int) -> Table:
    table = Table(title=f"{TASKS} tasks: milliseconds for one answer, asked of the database")
    for name in ("question", "p50", "p99"):
        table.add_column(name, justify="left" if name == "question" else "right")
    async with DatabaseManager(path, DatabaseSettings(path=path), visibility=DECLARED.visibility) as db:
        for name, query, values in _questions():
            taken = [await _ask(db, query, values) for _ in range(rounds)]
            middle = statistics.median(statistics.median(round_) for round_ in taken)
            worst = statistics.median(statistics.quantiles(round_, n=100)[98] for round_ in taken)
            table.add_row(name, f"{middle * 1000:.2f}", f"{worst * 1000:.2f}")
    return table


async def _ask(db: DatabaseManager, query: Query[..., Any], values: tuple[Any, ...]) -> list[float]:
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        await db.read(query, *values)
        taken.append(time.perf_counter() - started)
    return taken


def _fill(path: Path) -> None:
    """Enter people and tasks of every kind; every third task is a developer's."""
    Migrator(path).up()
    dice = random.Random(7)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        roles = ("project_manager", "developer", "designer", "tester")
        connection.executemany(
            _USER, [(BASE + number, f"Member {number}", roles[number % 4]) for number in range(PEOPLE)]
        )
        connection.executemany(_TASK, [_task(number, dice) for number in range(TASKS)])


def _task(number: int, dice: random.Random) -> tuple[Any, ...]:
    status = dice.choices(("todo", "in_progress", "done", "cancelled"), (45, 20, 30, 5))[0]
    end = TODAY + timedelta(days=dice.randint(-30, 90))
    done = status == "done"
    return (
        f"Draft law {number}, and count the votes of the committee on it",
        status,
        dice.choice((None, "developer", "designer", "tester")),
        dice.choice((None, *range(BASE, BASE + PEOPLE))),
        str(end - timedelta(days=14)),
        str(end),
        100 if done else dice.choice((0, 0, 30, 60)),
        dice.randint(0, 3),
        int(end < TODAY and status in {"todo", "in_progress"}),
        dice.choice((None, f"Epic {dice.randint(0, 40)}")),
        number if done else None,
        BASE + dice.randint(0, PEOPLE - 1),
        "What has to be done, in a few sentences that somebody wrote. " * dice.randint(0, 12),
    )

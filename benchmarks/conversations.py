"""What it costs staff to search 200,000 messages, and to look at a queue of 5,000 reports."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
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
from modelus_bot.database.core.operation import Query
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.conversations.model import Sought
from modelus_bot.subjects.conversations.queries import search
from modelus_bot.subjects.triage.queries.items import items_of, queue, snoozed_items

__all__ = ["measure_conversations"]

MESSAGES, ITEMS, PEOPLE = 200_000, 5000, 500
WORDS, LENGTH = 20_000, 12
"""How many words there are, the nth as often as 1/n, and how many stand in a message."""
BASE = 2**50
STAFF = Viewer(BASE)
TIMES = 200
"""How often each question is asked in a round, each time about something else."""
_USER = "INSERT INTO users(discord_id, username, role, created_at, updated_at) VALUES(?, ?, ?, 0, 0)"
_ITEM = """
INSERT INTO triage_items(
    reporter_id, title, description, category, priority, status, assigned_to, respond_by, snoozed_until,
    resolved_at, created_at, updated_at
) VALUES(?, ?, 'Text', 'issue', ?, ?, ?, ?, ?, ?, ?, 0)
"""
_MESSAGE = """
INSERT INTO chat_messages(sender_id, triage_id, channel, message, is_internal, created_at)
VALUES(?, ?, 'triage', ?, ?, ?)
"""

Values = Callable[[int], tuple[Any, ...]]


def measure_conversations(console: Console, *, rounds: int, folder: str | None) -> None:
    """Measure in rounds and print medians of them."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "conversations.db"
        words = _words()
        _fill(path, words)
        console.print(asyncio.run(_measure(path, words, rounds)))


def _questions(words: list[str]) -> list[tuple[str, Query[..., Any], Values]]:
    def sought(text: Callable[[int], str], **more: Any) -> Values:
        return lambda number: (STAFF, Sought(BASE, text(number), **more), 11, 0)

    def one(number: int) -> str:
        return words[number * 37 % 5000]

    return [
        ("a word of any kind, newest first", search, sought(one)),
        ("one of the ten most common words", search, sought(lambda number: f"{words[number % 10]} !")),
        ("two words", search, sought(lambda number: f"{words[number % 50]} {one(number)}")),
        ("the beginning of a word, of two letters", search, sought(lambda number: one(number)[:2])),
        ("a word, said by or to somebody", search, sought(one, member_id=BASE + 7)),
        ("a word in notes of some days", search, sought(one, part="notes", first=0, last=MESSAGES // 2)),
        ("a common word, best first", search, sought(lambda number: words[number % 50], order="best")),
        ("the queue of reports", queue, lambda _: (STAFF, None, 0, 11, 0)),
        ("page 20 of the queue", queue, lambda _: (STAFF, None, 0, 11, 190)),
        ("somebody's reports", items_of, lambda number: (STAFF, BASE + number % 10, 11, 0)),
        ("what sleeps", snoozed_items, lambda _: (STAFF, 0, 11, 0)),
    ]


async def _measure(path: Path, words: list[str], rounds: int) -> Table:
    title = f"{MESSAGES} messages about {ITEMS} reports: milliseconds for one answer, asked of the database"
    table = Table(title=title)
    for name in ("question", "p50", "p99"):
        table.add_column(name, justify="left" if name == "question" else "right")
    async with DatabaseManager(path, DatabaseSettings(path=path), visibility=DECLARED.visibility) as db:
        for name, query, values in _questions(words):
            taken = [await _ask(db, query, values) for _ in range(rounds)]
            middle = statistics.median(statistics.median(round_) for round_ in taken)
            worst = statistics.median(statistics.quantiles(round_, n=100)[98] for round_ in taken)
            table.add_row(name, f"{middle * 1000:.2f}", f"{worst * 1000:.2f}")
    return table


async def _ask(db: DatabaseManager, query: Query[..., Any], values: Values) -> list[float]:
    taken = []
    for number in range(TIMES):
        asked = values(number)
        started = time.perf_counter()
        await db.read(query, *asked)
        taken.append(time.perf_counter() - started)
    return taken


def _words() -> list[str]:
    dice = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    return ["".join(dice.choices(letters, k=dice.randint(2, 9))) for _ in range(WORDS)]


def _fill(path: Path, words: list[str]) -> None:
    """Enter people, reports and what was said about them."""
    Migrator(path).up()
    dice = random.Random(7)
    often = list(itertools.accumulate(1 / number for number in range(1, WORDS + 1)))
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            _USER, [(BASE + n, f"Member {n}", "tester" if n < 12 else None) for n in range(PEOPLE)]
        )
        connection.executemany(_ITEM, [_item(number, dice) for number in range(ITEMS)])
        connection.executemany(
            _MESSAGE,
            (
                (
                    BASE + dice.randrange(PEOPLE),
                    dice.randint(1, ITEMS),
                    " ".join(dice.choices(words, cum_weights=often, k=LENGTH)),
                    number % 3 // 2,
                    number,
                )
                for number in range(MESSAGES)
            ),
        )


def _item(number: int, dice: random.Random) -> tuple[Any, ...]:
    status = dice.choices(("pending", "in_review", "resolved"), (50, 40, 10))[0]
    return (
        BASE + dice.randrange(PEOPLE),
        f"Report {number}",
        dice.choice(("low", "medium", "high", "critical")),
        status,
        BASE + dice.randrange(12),
        number,
        2_000_000_000 if number % 50 == 0 else None,
        number if status == "resolved" else None,
        number,
    )

"""What looking at 50,000 laws costs: lists, one law, its texts, law books, tags, suggestions, searches."""

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
from modelus_bot.database import Context, Viewer, Write
from modelus_bot.database.core.operation import Query
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.laws.queries.lists import PART, law_book, law_called, laws, named_laws
from modelus_bot.subjects.laws.queries.records import law_sheet, revision_texts, revisions_of
from modelus_bot.subjects.laws.queries.search import laws_with
from modelus_bot.subjects.laws.queries.tags import tag_sheet, tags
from modelus_bot.subjects.laws.writes.making import EditLaw
from modelus_bot.subjects.laws.writes.standing import TagLaw
from tests.subjects.laws.many import MANY, TAGS, enter_laws, vocabulary
from tests.subjects.nations.many import MANY as NATIONS
from tests.subjects.nations.many import enter

__all__ = ["measure_laws"]

LEADER, STRANGER = 2**50, 2**50 + 1
LARGE = 1
"""The nation that has a thousand laws."""
TIMES = 200
"""How often each question is asked in a round, each time about something else."""
_USER = "INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(?, ?, 0, 0)"
_NAMES = "SELECT id, name FROM nations ORDER BY id"
_OPEN = """
SELECT l.nation_id, l.number, n.name FROM laws AS l JOIN nations AS n ON n.id = l.nation_id
WHERE l.number IS NOT NULL AND n.status = 'active' ORDER BY l.id
"""

Values = Callable[[int], tuple[Any, ...]]
Question = tuple[str, Query[..., Any], Values]


def measure_laws(console: Console, *, rounds: int, folder: str | None) -> None:
    """Measure in rounds and print medians of them."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "laws.db"
        Migrator(path).up()
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            connection.executemany(_USER, [(LEADER, "Lee"), (STRANGER, "Sam")])
            enter(connection, LEADER)
            enter_laws(connection, LEADER, connection.execute(_NAMES).fetchall())
            places = connection.execute(_OPEN).fetchall()
        console.print(asyncio.run(_measure(path, places, rounds)))


def _questions(who: Viewer, places: list[tuple[int, int, str]]) -> list[Question]:
    def place(number: int) -> tuple[int, int, str]:
        return places[number * 211 % len(places)]

    def nation(number: int) -> int:
        return place(number)[0]

    def asked(values: Values) -> Values:
        return lambda number: (who, *values(number))

    return [
        ("all, the newest first", laws, asked(lambda number: (None, None, None, 11, number * 10))),
        ("those of a nation", laws, asked(lambda number: (nation(number), None, None, 11, 0))),
        ("those of the nation with most, page 20", laws, asked(lambda _: (LARGE, None, None, 11, 190))),
        ("those under a tag", laws, asked(lambda number: (None, number % TAGS + 1, None, 11, 0))),
        ("of a nation under a tag", laws, asked(lambda number: (LARGE, number % TAGS + 1, None, 11, 0))),
        ("repealed ones", laws, asked(lambda number: (None, None, "repealed", 11, number * 10))),
        ("one, with what it cites", law_sheet, asked(lambda number: ("{}-{}".format(*place(number)),))),
        ("as it is cited", law_called, asked(lambda number: ("{2} {1} §1".format(*place(number)),))),
        ("its texts", revisions_of, asked(lambda number: (f"{LARGE}-{number % 90 * 10 + 1}", 11, 0))),
        ("two of its texts", revision_texts, asked(lambda number: (f"{LARGE}-{number % 90 * 10 + 1}", 4, 5))),
        ("a law book", law_book, asked(lambda number: (number * 7 + LARGE,))),
        (f"a part of the largest law book, {PART} laws", law_book, asked(lambda _: (LARGE,))),
        ("all tags", tags, lambda _: ()),
        ("a tag, with the number of its laws", tag_sheet, asked(lambda number: (number % TAGS + 1,))),
        ("suggestions by a beginning", named_laws, asked(lambda number: (f"act {number}",))),
        ("suggestions by a nation", named_laws, asked(lambda number: (place(number)[2],))),
        ("suggestions in vain", named_laws, asked(lambda number: (f"zzz{number}",))),
    ]


def _searches(who: Viewer, words: list[str]) -> list[Question]:
    def one(number: int) -> str:
        return words[number * 37 % 5000]

    def common(number: int) -> str:
        return words[number % 10]

    def sought(text: Callable[[int], str], *, nation: int = 0, tagged: bool = False, skip: int = 0) -> Values:
        def values(number: int) -> tuple[Any, ...]:
            place = nation * number or None
            return who, text(number), place, number % TAGS + 1 if tagged else None, 11, skip

        return values

    return [
        ("a word of any kind", laws_with, sought(one)),
        ("one of the ten most common words", laws_with, sought(common)),
        ("page 100 of it", laws_with, sought(common, skip=990)),
        ("two words", laws_with, sought(lambda number: f"{words[number % 50]} {one(number)}")),
        ("twelve common words", laws_with, sought(lambda _: " ".join(words[:12]))),
        ("a beginning of two letters", laws_with, sought(lambda number: one(number)[:2])),
        ("a common word, of a nation", laws_with, sought(common, nation=3)),
        ("a common word, under a tag", laws_with, sought(common, tagged=True)),
        ("a common word, of a nation under a tag", laws_with, sought(common, nation=1, tagged=True)),
        ("nothing", laws_with, sought(lambda number: f"zzz{number}")),
    ]


async def _measure(path: Path, places: list[tuple[int, int, str]], rounds: int) -> Table:
    table = Table(title=f"{MANY} laws of {NATIONS} nations: milliseconds for one answer")
    for name in ("question", "p50", "p99"):
        table.add_column(name, justify="left" if name == "question" else "right")
    async with DatabaseManager(path, DatabaseSettings(path=path), visibility=DECLARED.visibility) as db:
        stranger, leader = _questions(Viewer(STRANGER), places), _questions(Viewer(LEADER), places)
        for label, questions in (("", stranger), (" (for a leader)", leader[:7])):
            for name, query, values in questions:
                taken = [await _ask(db, query, values) for _ in range(rounds)]
                table.add_row(f"{name}{label}", *_figures(taken))
        for name, query, values in _searches(Viewer(STRANGER), vocabulary()):
            taken = [await _ask(db, query, values) for _ in range(rounds)]
            table.add_row(f"search: {name}", *_figures(taken))
        for name, change in _CHANGES.items():
            taken = [await _write(db, change, turn) for turn in range(rounds)]
            table.add_row(name, *_figures(taken))
    return table


_CHANGES: dict[str, Callable[[int, int], Write[Any]]] = {
    "changing a text, with index and notices": lambda law, turn: EditLaw(
        law_id=law, body=f"§ {turn} of {law}."
    ),
    "filing under three other tags": lambda law, turn: TagLaw(
        law_id=law, tags=(turn + 1, turn + 2, turn + 3)
    ),
}


def _figures(rounds: list[list[float]]) -> tuple[str, str]:
    middle = statistics.median(statistics.median(taken) for taken in rounds)
    worst = statistics.median(statistics.quantiles(taken, n=100)[98] for taken in rounds)
    return f"{middle * 1000:.2f}", f"{worst * 1000:.2f}"


async def _ask(db: DatabaseManager, query: Query[..., Any], values: Values) -> list[float]:
    taken = []
    for number in range(1, TIMES + 1):
        asked = values(number)
        started = time.perf_counter()
        await db.read(query, *asked)
        taken.append(time.perf_counter() - started)
    return taken


async def _write(db: DatabaseManager, change: Callable[[int, int], Write[Any]], turn: int) -> list[float]:
    taken = []
    for number in range(1, TIMES + 1):
        write = change(number * 20 + 2, turn)
        started = time.perf_counter()
        await db.write(write, Context(actor=STRANGER, discord_admin=True))
        taken.append(time.perf_counter() - started)
    return taken

"""What keeping answers in memory is worth: the questions of common commands, with and without it."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.workload import Result, summarise
from modelus_bot.config import DatabaseSettings, DegradationSettings, SnapshotSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Query
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.fallback import Fallback
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.permissions import Viewer, check_staff
from modelus_bot.runtime.tasks import ended
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.covers.queries import covers
from modelus_bot.subjects.disciplines.model import DEFAULT_DISCIPLINES
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.disciplines.writes import EnsureDisciplines
from modelus_bot.subjects.notices.writes.saved_changes import explain, telling
from modelus_bot.subjects.oncall.queries import oncall_now
from modelus_bot.subjects.people.queries import everybody, member
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.subjects.rosters.queries import roster
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from modelus_bot.subjects.sprints.queries.sprints import sprint_view, sprints
from modelus_bot.subjects.sprints.writes import AddSprint

__all__ = ["measure_hot"]

PEOPLE = 40
ON_A_ROSTER = 8
SPRINTS = 12
WRITES = 25
"""Writes a second in the rounds that have any."""
BURST = 6
"""Questions that a command asks before it lets others run."""

KEPT = SnapshotSettings()
ASKED = SnapshotSettings(hot_reads=0)

Question = tuple[Query[..., Any], tuple[Any, ...]]
Figures = dict[tuple[str, int, bool], list[Result]]


def measure_hot(
    console: Console, *, rounds: int, seconds: float, callers: list[int], folder: str | None
) -> None:
    """Measure in interleaved rounds and print medians."""
    with tempfile.TemporaryDirectory(dir=folder) as place, Progress(console=console, transient=True) as bar:
        cells = [
            (writing, count, cached) for writing in (False, True) for count in callers for cached in (0, 1)
        ]
        task = bar.add_task("measuring", total=rounds * len(cells))
        figures: Figures = {}
        with asyncio.Runner() as runner, _filled(runner, Path(place)) as db:
            for _ in range(rounds):
                for writing, count, cached in cells:
                    result = runner.run(_measure(db, count, seconds, cached=bool(cached), writing=writing))
                    what = f"beside {WRITES} writes/s" if writing else "nobody writes"
                    figures.setdefault((what, count, bool(cached)), []).append(result)
                    bar.advance(task)
    console.print(_table(figures, callers))


@contextmanager
def _filled(runner: asyncio.Runner, place: Path) -> Iterator[DatabaseManager]:
    opened = _opened(place / "hot.db")
    db = runner.run(opened.__aenter__())
    try:
        runner.run(_fill(db))
        yield db
    finally:
        runner.run(opened.__aexit__(None, None, None))


@asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[DatabaseManager]:
    fallback = Fallback(
        path,
        degradation=DegradationSettings(),
        snapshot=KEPT,
        reserve_megabytes=0,
        tables=DECLARED.kept_tables,
        telling=telling,
        explain=explain,
    )
    async with DatabaseManager(path, DatabaseSettings(), fallback=fallback) as db:
        yield db


async def _fill(db: DatabaseManager) -> None:
    """Make a rota of ordinary size."""
    await db.write(EnsureDisciplines(disciplines=DEFAULT_DISCIPLINES), Context())
    for number in range(1, PEOPLE + 1):
        await db.write(RegisterMember(discord_id=_id(number), username=f"Member {number}"), Context())
    people = itertools.cycle(range(1, PEOPLE + 1))
    for discipline in DEFAULT_DISCIPLINES:
        for number in itertools.islice(people, ON_A_ROSTER):
            write = AddToRoster(member_id=_id(number), name=f"Member {number}", discipline=discipline.key)
            await db.write(write, Context())
    first = date.today() - timedelta(days=20)  # noqa: DTZ011 - any day will do
    for number in range(SPRINTS):
        start = first + timedelta(days=14 * number)
        await db.write(
            AddSprint(name=f"Sprint {number}", start=start, end=start + timedelta(days=14)), Context()
        )


def _id(number: int) -> int:
    return 2**50 + number


def _questions() -> list[Question]:
    """Return what commands and their suggestions ask again and again; instants in whole minutes."""
    now, calendar = int(time.time()) // 60 * 60, Calendar()
    return [
        (disciplines, ()),
        (roster, ("account",)),
        (sprints, ()),
        (oncall_now, (now, calendar)),
        (sprint_view, (None, now, calendar)),
        (covers, ("pending", 11, 0)),
        (everybody, ()),
        *((member, (_id(number),)) for number in range(1, 9)),
        *((check_staff, (Viewer(_id(number), discord_admin=True),)) for number in range(1, 9)),
    ]


async def _measure(
    db: DatabaseManager, callers: int, seconds: float, *, cached: bool, writing: bool
) -> Result:
    if db.fallback is not None:
        db.fallback.hot.apply(KEPT if cached else ASKED)
    questions = itertools.cycle(_questions())
    latencies: list[float] = []
    begun = time.perf_counter()
    stop = begun + seconds

    async def caller() -> None:
        while time.perf_counter() < stop:
            for query, values in itertools.islice(questions, BURST):
                started = time.perf_counter()
                await db.read(query, *values)
                latencies.append(time.perf_counter() - started)
            await asyncio.sleep(0)

    writer = asyncio.create_task(_write(db)) if writing else None
    await asyncio.gather(*(caller() for _ in range(callers)))
    taken = time.perf_counter() - begun
    await ended(writer)
    return summarise(latencies, taken)


async def _write(db: DatabaseManager) -> None:
    for number in itertools.count():
        await db.write(RegisterMember(discord_id=_id(1), username=f"Member {number}"), Context())
        await asyncio.sleep(1 / WRITES)


def _table(figures: Figures, callers: list[int]) -> Table:
    table = Table(title="hot reads: answers/s (p99 ms), x = times asking the database")
    table.add_column("load")
    table.add_column("answers")
    for count in callers:
        table.add_column(f"{count} callers", justify="right")
    for what in dict.fromkeys(name for name, _, _ in figures):
        for cached in (False, True):
            cells = []
            for count in callers:
                results, asked = figures[what, count, cached], figures[what, count, False]
                rate = statistics.median(result.per_second for result in results)
                p99 = statistics.median(result.p99 for result in results)
                times = statistics.median(
                    item.per_second / other.per_second for item, other in zip(results, asked, strict=True)
                )
                cells.append(f"{rate:,.0f} ({p99:,.2f})  x{times:.1f}")
            table.add_row(what, "in memory" if cached else "from the database", *cells)
    return table

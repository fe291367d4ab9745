"""Taking a bot's database away and bringing it back, with everything that serves people meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from modelus_bot.config import DatabaseSettings, DegradationSettings, SnapshotSettings
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.fallback import Fallback
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.covers.queries import covers
from modelus_bot.subjects.notices.queries import due_people
from modelus_bot.subjects.notices.writes.saved_changes import explain, telling
from modelus_bot.subjects.sprints.queries.sprints import sprints

if TYPE_CHECKING:
    from tests.conftest import BotEnv

SIGN = "⚠️"
"""How the line begins that replies have while the database is not well."""
PARTS = ("", "-wal", "-shm")


def impatient(path: Path) -> DatabaseSettings:
    """Return settings with which a lost database is given up and found again within a second."""
    return DatabaseSettings(
        path=path,
        synchronous="NORMAL",
        busy_slice=0.02,
        write_deadline=0.2,
        read_deadline=0.5,
        long_read_deadline=1.0,
        breaker_failures=1,
        breaker_probe_first=0.05,
        breaker_probe_cap=0.1,
        reopen_attempts=1,
        reopen_base=0.01,
        reopen_cap=0.02,
        close_deadline=2.0,
    )


def continuity_of(path: Path) -> Fallback:
    """Return journal, snapshot and reserve as the bot has them, taking snapshots without a pause."""
    return Fallback(
        path,
        degradation=DegradationSettings(),
        snapshot=SnapshotSettings(snapshot_seconds=0.01),
        reserve_megabytes=1,
        tables=DECLARED.kept_tables,
        telling=telling,
        explain=explain,
        visibility=DECLARED.visibility,
        rows=DECLARED.kept_rows,
    )


@asynccontextmanager
async def going_on(env: BotEnv) -> AsyncIterator[DatabaseManager]:
    """Give the bot of ``env`` a database that serves people while it is away; it has taken a snapshot."""
    await env.db.close()
    path = env.settings.database.path
    fallback = continuity_of(path)
    async with DatabaseManager(
        path, impatient(path), tolerant=True, fallback=fallback, visibility=DECLARED.visibility
    ) as db:
        env.bot.db = env.db = db
        await until(lambda: fallback.snapshot.as_of is not None)
        yield db


def take_away(path: Path) -> None:
    """Move the database and what lies beside it elsewhere in its folder."""
    for part in PARTS:
        _move(path.with_name(path.name + part), path.with_name("elsewhere" + part))


def bring_back(path: Path) -> None:
    """Undo ``take_away``; the file itself comes last, so that it is never seen without its log."""
    for part in reversed(PARTS):
        _move(path.with_name("elsewhere" + part), path.with_name(path.name + part))


async def caught_up(db: DatabaseManager) -> None:
    """Wait until the snapshot knows the sprints and cover requests that the database has."""
    assert db.fallback is not None
    snapshot = db.fallback.snapshot
    async with asyncio.timeout(30):
        while await snapshot.answer(sprints, sprints) != await db.read(sprints) or await snapshot.answer(
            covers, covers
        ) != await db.read(covers):
            await asyncio.sleep(0.01)


async def notice_absence(db: DatabaseManager) -> None:
    """Ask the database until the bot knows that it is gone."""
    async with asyncio.timeout(30):
        while db.mode is not Mode.DEGRADED:
            with contextlib.suppress(DatabaseError):
                await db.read(due_people, 0)
            await asyncio.sleep(0.01)


async def notice_return(db: DatabaseManager) -> None:
    """Wait until everything works again, what was saved for later included."""
    fallback = db.fallback
    await until(lambda: db.mode is Mode.NORMAL and (fallback is None or fallback.journal.depth == 0))


async def until(happened: Callable[[], bool]) -> None:
    """Wait, at most half a minute, for something to be so."""
    async with asyncio.timeout(30):
        while not happened():
            await asyncio.sleep(0.01)


def _move(source: Path, target: Path) -> None:
    if source.exists():
        source.rename(target)

"""The whole database manager: what it answers when its file is away, and what it answers again afterwards."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.snapshot.age import answered_as_of
from modelus_bot.database.offline.snapshot.folder import read_manifest
from modelus_bot.domain.permissions import Viewer, check_staff
from modelus_bot.domain.refusals import NotAllowed
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.notices.queries import due_people
from modelus_bot.subjects.people.queries import members
from modelus_bot.subjects.people.writes import RegisterMember
from tests.database.continuing import continuity_of
from tests.waiting import scene_of


@pytest.fixture
def opened(path: Path) -> Callable[[], DatabaseManager]:
    """Build the database with everything that keeps it answering."""

    def build() -> DatabaseManager:
        fallback = continuity_of(path, patience=0.3, tables=DECLARED.kept_tables, snapshot_seconds=0.02)
        settings = DatabaseSettings(
            busy_slice=0.05, breaker_probe_first=0.1, breaker_probe_cap=0.2, reopen_base=0.05, reopen_cap=0.2
        )
        return DatabaseManager(
            path, settings, tolerant=True, fallback=fallback, visibility=DECLARED.visibility
        )

    return build


async def enter(db: DatabaseManager, number: int, name: str) -> None:
    """Register somebody."""
    await db.write(RegisterMember(discord_id=number, username=name), Context())


async def names(db: DatabaseManager) -> list[str]:
    """Return the members whom the database knows."""
    return [member.username for member in await db.read(members)]


def make_away(path: Path) -> None:
    """Put something in the file's place that no database can be opened from."""
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink()
    path.mkdir()


async def test_a_restart_without_a_database(path: Path, opened: Callable[[], DatabaseManager]) -> None:
    """Kept questions are answered as of the last commit, by the same rules; others are refused."""
    async with opened() as db:
        await enter(db, 5, "Ada")
    saved = read_manifest(path.with_suffix(".snapshot")).written_at
    make_away(path)

    async with opened() as db:
        assert db.mode is Mode.DEGRADED
        assert await names(db) == ["Ada"]
        assert answered_as_of.get() == saved
        with pytest.raises(NotAllowed):
            await db.read(check_staff, Viewer(5))
        with pytest.raises(DatabaseError):
            await db.read(due_people, 0)
        assert db.fallback is not None
        assert len(db.fallback.hot) == 0


async def test_away_while_it_runs_and_back(path: Path, opened: Callable[[], DatabaseManager]) -> None:
    """Moved away, the last commit is still answered for, with its age; back, answers are the file's again."""
    aside = path.with_name("aside")
    async with opened() as db:
        await enter(db, 5, "Ada")
        await enter(db, 6, "Ben")
        assert await names(db) == ["Ada", "Ben"]
        assert db.fallback is not None
        async with asyncio.timeout(10):
            while db.fallback.snapshot.manifest is None or (
                db.fallback.snapshot.manifest.tables["users"].rows < 2
            ):
                await asyncio.sleep(0.01)
        assert answered_as_of.get() is None

        aside.mkdir()
        for part in path.parent.glob(f"{path.name}*"):
            if part.is_file():
                shutil.move(part, aside / part.name)
        await scene_of(0.3)
        assert await names(db) == ["Ada", "Ben"]
        assert answered_as_of.get() is not None

        for part in aside.iterdir():
            shutil.move(part, path.parent / part.name)
        answered_as_of.set(None)
        async with asyncio.timeout(20):
            while db.mode is not Mode.NORMAL:
                await asyncio.sleep(0.05)
        await enter(db, 7, "Cleo")
        assert await names(db) == ["Ada", "Ben", "Cleo"]
        assert answered_as_of.get() is None


async def test_another_programs_commit_is_in_the_snapshot(
    path: Path, opened: Callable[[], DatabaseManager]
) -> None:
    """What another program wrote is answered at once after a quarter of a second, and without the file."""
    async with opened() as db:
        await enter(db, 5, "Ada")
        assert await names(db) == ["Ada"]
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(9,'X',0,0)")
        await scene_of(0.3)
        assert await names(db) == ["Ada", "X"]
    make_away(path)
    async with opened() as db:
        assert await names(db) == ["Ada", "X"]

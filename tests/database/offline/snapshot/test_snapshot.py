"""The snapshot beside a running database: kept up to date, and answering without it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from loguru import logger

from modelus_bot.config import SnapshotSettings
from modelus_bot.database.core.change_counter import ChangeCounter
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError, DatabaseUnavailable, ManagerClosed
from modelus_bot.database.core.operation import Query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.snapshot.age import answered_as_of
from modelus_bot.database.offline.snapshot.contents import Contents
from modelus_bot.database.offline.snapshot.folder import read_manifest
from modelus_bot.database.offline.snapshot.snapshot import LOOK_AGAIN, SHARE, Kept, Snapshot
from modelus_bot.domain.permissions import Viewer, check_admin
from modelus_bot.domain.refusals import NotAllowed
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.notices.queries import due_people
from modelus_bot.subjects.people.queries import members
from modelus_bot.subjects.people.writes import RegisterMember
from tests.inside import transactions
from tests.tuning import Tuning
from tests.waiting import eventually, scene_of

PAUSE = 0.02


@pytest.fixture(autouse=True)
def _not_sparing(tuning: Tuning) -> None:
    """Let snapshots take all the time they want, so that a busy machine's are not far apart."""
    tuning(SHARE.at(0))


class Reading:
    """Reads a database as the manager does, and counts how often."""

    def __init__(self, db: DatabaseManager) -> None:
        self.db = db
        self.times = 0

    async def __call__(
        self,
        query: Query[[tuple[str, ...], int, Kept], Contents],
        tables: tuple[str, ...],
        at: int,
        rows: Kept,
    ) -> Contents:
        """Run the query."""
        self.times += 1
        return await self.db.read(query, tables, at, rows)


def snapshot_at(folder: Path, **changes: Any) -> Snapshot:
    """Return a snapshot that is taken often."""
    settings = SnapshotSettings.model_validate({"snapshot_seconds": PAUSE} | changes)
    return Snapshot(folder, DECLARED.kept_tables, settings, ChangeCounter(), rows=DECLARED.kept_rows)


async def names(snapshot: Snapshot) -> list[str]:
    """Return the members whom a snapshot knows."""
    return [item.username for item in await snapshot.answer(members, members)]


async def until_held(snapshot: Snapshot, held: list[str]) -> None:
    """Wait until these people are what is answered from memory."""
    async with asyncio.timeout(20):
        while await names(snapshot) != held:
            await asyncio.sleep(0.01)


async def enter(db: DatabaseManager, snapshot: Snapshot, number: int, name: str) -> None:
    """Register somebody, and say that something changed."""
    await db.write(RegisterMember(discord_id=number, username=name), Context())
    snapshot.changes.add()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the snapshot lies."""
    return tmp_path / "data" / "modelus.snapshot"


def saved_rows(folder: Path) -> int:
    """Return how many members are in the files."""
    return read_manifest(folder).tables["users"].rows if (folder / "manifest.json").is_file() else -1


async def test_it_answers_without_a_database(path: Path, folder: Path, db: DatabaseManager) -> None:
    """After a restart with the database file gone, members are known as of when they were saved."""
    async with snapshot_at(folder) as snapshot:
        snapshot.follow(Reading(db))
        await enter(db, snapshot, 5, "Ada")
        await eventually(lambda: saved_rows(folder) == 1)
    await db.close()
    path.unlink()

    async with snapshot_at(folder) as snapshot:
        manifest = read_manifest(folder)
        assert snapshot.as_of == manifest.written_at
        assert answered_as_of.get() is None
        assert await names(snapshot) == ["Ada"]
        assert answered_as_of.get() == manifest.written_at
        with pytest.raises(NotAllowed):
            await snapshot.answer(check_admin, lambda tx: check_admin(tx, Viewer(5)))
        answered_as_of.set(None)
        with pytest.raises(DatabaseError):
            await snapshot.answer(due_people, lambda tx: due_people(tx, 0))
        assert answered_as_of.get() is None
        assert await names(snapshot) == ["Ada"]


async def test_it_follows_every_commit(folder: Path, db: DatabaseManager) -> None:
    """What is committed is in memory and in the files soon after, with the newest audit link."""
    async with snapshot_at(folder) as snapshot:
        snapshot.follow(Reading(db))
        for number in range(1, 6):
            await enter(db, snapshot, number, f"Member {number}")
            await eventually(lambda: saved_rows(folder) == number)  # noqa: B023 - waited for right here
            assert len(await names(snapshot)) == number
    head = transactions(db).head()
    manifest = read_manifest(folder)
    assert head == (manifest.audit_id, manifest.audit_head)


async def test_many_commits_make_few_snapshots(folder: Path, db: DatabaseManager) -> None:
    """Commits within the pause share one snapshot, and the last one is always in it."""
    reading = Reading(db)
    async with snapshot_at(folder, snapshot_seconds=3600) as snapshot:
        snapshot.follow(reading)
        await eventually(lambda: saved_rows(folder) == 0)
        for number in range(1, 50):
            await enter(db, snapshot, number, f"Member {number}")
        assert reading.times == 1
        snapshot.apply(SnapshotSettings(snapshot_seconds=PAUSE))
        await eventually(lambda: saved_rows(folder) == 49)
        assert reading.times <= 3


async def test_nothing_changed_nothing_is_written(folder: Path, db: DatabaseManager, tuning: Tuning) -> None:
    """Looking again moves the age on without touching the folder; another program's commit is found so."""
    tuning(LOOK_AGAIN.at(0.05))
    now = [1_800_000_000.0]
    reading = Reading(db)
    snapshot = Snapshot(
        folder,
        DECLARED.kept_tables,
        SnapshotSettings(snapshot_seconds=PAUSE),
        ChangeCounter(),
        clock=lambda: now[0],
    )
    async with snapshot:
        snapshot.follow(reading)
        await eventually(lambda: snapshot.manifest is not None)
        before = (folder / "manifest.json").stat().st_mtime_ns
        now[0] += 60
        await eventually(lambda: snapshot.as_of == 1_800_000_060)
        assert (folder / "manifest.json").stat().st_mtime_ns == before

        with closing(sqlite3.connect(db.path)) as other, other:
            other.execute("INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(9,'X',0,0)")
        await eventually(lambda: saved_rows(folder) == 1)

        now[0] += 3600
        await eventually(lambda: read_manifest(folder).written_at == 1_800_003_660)


async def test_closing_saves_what_is_new(folder: Path, db: DatabaseManager) -> None:
    """The last commit before closing is in the files although the pause is not over, with its moment."""
    async with snapshot_at(folder, snapshot_seconds=3600) as snapshot:
        snapshot.follow(Reading(db))
        await eventually(lambda: snapshot.manifest is not None)
        await enter(db, snapshot, 5, "Ada")
        await snapshot.settle()
        assert saved_rows(folder) == 1
        await db.close()
        await snapshot.settle()
        assert saved_rows(folder) == 1


async def test_a_lost_folder_does_not_matter_until_a_restart(folder: Path, db: DatabaseManager) -> None:
    """With the folder gone and a file in its place it answers from memory, says why, and saves later."""
    async with snapshot_at(folder) as snapshot:
        snapshot.follow(Reading(db))
        await enter(db, snapshot, 5, "Ada")
        await eventually(lambda: saved_rows(folder) == 1)
        folder.rename(folder.with_name("gone"))
        folder.write_text("in the way")
        await enter(db, snapshot, 6, "Ben")
        await until_held(snapshot, ["Ada", "Ben"])
        await eventually(lambda: snapshot.problem is not None)
        folder.unlink()
        await eventually(lambda: saved_rows(folder) == 2)
        await eventually(lambda: snapshot.problem is None)


async def test_a_database_that_is_away_changes_nothing(folder: Path, db: DatabaseManager) -> None:
    """While the database cannot be read the last snapshot stays, in memory and in the folder."""
    async with snapshot_at(folder) as snapshot:
        snapshot.follow(Reading(db))
        await enter(db, snapshot, 5, "Ada")
        await eventually(lambda: saved_rows(folder) == 1)
        generation = read_manifest(folder).generation
        await db.close()
        told: list[str] = []
        sink = logger.add(lambda message: told.append(str(message.record["message"])), level="WARNING")
        snapshot.changes.add()
        await eventually(lambda: snapshot.problem is not None)
        logger.remove(sink)
        assert told == [], "closing is no failure of the snapshot"
        assert await names(snapshot) == ["Ada"]
        assert read_manifest(folder).generation == generation


async def test_nothing_held_is_said(folder: Path) -> None:
    """Without a snapshot, and after closing, questions are refused with the reason."""
    async with snapshot_at(folder) as snapshot:
        assert snapshot.as_of is None
        with pytest.raises(DatabaseUnavailable):
            await snapshot.answer(members, members)
        assert answered_as_of.get() is None
    assert not folder.exists()


async def test_a_damaged_snapshot_is_told_of_and_replaced(folder: Path, db: DatabaseManager) -> None:
    """Damaged files are not answered from; the log says so, and the next snapshot stands in their place."""
    async with snapshot_at(folder) as snapshot:
        snapshot.follow(Reading(db))
        await enter(db, snapshot, 5, "Ada")
        await eventually(lambda: saved_rows(folder) == 1)
    file = next(folder.glob("users.*.json"))
    file.write_bytes(file.read_bytes().replace(b"Ada", b"Eve"))

    told: list[str] = []
    sink = logger.add(lambda message: told.append(str(message.record["message"])), level="WARNING")
    try:
        async with snapshot_at(folder) as snapshot:
            assert snapshot.as_of is None
            assert told == ["snapshot_not_used"]
            snapshot.follow(Reading(db))
            await eventually(lambda: snapshot.as_of is not None)
            assert await names(snapshot) == ["Ada"]
    finally:
        logger.remove(sink)
    async with snapshot_at(folder) as snapshot:
        assert await names(snapshot) == ["Ada"]


async def test_other_migrations_are_not_kept(folder: Path, db: DatabaseManager) -> None:
    """A database with migrations that this version does not know is not taken for one of its own."""
    await db.write(RegisterMember(discord_id=5, username="Ada"), Context())
    with closing(sqlite3.connect(db.path)) as other, other:
        other.execute("UPDATE _yoyo_migration SET migration_id = '9999.new' WHERE migration_id = '0001.core'")
    async with snapshot_at(folder) as snapshot:
        snapshot.follow(Reading(db))
        await eventually(lambda: snapshot.problem is not None)
        assert snapshot.as_of is None
    assert not folder.exists()


async def test_many_ask_while_it_changes(folder: Path, db: DatabaseManager) -> None:
    """Answers are whole states, never older than one seen before, whoever asks and is cancelled meanwhile."""
    async with snapshot_at(folder) as snapshot:
        snapshot.follow(Reading(db))
        await enter(db, snapshot, 1, "Member 01")
        await eventually(lambda: saved_rows(folder) == 1)

        async def ask() -> None:
            seen = 0
            while seen < 20:
                found = await names(snapshot)
                assert found == [f"Member {number:02}" for number in range(1, len(found) + 1)]
                assert len(found) >= seen
                seen = len(found)

        async def give_up() -> None:
            while True:
                asking = asyncio.create_task(names(snapshot))
                await asyncio.sleep(0)
                asking.cancel()
                await asyncio.wait({asking})
                await asyncio.sleep(0.005)

        impatient = asyncio.create_task(give_up())
        asking = [asyncio.create_task(ask()) for _ in range(3)]
        for number in range(2, 21):
            await enter(db, snapshot, number, f"Member {number:02}")
            await scene_of(0.01)
        async with asyncio.timeout(20):
            await asyncio.gather(*asking)
        impatient.cancel()
        await asyncio.wait({impatient})


async def test_the_oldest_age_counts(folder: Path, db: DatabaseManager) -> None:
    """A reply made of several answers is as old as the oldest of them; other tasks know nothing of it."""
    now = [2_000_000_000.0]
    snapshot = Snapshot(
        folder,
        DECLARED.kept_tables,
        SnapshotSettings(snapshot_seconds=PAUSE),
        ChangeCounter(),
        clock=lambda: now[0],
    )
    async with snapshot:
        snapshot.follow(Reading(db))
        await eventually(lambda: snapshot.as_of == 2_000_000_000)
        await names(snapshot)
        now[0] += 50
        snapshot.changes.add()
        await eventually(lambda: snapshot.as_of == 2_000_000_050)

        async def age_of_another() -> int | None:
            answered_as_of.set(None)
            await names(snapshot)
            return answered_as_of.get()

        assert await asyncio.create_task(age_of_another()) == 2_000_000_050
        await names(snapshot)
        assert answered_as_of.get() == 2_000_000_000


async def test_a_query_that_fails_belongs_to_its_author(folder: Path, db: DatabaseManager) -> None:
    """Whatever a query raises reaches its caller, and the next one is answered."""
    async with snapshot_at(folder) as snapshot:
        snapshot.follow(Reading(db))
        await eventually(lambda: snapshot.as_of is not None)
        for error in (KeyError("x"), StopIteration(), SystemExit(3)):

            def fail(_: ReadTransaction, error: BaseException = error) -> None:
                raise error

            with pytest.raises((KeyError, DatabaseError)):
                await snapshot.answer(members, fail)
        assert await names(snapshot) == []
    with pytest.raises(ManagerClosed):
        await snapshot.answer(members, members)

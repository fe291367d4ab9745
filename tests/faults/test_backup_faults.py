"""Backups while processes are killed, disks fill up, copies are damaged and others hold the database."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.config import BackupSettings, DatabaseSettings
from modelus_bot.database.backup.failures import NoRoom
from modelus_bot.database.backup.manager import BackupManager
from modelus_bot.database.backup.manifest import BackupManifest
from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import BackupFailed
from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.validator import SchemaValidator
from tests.daily_size import FULL
from tests.database.operations import PutPair
from tests.faults.sites.program import Program
from tests.small_disk import small_disk
from tests.waiting import eventually, scene_of, stays

pytestmark = pytest.mark.fault

ROOT = Path(__file__).parents[2]
Told = list[str]


@query
def audit_id(tx: ReadTransaction) -> int:
    """Return the number of the newest audit entry."""
    return int(tx.fetch_value("SELECT coalesce(max(id), 0) FROM audit_logs"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "data" / "modelus.db"


@pytest.fixture
async def db(path: Path) -> AsyncIterator[DatabaseManager]:
    """An open database with 200 pairs in it."""
    async with DatabaseManager(path, DatabaseSettings()) as db:
        await asyncio.gather(*(db.write(PutPair(number=number), Context(actor=1)) for number in range(200)))
        yield db


@pytest.fixture
def told() -> Told:
    """Collect the kinds of what administrators are told."""
    return []


@pytest.fixture
def build(path: Path, tmp_path: Path, told: Told) -> Callable[..., BackupManager]:
    """Return what makes a manager; keywords are settings."""

    def build(**settings: Any) -> BackupManager:
        chosen = {"folder": tmp_path / "backups", "attempts": 1, "schedule": "off"} | settings
        return BackupManager(
            path,
            BackupSettings.model_validate(chosen),
            validator=SchemaValidator(),
            on_alert=lambda kind, _: told.append(kind),
        )

    return build


def check_copy(copy: Path, *, pairs: int = 0) -> int:
    """Check that a file is whole, audited and untorn, with at least ``pairs``; returns its audit entries."""
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        data = dict(connection.execute("SELECT key, value FROM settings"))
        left = {key.partition(":")[2] for key in data if key.startswith("left:")}
        assert left == {key.partition(":")[2] for key in data if key.startswith("right:")}
        assert len(left) >= pairs
        report = verify_chain(walk(connection))
        assert report.intact, report.problem
        assert report.links == 2 * len(left)
        return report.links


def others_in(folder: Path, manifests: tuple[BackupManifest, ...]) -> set[str]:
    """Return the files in a folder that belong to no copy that has a manifest."""
    known = {name for manifest in manifests for name in (manifest.name, f"{manifest.name}.json")} | {
        ".modelus.lock"
    }
    return {item.name for item in folder.iterdir()} - known


def children() -> set[int]:
    """Return the running processes that this one started."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            words = (place / "stat").read_text().rpartition(")")[2].split()
            if int(words[1]) == os.getpid() and words[0] != "Z":
                found.add(int(place.name))
    return found


def another_than(known: set[int]) -> bool:
    """Say whether there is a child besides those that are known."""
    return bool(children() - known)


@contextlib.asynccontextmanager
async def writing(db: DatabaseManager, callers: int = 16) -> AsyncIterator[None]:
    """Let ``callers`` write pairs all the time."""
    numbers = iter(range(1000, 10**9))

    async def caller() -> None:
        for number in numbers:
            await db.write(PutPair(number=number), Context(actor=1))

    tasks = [asyncio.create_task(caller()) for _ in range(callers)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_copy_among_writers_is_one_moment(db: DatabaseManager, build: Callable[..., Any]) -> None:
    """A slow copy beside many writers has the state of one moment between its beginning and its end."""
    backups = build(megabytes_per_second=0.5)
    async with writing(db, callers=16 if FULL else 4):
        for _ in range(10 if FULL else 1):
            before = await db.read(audit_id)
            made = await backups.create("manual")
            after = await db.read(audit_id)
            assert before <= made.audit_id <= after
            assert after - before > 100, "writers went on meanwhile"
            assert check_copy(made.path, pairs=200) == made.audit_id
            assert made.counts


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_a_killed_child_leaves_nothing_that_counts(
    db: DatabaseManager, build: Callable[..., Any], path: Path
) -> None:
    """A kill -9 of the copying or checking child at random moments: a failure in words, or a whole copy."""
    backups = build(megabytes_per_second=2)
    dice = random.Random(5)
    killed = 0
    manifests: tuple[BackupManifest, ...] = ()
    for turn in range(60 if FULL else 2):
        before = children()
        making = asyncio.create_task(backups.create("manual"))
        await eventually(functools.partial(another_than, before), within=60)
        await scene_of(dice.uniform(0.0, 0.5) * (turn > 0))
        for child in children() - before:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
                killed += 1
        with contextlib.suppress(BackupFailed):
            assert (await making).counts
        manifests = backups.manifests()
        assert others_in(backups.folder, manifests) == set()
        for manifest in manifests:
            check_copy(manifest.path, pairs=200)
        await db.write(PutPair(number=10_000 + turn), Context())
    assert killed
    check_copy(path, pairs=200)
    print(f"{killed} children killed, {len(manifests)} copies, all whole")


async def test_a_killed_child_is_followed_by_another(db: DatabaseManager, build: Callable[..., Any]) -> None:
    """With attempts left, the caller gets a copy and administrators hear nothing."""
    backups = build(attempts=3, megabytes_per_second=1)
    making = asyncio.create_task(backups.create("manual"))
    await eventually(lambda: bool(list(backups.folder.glob("*.partial"))), within=60)
    for child in children():
        os.kill(child, signal.SIGKILL)
    assert (await making).counts


def start(path: Path, folder: Path, first: int, rate: float = 2.0) -> Program:
    """Start the process that writes and makes backups, and wait until it does."""
    return Program("backing_up", path, folder, first, rate).ready()


def kill(program: Program) -> tuple[set[int], set[str]]:
    """Kill it and return the pairs and the copies that it vouched for."""
    words = [line.split() for line in program.kill()]
    pairs = {int(value) for word, value in words if word == "pair"}
    return pairs, {value for word, value in words if word == "copy"}


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_a_killed_bot_loses_neither_copies_nor_writes(
    path: Path, build: Callable[..., Any], tmp_path: Path
) -> None:
    """A kill -9 of the bot at random moments: no half copy counts, none that counted is gone."""
    backups = build()
    dice = random.Random(9)
    vouched: set[str] = set()
    acknowledged: set[int] = set()
    for turn in range(30 if FULL else 2):
        process = start(path, backups.folder, 1 + turn * 1_000_000)
        await scene_of(dice.uniform(0.2, 4.0))
        pairs, copies = kill(process)
        acknowledged |= pairs
        vouched |= copies
        manifests = backups.manifests()
        assert vouched <= {manifest.name for manifest in manifests}
        for manifest in manifests[: 2 + len(copies)]:
            check_copy(manifest.path)
        async with backups:
            assert others_in(backups.folder, backups.manifests()) == set()
    for manifest in backups.manifests()[:5]:
        assert (await backups.verify(manifest.name)).ok
    check_copy(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found = {
            int(row[0][5:])
            for row in connection.execute("SELECT key FROM settings WHERE key > 'left'")
            if row[0].startswith("left:")
        }
    assert acknowledged <= found
    print(f"{len(vouched)} copies vouched for, {len(backups.manifests())} found, {len(acknowledged)} writes")


async def test_two_programs_share_a_folder(path: Path, build: Callable[..., Any]) -> None:
    """While another program copies, its unfinished work is left alone, and one waits for the other."""
    backups = build()
    process = start(path, backups.folder, 1, rate=0.2)
    try:
        await eventually(lambda: bool(list(backups.folder.glob("*.partial"))), within=60)
        async with backups:
            assert list(backups.folder.glob("*.partial"))
            heard: list[dict[str, Any]] = []
            made = await backups.create("manual", on_progress=heard.append)
            assert {"step": "waiting"} in heard
            assert check_copy(made.path) == made.audit_id
    finally:
        _, copies = kill(process)
    assert copies <= {manifest.name for manifest in backups.manifests()}
    assert [manifest.sequence for manifest in backups.manifests()] == list(
        range(len(backups.manifests()), 0, -1)
    )


def enlarge(path: Path, size: int) -> None:
    """Put ``size`` bytes more into a database."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        value = '"' + "x" * 2000 + '"'
        rows = [(f"long {number}", value) for number in range(size // 2000)]
        connection.executemany("INSERT INTO settings(key, value, updated_at) VALUES(?, ?, 0)", rows)
        connection.commit()


async def test_a_full_disk_costs_no_copy(
    db: DatabaseManager, build: Callable[..., Any], tmp_path: Path, told: Told, path: Path
) -> None:
    """Refused before anything is written when there is too little room, cleaned up when it runs out."""
    place = tmp_path / "small"
    enlarge(path, 4_000_000)
    with small_disk(place, "40m"):
        backups = build(folder=place, megabytes_per_second=2)
        first = await backups.create("manual")
        (place / "others").write_bytes(bytes(shutil.disk_usage(place).free - 17_000_000))
        with pytest.raises(NoRoom, match="free in"):
            await backups.create("manual")
        (place / "others").unlink()
        making = asyncio.create_task(backups.create("manual"))
        await eventually(lambda: any(item.stat().st_size for item in place.glob("*.partial")), within=60)
        with contextlib.suppress(OSError), (place / "others").open("wb") as file:
            while file.write(bytes(65536)):
                file.flush()
        with pytest.raises(NoRoom):
            await making
        assert others_in(place, backups.manifests()) == {"others"}
        assert (await backups.verify(first.name)).ok
        await db.write(PutPair(number=5000), Context())
        (place / "others").unlink()
        assert (await backups.create("manual")).counts
        assert told == ["backup_failed", "backup_works_again"]
    check_copy(path, pairs=200)


async def test_a_disk_that_cannot_be_written_to(
    db: DatabaseManager, build: Callable[..., Any], tmp_path: Path, told: Told
) -> None:
    """Copies on it can be listed and restored; a new one is refused in words."""
    place = tmp_path / "small"
    with small_disk(place, "40m"):
        backups = build(folder=place)
        made = await backups.create("manual")
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        with pytest.raises(BackupFailed) as failed:
            await backups.create("manual")
        assert "may write there" in failed.value.user_message
        async with backups:
            await backups.restore_to(made.name, tmp_path / "scratch.db")
        assert check_copy(tmp_path / "scratch.db", pairs=200)
        assert told == ["backup_failed"]
        subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
        assert (await backups.create("manual")).counts


async def test_a_folder_that_disappears_is_made_again(db: DatabaseManager, build: Callable[..., Any]) -> None:
    """Deleted between two copies it is made anew; deleted under one, that copy fails and the next works."""
    backups = build(megabytes_per_second=0.2)
    async with backups:
        shutil.rmtree(backups.folder, ignore_errors=True)
        making = asyncio.create_task(backups.create("manual"))
        await eventually(lambda: bool(list(backups.folder.glob("*.partial"))), within=60)
        shutil.rmtree(backups.folder)
        with pytest.raises(BackupFailed):
            await making
        assert backups.manifests() == ()
        assert (await build().create("manual")).counts


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_every_damage_to_a_copy_is_found(db: DatabaseManager, build: Callable[..., Any]) -> None:
    """A flipped bit anywhere, a cut, an added byte, other content: verify finds each one."""
    backups = build()
    made = await backups.create("manual")
    whole = made.path.read_bytes()
    dice = random.Random(3)
    places = [0, 20, 24, 95, len(whole) - 1, *(dice.randrange(len(whole)) for _ in range(300))]
    damaged = [flipped(whole, place, dice) for place in places]
    damaged += [whole[:-1], whole[: len(whole) // 2], whole[:10], b"", whole + b"\0", bytes(len(whole))]
    damaged += [whole[:4096] + os.urandom(4096) + whole[8192:]]
    if not FULL:
        damaged = damaged[:5] + damaged[-7:]
    for content in damaged:
        made.path.write_bytes(content)
        report = await backups.verify(made.name)
        assert report.damaged
        assert not report.ok
        assert backups.newest_verified() is None
    made.path.write_bytes(whole)
    assert (await backups.verify(made.name)).ok
    assert backups.newest_verified() is not None
    print(f"{len(damaged)} damages, all found")


def flipped(content: bytes, place: int, dice: random.Random) -> bytes:
    """Return ``content`` with one bit of the byte at ``place`` changed."""
    changed = bytearray(content)
    changed[place] ^= 1 << dice.randrange(8)
    return bytes(changed)


async def test_a_damaged_database_makes_no_copy(path: Path, build: Callable[..., Any], told: Told) -> None:
    """Damage in the live file is never copied into something that counts, and older copies stay."""
    async with DatabaseManager(path, DatabaseSettings()) as db:
        await asyncio.gather(*(db.write(PutPair(number=number), Context(actor=1)) for number in range(400)))
    backups = build(keep_hourly=1, keep_daily=0, keep_weekly=0)
    good = await backups.create("scheduled")
    pages = path.stat().st_size // 4096
    dice = random.Random(8)
    for page in [1, *(dice.randrange(2, pages) for _ in range(20 if FULL else 2))]:
        original = path.read_bytes()
        with path.open("r+b") as file:
            file.seek((page - 1) * 4096 + (0 if page == 1 else 8))
            file.write(os.urandom(2000))
        try:
            made = await backups.create("scheduled")
        except BackupFailed:
            assert others_in(backups.folder, backups.manifests()) == set()
        else:
            assert made.sha256
            assert (await backups.verify(made.name)).damaged is False
        path.write_bytes(original)
        assert (
            good.name in {manifest.name for manifest in backups.manifests()}
            or backups.newest_verified() is not None
        )
    assert "backup_failed" in told


async def test_a_lock_is_waited_for(path: Path, build: Callable[..., Any]) -> None:
    """A program that keeps the whole database to itself delays a copy, and does not spoil it."""
    async with DatabaseManager(path, DatabaseSettings()) as db:
        await db.write(PutPair(number=1), Context(actor=1))
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('PRAGMA locking_mode=EXCLUSIVE'); c.execute('BEGIN EXCLUSIVE');"
        "c.execute(\"UPDATE settings SET value = '7'\");"
        "print('locked', flush=True); sys.stdin.read(); c.execute('ROLLBACK')"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == b"locked\n"
    making = asyncio.create_task(build(attempts=5).create("manual"))
    await stays(lambda: not making.done(), 3)
    assert not making.done()
    holder.stdin.close()
    made = await making
    holder.wait()
    holder.stdout.close()
    assert check_copy(made.path, pairs=1) == made.audit_id == 2


async def test_what_a_killed_bot_left_in_the_wal_is_in_the_copy(
    path: Path, build: Callable[..., Any]
) -> None:
    """A copy of a database that nobody has open since a kill has every acknowledged write."""
    backups = build()
    process = start(path, backups.folder / "unused", 1)
    await scene_of(1.0)
    pairs, _ = kill(process)
    assert path.with_name("modelus.db-wal").stat().st_size > 0
    began = time.monotonic()
    made = await backups.create("manual")
    assert check_copy(made.path, pairs=len(pairs)) == made.audit_id
    print(f"{len(pairs)} writes, copied and checked in {time.monotonic() - began:.1f} s")

"""Copies are consistent, checked, kept by rule, and found out when they are damaged."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.database.backup.failures import NotChecked
from modelus_bot.database.backup.manager import BackupManager
from modelus_bot.database.backup.naming import Kind
from modelus_bot.database.backup.verification import LEAST_SECONDS
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import BackupFailed
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import PutPair, PutSetting
from tests.tuning import Tuning
from tests.waiting import scene_of

Build = Callable[..., BackupManager]
Told = list[tuple[str, dict[str, Any]]]


def values(copy: Path) -> dict[str, str]:
    """Return the settings in a copy."""
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        return dict(connection.execute("SELECT key, value FROM settings").fetchall())


def spoil(copy: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)


async def test_a_copy_is_one_whole_moment(db: DatabaseManager, backups: BackupManager) -> None:
    """Taken while writers write, a copy has both halves of every pair, and its manifest says what it has."""

    async def write() -> None:
        for number in range(300):
            await db.write(PutPair(number=number), Context())

    writing = asyncio.create_task(write())
    await scene_of(0.05)
    made = await backups.create("manual")
    await writing
    copy = backups.folder / made.name
    found = values(copy)
    assert {key.partition(":")[2] for key in found if key.startswith("left")} == {
        key.partition(":")[2] for key in found if key.startswith("right")
    }
    assert made.rows["settings"] == len(found)
    assert made.audit_id == len(found)
    assert made.counts
    assert made.path == copy
    assert made.migrations[0] == "0001.core"
    assert len(made.schema_digest) == 64
    assert copy.stat().st_mode & 0o777 == 0o600
    assert backups.folder.stat().st_mode & 0o777 == 0o700
    assert copy.read_bytes()[18:20] == b"\1\1", "a copy needs no -wal"
    assert {path.name for path in backups.folder.iterdir()} == {
        made.name,
        f"{made.name}.json",
        ".modelus.lock",
    }
    assert backups.newest_verified() == made


async def test_progress_names_each_step(db: DatabaseManager, backups: BackupManager) -> None:
    """Who waits hears of copying, with pages done of all, and of checking."""
    heard: list[dict[str, Any]] = []
    made = await backups.create("manual", on_progress=heard.append)
    steps = list(dict.fromkeys(item["step"] for item in heard if item["step"] != "waiting"))
    assert steps == ["copying", "hashing", "checking"]
    copied = [item for item in heard if item["step"] == "copying"]
    read = [item for item in heard if item["step"] == "hashing"]
    assert read[-1]["done"] == read[-1]["total"] == made.bytes
    assert copied[-1]["done"] == copied[-1]["total"] == made.page_count


async def test_a_damaged_copy_no_longer_counts(
    db: DatabaseManager, backups: BackupManager, told: Told
) -> None:
    """One changed bit is found, administrators are told once, and the next older copy takes its place."""
    await db.write(PutSetting(key="a", value=1), Context())
    older = await backups.create("manual")
    newer = await backups.create("manual")
    spoil(backups.folder / newer.name)
    for _ in range(2):
        report = await backups.verify(newer.name)
        assert report.damaged
        assert "sha256" in report.problems[0]
    assert backups.newest_verified() == older
    assert [(kind, details["name"]) for kind, details in told] == [("backup_damaged", newer.name)]
    assert [manifest.status for manifest in backups.manifests()] == ["failed", "verified"]
    assert (await backups.verify(older.name)).ok


async def test_a_check_that_was_given_up_says_nothing_about_the_copy(
    db: DatabaseManager, backups: BackupManager, told: Told, tuning: Tuning
) -> None:
    """Without the time to count its rows nothing is held against a copy, except other bytes than it had."""
    await db.write(PutSetting(key="a", value=1), Context())
    made = await backups.create("manual")
    tuning(LEAST_SECONDS.at(-1.0))
    with pytest.raises(NotChecked):
        await backups.verify(made.name)
    with pytest.raises(NotChecked):
        await backups.create("manual")
    assert backups.newest_verified() == made
    assert [kind for kind, _ in told] == ["backup_failed"]
    spoil(backups.folder / made.name)
    assert (await backups.verify(made.name)).damaged


async def test_a_copy_is_restored_only_as_it_was_made(
    db: DatabaseManager, backups: BackupManager, tmp_path: Path
) -> None:
    """The file that is written for a restore is checked against the manifest on the way."""
    await db.write(PutSetting(key="a", value=1), Context())
    made = await backups.create("manual")
    scratch = tmp_path / "scratch.db"
    scratch.write_bytes(b"left over from another time")
    heard: list[dict[str, Any]] = []
    await backups.restore_to(made.name, scratch, on_progress=heard.append)
    assert values(scratch) == {"a": "1"}
    assert scratch.stat().st_mode & 0o777 == 0o600
    assert heard[-1] == {"step": "restoring", "done": made.bytes, "total": made.bytes}
    spoil(backups.folder / made.name)
    with pytest.raises(BackupFailed, match="sha256"):
        await backups.restore_to(made.name, tmp_path / "other.db")
    assert not (tmp_path / "other.db").exists()


async def test_nothing_is_restored_over_what_is_in_use(
    db: DatabaseManager, backups: BackupManager, path: Path
) -> None:
    """Neither the live file nor the copy itself can be the target, by whatever path."""
    made = await backups.create("manual")
    link = path.with_name("link.db")
    link.symlink_to(path)
    for target in (path, link, path.with_name(f"{path.name}-wal"), backups.folder / made.name):
        with pytest.raises(BackupFailed, match="in use"):
            await backups.restore_to(made.name, target)
    with pytest.raises(BackupFailed, match="no backup"):
        await backups.restore_to("../modelus.db", path.with_name("scratch.db"))
    await db.write(PutSetting(key="still", value=1), Context())


async def test_what_a_killed_copy_leaves_is_removed(db: DatabaseManager, backups: BackupManager) -> None:
    """Half a copy never counts, and the next start clears it away; what is whole or others' stays."""
    made = await backups.create("manual")
    half = backups.folder / "modelus-20200101T000000Z-scheduled.db.partial"
    half.write_bytes(b"half")
    orphan = backups.folder / "modelus-20200101T000001Z-scheduled.db.json"
    orphan.write_text("{}")
    others = backups.folder / "modelus-by-hand.db"
    others.write_bytes(b"somebody's own copy")
    assert [manifest.name for manifest in backups.manifests()] == [made.name]
    async with backups:
        assert not half.exists()
        assert not orphan.exists()
        assert others.exists()
        assert (backups.folder / made.name).exists()


async def test_a_lost_manifest_is_written_anew(db: DatabaseManager, backups: BackupManager) -> None:
    """A copy without its manifest does not count until it was checked again, completely."""
    await db.write(PutSetting(key="a", value=1), Context())
    made = await backups.create("manual")
    (backups.folder / f"{made.name}.json").unlink()
    async with backups:
        assert backups.manifests() == ()
    assert (await backups.verify(made.name)).ok
    found = backups.newest_verified()
    assert found is not None
    assert (found.sha256, found.rows, found.created_at) == (made.sha256, made.rows, made.created_at)
    (backups.folder / f"{made.name}.json").write_text("{")
    (backups.folder / made.name).write_bytes(b"SQLite format 3\0" + bytes(5000))
    assert (await backups.verify(made.name)).damaged
    assert backups.manifests() == ()


async def test_failures_are_told_once_and_the_recovery_too(
    backups: BackupManager, db: DatabaseManager, told: Told
) -> None:
    """A file in the folder's place fails every copy; people hear of the first and of the end of it."""
    backups.folder.write_bytes(b"in the way")
    for _ in range(2):
        with pytest.raises(BackupFailed) as failed:
            await backups.create("manual")
        assert "folder of the backups" in failed.value.user_message
    backups.folder.unlink()
    await backups.create("manual")
    assert [kind for kind, _ in told] == ["backup_failed", "backup_works_again"]


async def test_a_missing_database_is_a_failure_that_is_told(backups: BackupManager, told: Told) -> None:
    """What cannot be copied is said once, with the reason, and leaves nothing."""
    with pytest.raises(BackupFailed):
        await backups.create("manual")
    assert [kind for kind, _ in told] == ["backup_failed"]
    assert backups.manifests() == ()
    assert [path.name for path in backups.folder.iterdir()] == [".modelus.lock"]


async def test_a_copy_is_tried_again(db: DatabaseManager, build: Build, path: Path) -> None:
    """What fails at first and works a moment later is no failure."""
    backups = build(attempts=4)
    backups.folder.write_bytes(b"in the way")
    make = asyncio.create_task(backups.create("manual"))
    await scene_of(0.3)
    backups.folder.unlink()
    assert (await make).counts


async def test_the_clock_makes_copies(db: DatabaseManager, build: Build, tmp_path: Path) -> None:
    """Without any copy one is made at once; a manifest that is damaged is passed over."""
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "modelus-20200101T000000Z-manual.db.json").write_text("{")
    (folder / "modelus-20200101T000000Z-manual.db").write_bytes(b"")
    await db.write(PutSetting(key="a", value=1), Context())
    async with build(schedule="on") as backups:
        async with asyncio.timeout(60):
            while (newest := backups.newest_verified()) is None:
                await asyncio.sleep(0.1)
        assert newest.kind == "scheduled"
        assert backups.age() == 0.0


async def test_old_copies_go_after_a_new_one(db: DatabaseManager, build: Build, clock: Any) -> None:
    """Retention is kept by each copy that succeeds; one that is being read stays until the next time."""
    backups = build(keep_hourly=1, keep_daily=0, keep_weekly=0)
    first = await backups.create("scheduled")
    clock.now += 7200
    assert backups.age() == 7200
    with backups._using(first.name):
        second = await backups.create("scheduled")
        assert [manifest.name for manifest in backups.manifests()] == [second.name, first.name]
    assert await backups.prune() == (first.name,)
    assert [manifest.name for manifest in backups.manifests()] == [second.name]
    assert not (backups.folder / first.name).exists()


async def test_the_newest_is_the_last_that_was_made(db: DatabaseManager, build: Build, clock: Any) -> None:
    """A clock that was set back makes no older copy the newest, and retention keeps the right one."""
    backups = build(keep_hourly=1, keep_daily=0, keep_weekly=0)
    await backups.create("scheduled")
    await db.write(PutSetting(key="later", value=1), Context())
    clock.now -= 40 * 86_400
    last = await backups.create("scheduled")
    assert last.audit_id == 1
    assert backups.newest_verified() == last
    assert [manifest.name for manifest in backups.manifests()] == [last.name]


async def test_rows_that_break_rules_make_a_copy_flawed(
    db: DatabaseManager, backups: BackupManager, path: Path, told: Told
) -> None:
    """Such a copy can be restored, as it is all there is, but it does not count as verified."""
    good = await backups.create("manual")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.execute("INSERT INTO settings(key, value, updated_at) VALUES('bad', '{', 0)")
        connection.commit()
    flawed = [await backups.create("manual") for _ in range(2)]
    assert {item.status for item in flawed} == {"flawed"}
    assert backups.newest_verified() == good
    assert backups.newest_whole() == flawed[-1]
    assert [kind for kind, _ in told] == ["backup_flawed"]
    report = await backups.verify(flawed[-1].name)
    assert not report.ok
    assert not report.damaged
    assert backups.newest_whole() is not None


async def test_giving_up_leaves_nothing(db: DatabaseManager, build: Build) -> None:
    """A caller who is cancelled, and a bot that stops, take their copy with them."""
    backups = build(megabytes_per_second=0.02)
    heard: list[dict[str, Any]] = []
    make = asyncio.create_task(backups.create("manual", on_progress=heard.append))
    async with asyncio.timeout(60):
        while not any(item["step"] == "copying" for item in heard):
            await asyncio.sleep(0.01)
    assert list(backups.folder.glob("*.partial"))
    make.cancel()
    with pytest.raises(asyncio.CancelledError):
        await make
    assert [path.name for path in backups.folder.iterdir()] == [".modelus.lock"]
    async with backups:
        make = asyncio.create_task(backups.create("manual"))
        await scene_of(0.2)
    with pytest.raises(BackupFailed, match="stops"):
        await make
    assert [path.name for path in backups.folder.iterdir()] == [".modelus.lock"]


@pytest.mark.parametrize("kind", ["pre_migration", "pre_restore"])
async def test_a_copy_that_people_wait_for_is_not_slowed_down(
    db: DatabaseManager, build: Build, kind: Kind
) -> None:
    """At the rate of other copies this one would take minutes."""
    backups = build(megabytes_per_second=0.001)
    async with asyncio.timeout(60):
        made = await backups.create(kind)
    assert made.counts
    assert made.bytes > 100_000


OPENED: list[str] = []


def note_opened(event: str, arguments: tuple[Any, ...]) -> None:
    """Note every file that this process opens, by whatever means."""
    if event in {"open", "sqlite3.connect"}:
        OPENED.append(str(arguments[0]))


async def test_the_live_file_is_opened_by_nobody_in_this_process(
    db: DatabaseManager, backups: BackupManager, path: Path, tmp_path: Path
) -> None:
    """Whatever is done with copies, the bot's own process opens neither the file nor its -wal."""
    await db.write(PutSetting(key="a", value=1), Context())
    sys.addaudithook(note_opened)
    OPENED.clear()
    made = await backups.create("manual")
    await backups.verify(made.name)
    await backups.restore_to(made.name, tmp_path / "scratch.db")
    await backups.rehearsed(made.name)
    await backups.prune()
    async with backups:
        pass
    seen = list(OPENED)
    assert any("backups" in item for item in seen)
    assert [item for item in seen if str(path) in item] == []
    newest = backups.newest_verified()
    assert newest is not None
    assert newest.drill_at is not None

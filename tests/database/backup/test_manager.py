"""Copies are consistent, checked, kept by rule, and found out when they are damaged."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.config import BackupSettings, DatabaseSettings
from modelus_bot.database.backup import BackupManager
from modelus_bot.database.errors import BackupFailed
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.operation import Context
from modelus_bot.database.schema import SchemaValidator
from tests.database.operations import PutPair, PutSetting

Settings = Callable[..., DatabaseSettings]


@pytest.fixture
def backups(path: Path, tmp_path: Path) -> BackupManager:
    """Return a manager for the test's database."""
    settings = BackupSettings(folder=tmp_path / "backups", attempts=1)
    return BackupManager(path, settings, validator=SchemaValidator())


def values(copy: Path) -> dict[str, str]:
    """Return the settings in a copy."""
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        return dict(connection.execute("SELECT key, value FROM settings").fetchall())


async def test_a_copy_is_one_whole_moment(db: DatabaseManager, backups: BackupManager) -> None:
    """Taken while writers write, a copy has both halves of every pair, and its manifest says what it has."""

    async def write() -> None:
        for number in range(300):
            await db.write(PutPair(number=number), Context())

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.05)
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
    assert copy.stat().st_mode & 0o777 == 0o600
    assert not copy.with_name(copy.name + "-wal").exists()
    assert backups.newest_verified() == made


async def test_a_damaged_copy_no_longer_counts(db: DatabaseManager, backups: BackupManager) -> None:
    """One changed byte anywhere is found, and the next older copy takes its place."""
    await db.write(PutSetting(key="a", value=1), Context())
    older = await backups.create("manual")
    newer = await backups.create("manual")
    copy = backups.folder / newer.name
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    told = []
    backups.on_alert = lambda kind, details: told.append((kind, details["name"]))
    report = await backups.verify(newer.name)
    assert report.damaged
    assert "sha256" in report.problems[0]
    assert backups.newest_verified() == older
    assert told == [("backup_damaged", newer.name)]


async def test_a_copy_is_restored_only_as_it_was_made(
    db: DatabaseManager, backups: BackupManager, tmp_path: Path
) -> None:
    """The file that is written for a restore is checked against the manifest on the way."""
    await db.write(PutSetting(key="a", value=1), Context())
    made = await backups.create("manual")
    await backups.restore_to(made.name, tmp_path / "scratch.db")
    assert values(tmp_path / "scratch.db") == {"a": "1"}
    copy = backups.folder / made.name
    copy.write_bytes(copy.read_bytes()[:-1] + b"\xff")
    with pytest.raises(BackupFailed, match="sha256"):
        await backups.restore_to(made.name, tmp_path / "other.db")
    assert not (tmp_path / "other.db").exists()


async def test_what_a_killed_copy_leaves_is_removed(db: DatabaseManager, backups: BackupManager) -> None:
    """Half a copy never counts, and the next start clears it away; finished ones stay."""
    made = await backups.create("manual")
    half = backups.folder / "modelus-20200101T000000Z-scheduled.db.partial"
    half.write_bytes(b"half")
    orphan = backups.folder / "modelus-20200101T000001Z-scheduled.db.json"
    orphan.write_text("{}")
    assert [one.name for one in backups.manifests()] == [made.name]
    async with backups:
        assert not half.exists()
        assert not orphan.exists()
        assert (backups.folder / made.name).exists()


async def test_a_missing_database_is_a_failure_that_is_told(backups: BackupManager) -> None:
    """What cannot be copied is said once, with the reason."""
    told = []
    backups.on_alert = lambda kind, _: told.append(kind)
    with pytest.raises(BackupFailed):
        await backups.create("manual")
    assert told == ["backup_failed"]
    assert backups.manifests() == ()


async def test_the_clock_makes_copies(db: DatabaseManager, path: Path, tmp_path: Path) -> None:
    """Without any copy one is made at once; a manifest that is damaged is passed over."""
    settings = BackupSettings(folder=tmp_path / "backups", every=3600)
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "modelus-1.db.json").write_text("{")
    (folder / "modelus-1.db").write_bytes(b"")
    await db.write(PutSetting(key="a", value=1), Context())
    async with BackupManager(path, settings, validator=SchemaValidator()) as backups:
        for _ in range(100):
            if backups.newest_verified() is not None:
                break
            await asyncio.sleep(0.1)
        newest = backups.newest_verified()
        assert newest is not None
        assert newest.kind == "scheduled"

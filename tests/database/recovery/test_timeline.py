"""Histories: a restore begins a new one, and copies of the old one are not taken for the present again."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.database.recovery.timeline import (
    NoteRestore,
    end_of,
    note_restore,
    share_history,
)
from modelus_bot.subjects import DECLARED
from tests.database.operations import PutSetting, setting

Settings = Callable[..., DatabaseSettings]
PAGE = 4096


@asynccontextmanager
async def protected(site: Path, alerts: list[Alert]) -> AsyncIterator[DatabaseManager]:
    """Open a database with backups and without the archive."""
    protection = Protection(
        site / "data" / "modelus.db",
        backup=BackupSettings(folder=site / "backups", schedule="off", attempts=1),
        archive=ArchiveSettings(mode="off"),
        integrity=IntegritySettings(confirm_after=0.2, quarantine=site / "quarantine"),
        invariants=DECLARED.invariants,
    )
    protection.alerts.subscribe(alerts.append)
    async with DatabaseManager(protection.context.path, DatabaseSettings(), protection=protection) as db:
        yield db


async def put(db: DatabaseManager, *keys: str) -> None:
    """Make an acknowledged change for each key."""
    for key in keys:
        await db.write(PutSetting(key=key, value=1), Context())


async def restored_among_changes(site: Path, alerts: list[Alert]) -> Path:
    """Make good changes, a backup and bad ones; restore the backup, make new changes; return the file."""
    async with protected(site, alerts) as db:
        assert db.protection is not None
        await put(db, *(f"good {number}" for number in range(20)))
        backup = await db.protection.backups.create("manual")
        await put(db, *(f"bad {number}" for number in range(40)))
        restores = db.protection.restores
        assert restores is not None
        await restores.apply((await restores.from_backup(backup.name)).token)
        await put(db, *(f"new {number}" for number in range(5)))
        return db.path


@pytest.mark.parametrize("page", [3, 6])
async def test_damage_after_a_restore_does_not_bring_the_old_history_back(tmp_path: Path, page: int) -> None:
    """The copy made before the restore has more entries, and yet what was given up stays given up."""
    alerts: list[Alert] = []
    path = await restored_among_changes(tmp_path, alerts)
    with path.open("r+b") as file:
        file.seek(PAGE * page)
        file.write(b"\xff" * PAGE)
    async with protected(tmp_path, alerts) as db:
        assert any(alert.kind == "database_recovered" for alert in alerts)
        assert [await db.read(setting, f"bad {number}") for number in (0, 39)] == [None, None]
        assert await db.read(setting, "good 19") == 1
        kept = [await db.read(setting, f"new {number}") for number in range(5)]
        recovered = next(alert for alert in alerts if alert.kind == "database_recovered")
        assert kept == [1] * 5 or "may be missing" in recovered.text or recovered.fields["lost"]


async def test_a_restore_holds_across_a_restart(tmp_path: Path) -> None:
    """The next start takes the restored state for the present one, and its note stands in the log."""
    alerts: list[Alert] = []
    await restored_among_changes(tmp_path, alerts)
    alerts.clear()
    async with protected(tmp_path, alerts) as db:
        assert await db.read(setting, "bad 0") is None
        assert await db.read(setting, "new 4") == 1
    assert not alerts


async def test_histories_are_told_apart_by_the_note_of_the_restore(
    path: Path, quick_settings: Settings, tmp_path: Path
) -> None:
    """Two files that go on from the same state differ in every entry after it; older ones are of both."""
    older, other = tmp_path / "older.db", tmp_path / "other.db"
    async with DatabaseManager(path, quick_settings()) as db:
        await put(db, "one", "two")
    shutil.copy(path, older)
    shutil.copy(path, other)
    async with DatabaseManager(path, quick_settings()) as db:
        await put(db, "three", "four")
    note_restore(other, NoteRestore(reached=4, back_to=2, source="a backup"))
    line = end_of(other)
    assert end_of(older)[0] == 2
    assert line[0] == 3
    assert not share_history(path, other)
    assert share_history(older, other)
    assert share_history(path, older)
    assert end_of(tmp_path / "missing.db") == (0, "")

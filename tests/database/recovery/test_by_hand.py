"""What people and tools do to the file by hand costs none of the changes that the audit log has."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.manager import DatabaseManager
from tests.daily_size import FULL
from tests.database.operations import PutSetting, setting
from tests.database.recovery.test_file_monitor import told
from tests.waiting import persistently

Open = Callable[..., DatabaseManager]
COPIED, LATER = 40, 20


async def filled(db: DatabaseManager) -> None:
    """Write rows before and after a backup."""
    assert db.protection is not None
    for number in range(COPIED + LATER):
        if number == COPIED:
            await db.protection.backups.create("manual")
        await db.write(PutSetting(key=f"key {number:03}", value=1_000_000 + number), Context())


async def served(db: DatabaseManager) -> list[int | None]:
    """Return what is served, however long that takes to come back."""
    values = []
    for number in range(COPIED + LATER):
        key = f"key {number:03}"
        values.append(await persistently(lambda key=key: db.read(setting, key), DatabaseError, within=30))
    return values


EVERYTHING = [1_000_000 + number for number in range(COPIED + LATER)]


VALUES = ((5, True), (COPIED + 5, False), (5, False), (COPIED + 5, True))
"""Which of the numbers is altered, and whether there are copies."""


@pytest.mark.parametrize(("number", "copies"), VALUES if FULL else VALUES[:2])
async def test_one_altered_value_costs_nothing(
    protected: Open, path: Path, alerts: list[Alert], number: int, *, copies: bool
) -> None:
    """A value that was overwritten comes back as it was, and so does every change newer than the copy."""
    async with protected() as db:
        await filled(db)
        assert db.protection is not None
        folder = db.protection.backups.folder
    if not copies:
        shutil.rmtree(folder)
    content = path.read_bytes()
    value = str(1_000_000 + number).encode()
    at = content.index(value, content.index(f"key {number:03}".encode()))
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"6666666")
    async with protected() as db:
        assert await served(db) == EVERYTHING
        alert = await told(alerts, "database_recovered")
        assert (alert.fields["lost"], alert.fields["rows_lost"], alert.severity) == (0, 0, "warning")
        assert "Nothing was lost." in alert.text or "stood on damaged pages" in alert.text
        assert db.protection is not None
        assert (await db.protection.context.check(path)).ok


@pytest.mark.parametrize("running", (True, False) if FULL else (True,))
async def test_a_dropped_table_comes_back(
    protected: Open, path: Path, alerts: list[Alert], *, running: bool
) -> None:
    """A table that a tool dropped is noticed and comes back with its rows; changes after that are kept."""
    async with protected() as db:
        await filled(db)
        if running:
            drop(path)
            with pytest.raises(DatabaseError):
                await db.read(setting, "key 001")
            await told(alerts, "database_recovered", 90.0)
            assert await served(db) == EVERYTHING
    if not running:
        drop(path)
    async with protected() as db:
        assert await served(db) == EVERYTHING
        alert = await told(alerts, "database_recovered")
        assert "table settings is missing" in alert.fields["problems"]
        assert alert.fields["lost"] == 0


def drop(path: Path) -> None:
    """Drop a table with another program."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as raw:
        raw.execute("DROP TABLE settings")


async def test_an_old_copy_over_the_file_is_told_with_true_figures(
    protected: Open, path: Path, alerts: list[Alert], tmp_path: Path
) -> None:
    """What nobody has any more is counted; nothing is said to be whole that is not."""
    async with protected() as db:
        await filled(db)
    older = tmp_path / "older.db"
    shutil.copyfile(path, older)
    async with protected() as db:
        for number in range(15):
            await db.write(PutSetting(key=f"new {number}", value=number), Context())
    shutil.copyfile(older, path)
    async with protected() as db:
        assert await served(db) == EVERYTHING
        alert = await told(alerts, "database_recovered")
    assert "The last 15 changes that were saved could not be brought back." in alert.text
    assert alert.severity == "critical"
    alerts.clear()
    async with protected() as db:
        assert await served(db) == EVERYTHING
    assert alerts == []


async def test_after_a_kill_the_bot_knows_what_it_had_saved(
    protected: Open, path: Path, alerts: list[Alert], tmp_path: Path
) -> None:
    """The log is gone after a kill: the changes in it are counted, not passed over."""
    killed = tmp_path / "killed"
    async with protected(watch_every=60.0) as db:
        await filled(db)
        assert db.protection is not None
        assert db.protection.monitor is not None
        await db.protection.monitor.checkpointer.shrink()
        for number in range(12):
            await db.write(PutSetting(key=f"new {number}", value=number), Context())
        shutil.copytree(path.parent, killed)
    shutil.rmtree(path.parent)
    shutil.copytree(killed, path.parent)
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink()
    async with protected() as db:
        assert await served(db) == EVERYTHING
        alert = await told(alerts, "database_recovered")
    assert "The last 12 changes that were saved could not be brought back." in alert.text
    assert alert.severity == "critical"


async def test_after_a_power_cut_nobody_says_that_nothing_was_lost(
    protected: Open, path: Path, alerts: list[Alert], tmp_path: Path
) -> None:
    """The mark of another boot may be older than the last answer: that is said."""
    killed = tmp_path / "killed"
    async with protected(watch_every=60.0) as db:
        await filled(db)
        assert db.protection is not None
        assert db.protection.monitor is not None
        await db.protection.monitor.checkpointer.shrink()
        shutil.copytree(path.parent, killed)
    shutil.rmtree(path.parent)
    shutil.copytree(killed, path.parent)
    mark = path.with_name(path.name + "-head")
    mark.unlink()
    with path.open("r+b") as file:
        file.seek(4096 + 100)
        file.write(os.urandom(900))
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    async with protected() as db:
        alert = await told(alerts, "database_recovered")
        assert db is not None
    assert "nobody can say" in alert.text
    assert "Nothing was lost" not in alert.text
    assert alert.severity == "critical"


async def test_an_altered_audit_entry_without_a_copy_keeps_everything_else(
    protected: Open, path: Path, alerts: list[Alert]
) -> None:
    """An entry that nobody has any more whole does not keep the bot from going on with all the rest."""
    async with protected() as db:
        await filled(db)
        assert db.protection is not None
        folder = db.protection.backups.folder
    shutil.rmtree(folder)
    content = path.read_bytes()
    at = content.index(b'{"value":1000050}') if b'{"value":1000050}' in content else content.index(b"1000050")
    with path.open("r+b") as file:
        file.seek(at + 3)
        file.write(b"66")
    async with protected() as db:
        values = await served(db)
        await told(alerts, "database_recovered")
    assert [item for item in values if item is not None] == [
        value for value in EVERYTHING if value in set(values)
    ]
    assert len([item for item in values if item is not None]) >= len(EVERYTHING) - 1

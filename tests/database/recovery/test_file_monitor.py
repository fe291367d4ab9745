"""Damage, deletion and replacement of the file are noticed and undone while the bot works."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.database.checksums.page_checksums import PageChecksums
from modelus_bot.database.checksums.tracker import LOOK_SECONDS
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import Increment, PutSetting, setting
from tests.tuning import Tuning
from tests.waiting import eventually, persistently, scene_of

Open = Callable[..., DatabaseManager]


async def told(alerts: list[Alert], kind: str, seconds: float = 30.0) -> Alert:
    """Wait until administrators are told of something."""
    try:
        await eventually(lambda: any(alert.kind == kind for alert in alerts), within=seconds)
    except TimeoutError as error:
        raise AssertionError(f"{kind} was not told of; told: {[alert.kind for alert in alerts]}") from error
    return next(alert for alert in alerts if alert.kind == kind)


def overwrite(path: Path, page: int, content: bytes = bytes(range(256)) * 16) -> None:
    """Damage a page of the file from outside."""
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(content)


@pytest.mark.parametrize("victims", [("",), ("", "-wal", "-shm"), ("-wal",), ("-shm",)])
async def test_a_deleted_file_is_rebuilt_from_the_open_one(
    protected: Open, path: Path, alerts: list[Alert], victims: tuple[str, ...]
) -> None:
    """Nothing that was acknowledged is lost, and a new file holds everything."""
    async with protected() as db:
        for number in range(20):
            await db.write(PutSetting(key=f"key {number}", value=number), Context())
        for suffix in victims:
            path.with_name(path.name + suffix).unlink()
        assert await db.write(Increment(key="after"), Context()) == 1
        assert await db.read(setting, "key 19") == 19
        await told(alerts, "database_recovered")
    async with protected() as db:
        assert await db.read(setting, "key 19") == 19
        assert await db.read(setting, "after") == 1


async def test_a_strangers_file_is_set_aside(protected: Open, path: Path, alerts: list[Alert]) -> None:
    """A file that takes the database's place does not take its place in the bot."""
    async with protected() as db:
        await db.write(PutSetting(key="ours", value=1), Context())
        stranger = path.with_name("stranger.db")
        stranger.write_bytes(b"not ours")
        stranger.replace(path)
        assert await db.write(PutSetting(key="ours", value=2), Context()) == 2
        alert = await told(alerts, "database_recovered")
        assert alert.fields["lost"] == 0
    kept = [item.read_bytes() for item in path.parent.parent.glob("quarantine/*/modelus.db")]
    assert kept == [b"not ours"]


async def test_a_lost_folder_comes_back(protected: Open, path: Path) -> None:
    """The whole folder deleted under the bot loses nothing either."""
    async with protected() as db:
        await db.write(PutSetting(key="a", value=1), Context())
        shutil.rmtree(path.parent)
        assert await db.write(PutSetting(key="a", value=2), Context()) == 2
        assert path.exists()


async def test_damage_is_recovered_from_while_running(
    protected: Open, path: Path, alerts: list[Alert]
) -> None:
    """A damaged page is found at the first read of it; the newest backup and what is left give all back."""
    async with protected() as db:
        for number in range(400):
            await db.write(PutSetting(key=f"key {number:04}", value=number), Context())
        assert db.protection is not None
        await db.protection.backups.create("manual")
        await db.write(PutSetting(key="later", value=1), Context())
    async with protected() as db:
        assert path.stat().st_size > 20 * 4096
        for page in range(2, path.stat().st_size // 4096, 2):
            overwrite(path, page)
        values = []
        for number in range(400):
            key = f"key {number:04}"
            values.append(await persistently(lambda key=key: db.read(setting, key), DatabaseError, within=80))
        assert values == list(range(400))
        alert = await told(alerts, "database_recovered")
        assert (alert.fields["audit_id"], alert.fields["lost"]) in {(401, 0), (400, 1)}
        for part in parts_of(path):
            assert not list(path.parent.glob(f"{part.name}.partial"))


async def test_damage_found_at_the_start_is_never_served(
    protected: Open, path: Path, alerts: list[Alert]
) -> None:
    """A file damaged while the bot was stopped is recovered before the first read."""
    async with protected() as db:
        for number in range(100):
            await db.write(PutSetting(key=f"key {number}", value=number), Context())
        assert db.protection is not None
        await db.protection.backups.create("manual")
    overwrite(path, 1)
    async with protected() as db:
        assert [await db.read(setting, f"key {number}") for number in range(100)] == list(range(100))
    assert [alert.kind for alert in alerts if alert.kind == "database_recovered"]


async def test_confirmed_damage_is_not_served_when_the_recovery_fails(
    protected: Open, path: Path, alerts: list[Alert]
) -> None:
    """Without a place for the damaged file nothing is replaced, and nothing served until there is one."""
    quarantine = path.parent.parent / "quarantine"
    async with protected() as db:
        for number in range(50):
            await db.write(PutSetting(key=f"key {number}", value=111_100 + number), Context())
        assert db.protection is not None
        await db.protection.backups.create("manual")
    quarantine.write_text("a file where the folder should be")
    async with protected() as db:
        content = path.read_bytes()
        with path.open("r+b") as file:
            file.seek(content.index(b"111107"))
            file.write(b"999907")
        with pytest.raises(DatabaseError):
            await db.read(setting, "key 7")
        await told(alerts, "database_not_recovered")
        for _ in range(5):
            with pytest.raises(DatabaseError):
                await db.read(setting, "key 7")
            await scene_of(0.1)
        quarantine.unlink()
        await told(alerts, "database_recovered", 60.0)
        async with asyncio.timeout(30):
            while db.mode is not Mode.NORMAL:
                await asyncio.sleep(0.05)
        assert await db.read(setting, "key 7") == 111_107
    assert [alert.kind for alert in alerts].count("database_not_recovered") == 1


@pytest.mark.parametrize("content", [None, b"", b"garbage" * 1000])
async def test_a_missing_or_foreign_file_at_the_start_is_replaced(
    protected: Open, path: Path, content: bytes | None
) -> None:
    """The bot never starts empty where it was not empty before."""
    async with protected() as db:
        await db.write(PutSetting(key="a", value=7), Context())
        assert db.protection is not None
        await db.protection.backups.create("manual")
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    async with protected() as db:
        assert await db.read(setting, "a") == 7


async def test_rows_that_break_a_rule_are_set_aside(protected: Open, path: Path, alerts: list[Alert]) -> None:
    """A row that refers to nothing is moved into quarantine with its reason; the others stay."""
    async with protected() as db:
        await db.write(PutSetting(key="a", value=1), Context())
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute(
            "INSERT INTO user_disciplines(user_id, discipline, position, updated_at)"
            " VALUES(99, 'nowhere', 1, 0)"
        )
    for part in path.parent.glob("*-sums*"):
        part.unlink()
    async with protected() as db:
        alert = await told(alerts, "database_rows_broken")
        assert "1 broken rows were moved" in alert.text
        assert await db.read(setting, "a") == 1
        assert db.protection is not None
        assert (await db.protection.context.check(path)).ok
    with contextlib.closing(sqlite3.connect(path)) as raw:
        kept = raw.execute("SELECT table_name, reason FROM quarantined_rows").fetchall()
    assert [table for table, _ in kept] == ["user_disciplines"]


async def test_a_kill_right_after_the_connections_closed_is_no_damage(
    protected: Open, path: Path, tmp_path: Path, tuning: Tuning
) -> None:
    """What was committed since the last look is noted before the last connection removes the log."""
    tuning(LOOK_SECONDS.at(3600.0))
    killed = tmp_path / "killed"
    async with protected() as db:
        assert db.protection is not None
        monitor = db.protection.monitor
        assert monitor is not None
        await db.write(PutSetting(key="before", value=1), Context())
        await monitor.checkpointer.shrink()
        for number in range(50):
            await db.write(PutSetting(key=f"key {number}", value=number), Context())

        async def work() -> None:
            await asyncio.to_thread(shutil.copytree, path.parent, killed)

        await monitor.swap(work)
    copied = killed / path.name
    assert not copied.with_name(copied.name + "-wal").exists()
    report = await PageChecksums(copied).check()
    assert report.pages > 10
    assert (report.unexplained, report.adopted) == ((), False)

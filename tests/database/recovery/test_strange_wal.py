"""A -wal that is not the file's is never laid over it, and a file of another history never served."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import CorruptionDetected
from modelus_bot.database.core.state_file import DatabaseState
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.wal_origin import WalOrigin, origin_of
from tests.database.archive.writing import needs_program
from tests.database.operations import PutSetting, setting

Open = Callable[..., DatabaseManager]
ROWS = 30


async def filled(protected: Open, first: int = 0) -> None:
    """Write rows and end in order."""
    async with protected() as db:
        for number in range(first, first + ROWS):
            await db.write(PutSetting(key=f"key {number}", value=number), Context())


async def values(protected: Open, count: int = ROWS) -> list[int | None]:
    """Return what is served."""
    async with protected() as db:
        return [await db.read(setting, f"key {number}") for number in range(count)]


def log_of(path: Path) -> Path:
    """Return where the -wal of a database lies."""
    return path.with_name(path.name + "-wal")


def left_behind(database: Path, statements: tuple[str, ...]) -> bytes:
    """Return the -wal that a program leaves which is killed after these statements."""
    copy = database.with_name("copy-of-it.db")
    shutil.copyfile(database, copy)
    raw = sqlite3.connect(copy, isolation_level=None)
    raw.execute("PRAGMA journal_mode=WAL")
    for statement in statements:
        raw.execute(statement)
    content = log_of(copy).read_bytes()
    raw.close()
    for part in database.parent.glob("copy-of-it.db*"):
        part.unlink()
    return content


def kept_logs(tmp_path: Path) -> list[bytes]:
    """Return the logs in quarantine."""
    return [path.read_bytes() for path in tmp_path.glob("quarantine/*/modelus.db-wal")]


async def test_another_bots_log_is_set_aside(
    protected: Open,
    path: Path,
    tmp_path: Path,
    alerts: list[Alert],
    quick_settings: Callable[..., DatabaseSettings],
) -> None:
    """A -wal with a whole other database beside a file that was closed in order does not become the file."""
    await filled(protected)
    other = tmp_path / "other" / "modelus.db"
    other.parent.mkdir()
    async with DatabaseManager(other, quick_settings()) as db:
        for number in range(60):
            await db.write(PutSetting(key=f"key {number}", value=-1), Context())
    foreign = left_behind(other, ("UPDATE settings SET value = -2", "VACUUM"))
    log_of(path).write_bytes(foreign)
    assert await values(protected) == list(range(ROWS))
    assert len(alerts) == 1
    assert "It was not used" in alerts[0].text or "the file without its log" in alerts[0].text
    assert kept_logs(tmp_path) == [foreign]


async def test_edits_by_hand_in_a_log_are_not_served(
    protected: Open, path: Path, tmp_path: Path, alerts: list[Alert]
) -> None:
    """What another program left in a -wal counts no more than what it would have left in the main file."""
    await filled(protected)
    edited = left_behind(path, ("UPDATE settings SET value = 999 WHERE key = 'key 7'",))
    log_of(path).write_bytes(edited)
    assert await values(protected) == list(range(ROWS))
    assert [alert.kind for alert in alerts] == ["strange_wal_set_aside"]
    assert kept_logs(tmp_path) == [edited]


async def test_an_older_log_of_its_own_takes_nothing_back(
    protected: Open, path: Path, alerts: list[Alert]
) -> None:
    """The log of an earlier evening, laid beside the file, costs none of the later changes."""
    await filled(protected)
    async with protected() as db:
        for number in range(ROWS, 2 * ROWS):
            await db.write(PutSetting(key=f"key {number}", value=number), Context())
        older = log_of(path).read_bytes()
    await filled(protected, 2 * ROWS)
    log_of(path).write_bytes(older)
    assert await values(protected, 3 * ROWS) == list(range(3 * ROWS))
    assert [alert.kind for alert in alerts] == ["strange_wal_set_aside"]


async def test_a_log_of_ours_is_used_although_the_state_says_closed(
    protected: Open, path: Path, tmp_path: Path, alerts: list[Alert]
) -> None:
    """A state file that could not be written since says nothing: after a kill everything is there."""
    await filled(protected)
    state = path.with_name(path.name + "-state")
    before = state.read_bytes()
    killed = tmp_path / "killed"
    async with protected() as db:
        for number in range(ROWS, 2 * ROWS):
            await db.write(PutSetting(key=f"key {number}", value=number), Context())
        shutil.copytree(path.parent, killed)
    shutil.rmtree(path.parent)
    shutil.copytree(killed, path.parent)
    state.write_bytes(before)
    assert await values(protected, 2 * ROWS) == list(range(2 * ROWS))
    assert alerts == []


async def test_another_bots_database_is_not_served(
    protected: Open,
    path: Path,
    tmp_path: Path,
    alerts: list[Alert],
    quick_settings: Callable[..., DatabaseSettings],
) -> None:
    """A sound file of another history in the file's place: nothing is served from it, copies are used."""
    await filled(protected)
    async with protected() as db:
        assert db.protection is not None
        await db.protection.backups.create("manual")
    other = tmp_path / "other" / "modelus.db"
    other.parent.mkdir()
    async with DatabaseManager(other, quick_settings()) as db:
        for number in range(3 * ROWS):
            await db.write(PutSetting(key=f"key {number}", value=-1), Context())
    shutil.copyfile(other, path)
    assert await values(protected) == list(range(ROWS))
    told = [alert for alert in alerts if alert.kind == "database_recovered"]
    assert len(told) == 1
    assert "newest verified backup" in told[0].text
    assert list(tmp_path.glob("quarantine/*/modelus.db"))


async def test_another_bots_database_without_any_copy_is_a_question(
    protected: Open, path: Path, tmp_path: Path, quick_settings: Callable[..., DatabaseSettings]
) -> None:
    """Where nothing of this history is left, nobody but a person may say that the other one is meant."""
    await filled(protected)
    other = tmp_path / "other" / "modelus.db"
    other.parent.mkdir()
    async with DatabaseManager(other, quick_settings()) as db:
        for number in range(3 * ROWS):
            await db.write(PutSetting(key=f"key {number}", value=-1), Context())
    shutil.copyfile(other, path)
    content = path.read_bytes()
    with pytest.raises(CorruptionDetected, match="The bot had reached change 30"):
        await protected().__aenter__()
    assert path.read_bytes() == content


MARKS = st.sampled_from(["", "aa:10:00", "aa:12:01", "bb:10:00"])


@settings(max_examples=200)
@given(MARKS, MARKS, st.booleans(), st.integers(0, 2), st.integers(0, 2), st.integers(0, 1))
def test_only_an_orderly_end_of_the_same_epoch_accuses_a_log(
    left: str, found: str, clean: bool, noted: int, epoch: int, later: int
) -> None:
    """Only with a state of the file's own epoch is a log accused: of being another one than was left."""
    origin = origin_of(DatabaseState(clean=clean, epoch=noted, wal=left), epoch, epoch + later, found)
    known = clean and noted and noted in {epoch, epoch + later} and epoch + later <= noted
    if not found or (known and found == left):
        assert origin is WalOrigin.OURS
    elif not known:
        assert origin is WalOrigin.UNKNOWN
    elif left == "aa:10:00" and found == "aa:12:01":
        assert origin is WalOrigin.EXTENDED
    else:
        assert origin is WalOrigin.STRANGERS


@needs_program
async def test_what_was_added_to_a_log_is_cut_off(
    path: Path, protected: Open, tmp_path: Path, alerts: list[Alert]
) -> None:
    """Where the archive's program left a log, the frames behind its end are a stranger's, and only they."""
    async with protected(archive="auto") as db:
        for number in range(ROWS):
            await db.write(PutSetting(key=f"key {number}", value=number), Context())
    if not log_of(path).exists() or not log_of(path).stat().st_size:
        pytest.skip("the program left no log")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA wal_autocheckpoint=0")
        raw.execute("UPDATE settings SET value = 999 WHERE key = 'key 7'")
        copied = {part: part.read_bytes() for part in (path, log_of(path))}
    for part, content in copied.items():
        part.write_bytes(content)
    async with protected(archive="auto") as db:
        assert [await db.read(setting, f"key {number}") for number in range(ROWS)] == list(range(ROWS))
    assert "strange_wal_set_aside" in [alert.kind for alert in alerts]

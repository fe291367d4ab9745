"""A start on a disk that does not obey: the database is away in a sentence, and comes back by itself."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import (
    AccessDenied,
    DatabaseError,
    DatabaseReadOnly,
    DiskFull,
    StorageFailed,
)
from modelus_bot.database.core.state_file import DatabaseState, StateFile
from modelus_bot.database.core.system_errors import as_database_error, from_os
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import PutSetting, setting

Open = Callable[..., DatabaseManager]


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EACCES, AccessDenied),
        (errno.EPERM, AccessDenied),
        (errno.EROFS, DatabaseReadOnly),
        (errno.EIO, StorageFailed),
        (errno.EEXIST, StorageFailed),
        (None, StorageFailed),
    ],
)
def test_what_the_system_says(number: int | None, kind: type[DatabaseError]) -> None:
    """Full and forbidden have sentences of their own; everything else is a failure of the storage."""
    error = OSError(number, os.strerror(number)) if number else OSError("unknown")
    assert type(from_os(error)) is kind
    assert type(as_database_error(error)) is kind
    assert from_os(error).__cause__ is error


def test_a_fault_of_the_program_is_a_failure_of_the_storage() -> None:
    """Nobody who waits for the database sees a bare exception, and the log names what it was."""
    failure = as_database_error(KeyError("key"))
    assert type(failure) is StorageFailed
    assert failure.detail == "KeyError: 'key'"


def test_a_state_that_cannot_be_saved_is_remembered(path: Path) -> None:
    """What could not be written counts for this process, and is owed until it is on the disk."""
    path.parent.mkdir()
    state = StateFile(path)
    state.save(DatabaseState(True, 7))
    in_the_way = path.with_name("modelus.db-state.partial")
    in_the_way.mkdir()
    state.keep(DatabaseState(False, 5))
    assert state.load() == DatabaseState(False, 5)
    assert state.owed
    assert StateFile(path).load() == DatabaseState(True, 7)
    in_the_way.rmdir()
    state.keep(DatabaseState(False, 6))
    assert not state.owed
    assert StateFile(path).load() == DatabaseState(False, 6)


async def test_a_state_that_cannot_be_saved_stops_no_start(protected: Open, path: Path) -> None:
    """The bot serves; the monitor notes how far it is as soon as that is possible."""
    async with protected() as db:
        await db.write(PutSetting(key="a", value=1), Context())
    in_the_way = path.with_name("modelus.db-state.partial")
    in_the_way.mkdir()
    async with protected() as db:
        assert await db.read(setting, "a") == 1
        assert db.protection is not None
        assert db.protection.context.state.owed
        in_the_way.rmdir()
        assert db.protection.monitor is not None
        await db.protection.monitor._remember()
        known = StateFile(path).load()
        assert known is not None
        assert not known.clean


async def test_a_quarantine_that_cannot_be_made_keeps_the_database_away(
    protected: Open, path: Path, tmp_path: Path
) -> None:
    """Damage with nowhere to put the damaged file is no crash: it is told, and mended once there is room."""
    async with protected() as db:
        await db.write(PutSetting(key="a", value=1), Context())
        assert db.protection is not None
        await db.protection.backups.create("manual")
    path.write_bytes(b"no database at all " * 1000)
    in_the_way = tmp_path / "quarantine"
    in_the_way.write_bytes(b"in the way")
    with pytest.raises(StorageFailed):
        await protected().__aenter__()
    in_the_way.unlink()
    async with protected() as db:
        assert await db.read(setting, "a") == 1


@pytest.mark.parametrize("checksums", [True, False], ids=["sums", "no-sums"])
async def test_a_gigantic_tail_is_not_read_before_the_file_is_judged(
    protected: Open, path: Path, alerts: list[Alert], *, checksums: bool
) -> None:
    """Eight gigabytes behind the database cost no time: the file is judged, and replaced by a copy."""
    async with protected() as db:
        await db.write(PutSetting(key="a", value=1), Context())
        assert db.protection is not None
        await db.protection.backups.create("manual")
    os.truncate(path, 8 * 2**30)
    if not checksums:
        path.with_name("modelus.db-sums").unlink()
    started = time.monotonic()
    async with protected() as db:
        took = time.monotonic() - started
        assert await db.read(setting, "a") == 1
    print(f"8 GB behind the database: started after {took:.1f} s")
    assert [alert.kind for alert in alerts if alert.kind == "database_recovered"]
    assert path.stat().st_size < 2**20
    assert took < 100  # with the whole recovery, on a busy machine; reading it all takes longer anywhere

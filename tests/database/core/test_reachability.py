"""SQLite only says that it cannot open a file; what keeps it from that is looked up and said."""

from __future__ import annotations

import contextlib
import os
import resource
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.errors import (
    AccessDenied,
    ConnectionLost,
    DatabaseError,
    DatabaseReadOnly,
    DiskFull,
    OutOfResources,
)
from modelus_bot.database.core.reachability import explained, why_not
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.engine.fingerprint import OpenFiles
from modelus_bot.database.engine.roles import ConnectionRole, connect, opened
from modelus_bot.database.engine.worker import StatementDeadline
from modelus_bot.database.health.causes import cause_words
from modelus_bot.database.integrity.check import check_file
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.runtime.os_errors import Fault, whoami
from tests.small_disk import small_disk
from tests.waiting import scene_of

Settings = Callable[..., DatabaseSettings]


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A folder with a database, and the rights of a user who is not root for the rest of the test."""
    before = os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        folder.mkdir()
        Migrator(folder / "modelus.db").up()
        if before == 0:
            for item in (Path(name), folder, *folder.iterdir()):
                os.chown(item, 65534, 65534)
            os.seteuid(65534)
        try:
            yield folder / "modelus.db"
        finally:
            os.seteuid(before)
            folder.chmod(0o700)


async def failure_of(
    path: Path, settings: DatabaseSettings, role: ConnectionRole = ConnectionRole.WRITER
) -> DatabaseError:
    """What opening the file ends with."""

    def connecting() -> sqlite3.Connection:
        return connect(path, role, settings, StatementDeadline(), manual_checkpoints=True)

    with pytest.raises(DatabaseError) as caught:
        await opened(connecting, OpenFiles(path), 5.0)
    await scene_of(0.1)  # the connection's thread says goodbye to the loop
    return caught.value


async def test_a_file_of_somebody_else_is_forbidden_and_no_sick_disk(
    as_nobody: Path, quick_settings: Settings
) -> None:
    """What commands run as root leave behind is named: who may not do what."""
    as_nobody.chmod(0o000)
    failure = await failure_of(as_nobody, quick_settings())
    assert type(failure) is AccessDenied
    assert f"{as_nobody} may not be read by the user {whoami()}" in failure.detail
    assert "disk" not in f"{cause_words(failure)} {failure.user_message}"
    report = check_file(as_nobody)
    assert not report.damaged
    assert f"may not be read by the user {whoami()}" in report.problems[0]


async def test_a_folder_that_may_not_be_written_to_is_named(
    as_nobody: Path, quick_settings: Settings
) -> None:
    """The -wal has to be made beside the file."""
    as_nobody.parent.chmod(0o500)
    failure = await failure_of(as_nobody, quick_settings())
    assert isinstance(failure, AccessDenied)
    assert f"nothing may be made in {as_nobody.parent} by the user {whoami()}" in failure.detail


async def test_a_folder_that_may_not_be_entered_is_named(as_nobody: Path, quick_settings: Settings) -> None:
    """Nothing can be said of the file then, least of all that it is not there."""
    as_nobody.parent.chmod(0o000)
    failure = await failure_of(as_nobody, quick_settings())
    assert isinstance(failure, AccessDenied)
    assert f"the folder {as_nobody.parent} may not be entered by the user {whoami()}" in failure.detail


async def test_a_file_that_is_gone_and_a_folder_in_its_place(path: Path, quick_settings: Settings) -> None:
    """Both are told as what they are."""
    failure = await failure_of(path, quick_settings())
    assert type(failure) is ConnectionLost
    assert f"{path} is not there" in failure.detail
    path.mkdir(parents=True)
    assert "is no file, but a folder" in (await failure_of(path, quick_settings())).detail


def test_too_many_open_files_are_told_as_that(path: Path) -> None:
    """Neither the disk nor the file has anything to do with it."""
    path.parent.mkdir()
    path.touch()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken: list[int] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, soft), hard))
    try:
        with contextlib.suppress(OSError):
            while True:
                taken.append(os.open(os.devnull, os.O_RDONLY))
        found = why_not(path)
        with pytest.raises(sqlite3.OperationalError, match="unable to open database file") as caught:
            sqlite3.connect(path).execute("SELECT 1 FROM sqlite_master")
        told = explained(from_sqlite(caught.value), path)
    finally:
        for item in taken:
            os.close(item)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert found is not None
    assert found[0] is Fault.TOO_MANY_FILES
    assert type(told) is OutOfResources
    assert "too many files are open" in told.detail


async def test_a_disk_that_is_full_or_read_only(tmp_path: Path, quick_settings: Settings) -> None:
    """Each has its class, and with it what people are told."""
    with small_disk(tmp_path / "disk", "4m") as disk:
        path = disk / "modelus.db"
        Migrator(path).up()
        with (disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(bytes(4096))
        assert isinstance(await failure_of(path, quick_settings()), DiskFull)
    with small_disk(tmp_path / "other", "4m") as disk:
        Migrator(disk / "modelus.db").up()
        os.system(f"mount -o remount,ro {disk}")  # noqa: S605 - a path of the test's own
        failure = await failure_of(disk / "modelus.db", quick_settings())
        assert type(failure) is DatabaseReadOnly
        assert "mounted for reading only" in failure.detail

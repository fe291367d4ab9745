"""Disks, locks and other programs in the way of a migration."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.core.errors import ConnectionLost, DatabaseBusy, DatabaseReadOnly
from modelus_bot.database.schema.backend import BUSY_SECONDS
from modelus_bot.database.schema.migrations import Migrator
from tests.database.schema.sample import folder_with, read, run, state_of
from tests.tuning import Tuning

MIGRATE = (
    "import sys; from pathlib import Path; from modelus_bot.database.schema import Migrator;"
    "Migrator(Path(sys.argv[1]), Path(sys.argv[2])).up()"
)


@pytest.mark.fault
def test_a_disk_that_fails_in_the_middle_leaves_the_file_as_it_was(file: Path, folder: Path) -> None:
    """Writing stops at a size limit; the migration is undone, and succeeds once there is room."""
    folder_with(
        folder,
        m0002_large="CREATE TABLE large_one (a BLOB);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)"
        " INSERT INTO large_one SELECT randomblob(1000) FROM n;"
        "CREATE INDEX idx_large ON large_one (a)",
    )
    before = state_of(file)

    done = subprocess.run(
        [sys.executable, "-c", MIGRATE, str(file), str(folder)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000)),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "StorageFailed" in done.stderr or "DiskFull" in done.stderr
    assert state_of(file) == before
    assert read(file, "PRAGMA integrity_check") == [("ok",)]
    assert Migrator(file, folder).up() == ("0002.large",)


def test_a_busy_file_can_be_tried_again(file: Path, folder: Path, tuning: Tuning) -> None:
    """Another program that writes is no failure of the migration, and nothing is left behind."""
    tuning(BUSY_SECONDS.at(0.1))
    folder_with(folder, m0002_more="CREATE TABLE more (a INTEGER)")

    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy):
            Migrator(file, folder).up()

    assert Migrator(file, folder).up() == ("0002.more",)


def test_a_lock_that_this_process_left_is_broken(file: Path, folder: Path) -> None:
    """In a container the bot has the same process number after each start."""
    folder_with(folder, m0002_more="CREATE TABLE more (a INTEGER)")
    run(file, f"INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, datetime('now'), {os.getpid()})")

    assert Migrator(file, folder).up() == ("0002.more",)
    assert read(file, "SELECT * FROM yoyo_lock") == []


def test_the_lock_of_a_zombie_is_broken(file: Path, folder: Path) -> None:
    """A killed process that nobody has waited for is as dead as any other."""
    folder_with(folder, m0002_more="CREATE TABLE more (a INTEGER)")
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        run(file, f"INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, datetime('now'), {process.pid})")
        assert Migrator(file, folder).up() == ("0002.more",)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, folder: Path) -> None:
    """The file cannot be reached: an error of its own, not a stack trace."""
    with pytest.raises(ConnectionLost):
        Migrator(tmp_path / "none" / "new.db", folder).up()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_told(tmp_path: Path, folder: Path) -> None:
    """A new file cannot be created there."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(DatabaseReadOnly):
        Migrator(closed / "new.db", folder).up()

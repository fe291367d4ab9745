"""Migrations: whole or not at all, under one lock, down as well as up."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.bundled import migrations_dir
from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.errors import MigrationFailed, SchemaMismatch
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.locking import LOCK_TIMEOUT
from modelus_bot.database.schema.migrations import Migrator
from tests.daily_size import FULL
from tests.tuning import Tuning
from tests.waiting import blocking_scene_of

MIGRATE = (
    "import sys; from pathlib import Path; from modelus_bot.database.schema import Migrator;"
    "print('start', flush=True); Migrator(Path(sys.argv[1])).up()"
)


def schema_of(path: Path) -> list[tuple[str, str]]:
    """Every object of a database with its SQL, but for the migrations' own tables."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT name, sql FROM sqlite_master"
            " WHERE name NOT LIKE '%yoyo%' AND sql IS NOT NULL ORDER BY name"
        ).fetchall()


def test_up_down_up_gives_the_same_schema(tmp_path: Path) -> None:
    """Every migration can be undone and made again; undone ones leave nothing."""
    path = tmp_path / "modelus.db"
    migrator = Migrator(path)
    applied = migrator.up()
    assert applied == tuple(item.id for item in migrator.status())
    first = schema_of(path)
    assert migrator.down(len(applied)) == tuple(reversed(applied))
    assert schema_of(path) == []
    assert migrator.up() == applied
    assert schema_of(path) == first
    assert migrator.up() == ()


def test_every_table_is_strict(tmp_path: Path) -> None:
    """Types are checked by SQLite as well."""
    path = tmp_path / "modelus.db"
    Migrator(path).up()
    with closing(sqlite3.connect(path)) as connection:
        lax = connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0"
            " AND name NOT LIKE '%yoyo%' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
    assert lax == []


def test_asking_for_the_status_writes_nothing(tmp_path: Path) -> None:
    """A file that does not exist is not created, one that does is not changed."""
    path = tmp_path / "modelus.db"
    assert not any(item.applied for item in Migrator(path).status())
    assert not path.exists()
    Migrator(path).up()
    before = path.read_bytes()
    assert all(item.applied for item in Migrator(path).status())
    assert path.read_bytes() == before


def test_a_failing_migration_is_undone_whole(tmp_path: Path) -> None:
    """The second statement of a migration fails: the first is undone and the file is as before."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations_dir(), folder)
    path = tmp_path / "modelus.db"
    Migrator(path, folder).up()
    before = schema_of(path)
    (folder / "9000.bad.sql").write_text(
        "CREATE TABLE extra(a INTEGER) STRICT; INSERT INTO nowhere VALUES(1);"
    )
    with pytest.raises(MigrationFailed):
        Migrator(path, folder).up()
    assert schema_of(path) == before
    assert [item.id for item in Migrator(path, folder).status() if not item.applied] == ["9000.bad"]
    (folder / "9000.bad.sql").write_text("CREATE TABLE extra(a INTEGER) STRICT;")
    assert Migrator(path, folder).up() == ("9000.bad",)


def test_a_migration_that_orphans_rows_is_undone(tmp_path: Path) -> None:
    """Foreign keys are checked before COMMIT."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations_dir(), folder)
    (folder / "9000.orphan.sql").write_text(
        "CREATE TABLE parent(id INTEGER PRIMARY KEY) STRICT;"
        "CREATE TABLE child(id INTEGER PRIMARY KEY,"
        " p INTEGER REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED) STRICT;"
        "INSERT INTO child VALUES(1, 99);"
    )
    path = tmp_path / "modelus.db"
    with pytest.raises(MigrationFailed):
        Migrator(path, folder).up()
    assert "child" not in dict(schema_of(path))


async def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    """A file with migrations this version does not know is not touched."""
    path = tmp_path / "modelus.db"
    folder = tmp_path / "migrations"
    shutil.copytree(migrations_dir(), folder)
    (folder / "9000.future.sql").write_text("CREATE TABLE future(a INTEGER) STRICT;")
    Migrator(path, folder).up()
    with pytest.raises(SchemaMismatch) as caught:
        async with DatabaseManager(path, DatabaseSettings()):
            pass
    assert "9000.future" in caught.value.detail


def test_the_lock_of_a_dead_process_is_broken(tmp_path: Path) -> None:
    """A process killed while migrating leaves its lock row; the next one recognises that."""
    path = tmp_path / "modelus.db"
    Migrator(path).up()
    Migrator(path).down(1)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    insert_lock(path, dead.pid)
    begun = time.monotonic()
    assert len(Migrator(path).up()) == 1
    assert time.monotonic() - begun < 5


def test_the_lock_of_a_living_process_is_respected(tmp_path: Path, tuning: Tuning) -> None:
    """While another process migrates, this one waits and then says so."""
    path = tmp_path / "modelus.db"
    Migrator(path).up()
    Migrator(path).down(1)
    insert_lock(path, os.getppid())
    tuning(LOCK_TIMEOUT.at(1))
    with pytest.raises(MigrationFailed, match=str(os.getppid())):
        Migrator(path).up()


def insert_lock(path: Path, pid: int) -> None:
    """Leave a migration lock as yoyo writes it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO yoyo_lock(locked, ctime, pid) VALUES(1, strftime('%Y-%m-%d %H:%M:%f', 'now'), ?)",
            (pid,),
        )
        connection.commit()


@pytest.mark.fault
def test_killed_while_migrating_the_next_start_finishes(tmp_path: Path, kill_pauses: list[float]) -> None:
    """Killed at random moments, the file is always either before or after each migration."""
    for number, pause in enumerate(kill_pauses):
        path = tmp_path / f"{number}.db"
        process = subprocess.Popen([sys.executable, "-c", MIGRATE, str(path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        blocking_scene_of(pause)
        process.kill()
        process.wait()
        process.stdout.close()
        Migrator(path).up()
        assert all(item.applied for item in Migrator(path).status())
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.fixture
def kill_pauses() -> list[float]:
    """Moments after the start, in seconds, spread over a migration's length."""
    count = 40 if FULL else 8
    return [0.06 * number / count for number in range(count)]


async def test_two_processes_starting_together_migrate_once(
    tmp_path: Path, quick_settings: Callable[..., DatabaseSettings]
) -> None:
    """One waits for the other; both find the finished schema."""
    path = tmp_path / "modelus.db"
    processes = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, str(path)], stdout=subprocess.DEVNULL)
        for _ in range(3)
    ]
    assert [process.wait() for process in processes] == [0, 0, 0]
    async with DatabaseManager(path, quick_settings()) as db:
        assert db.overview().mode == "normal"

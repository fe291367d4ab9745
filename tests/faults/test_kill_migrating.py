"""kill -9 inside a migration: the file is before it or after it, and the next start finishes."""

from __future__ import annotations

import hashlib
import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.validator import SchemaValidator
from tests.daily_size import FULL
from tests.faults.sites.program import Program
from tests.waiting import blocking_scene_of

KILLS = 60 if FULL else 2
ROWS = 4000
SCRIPTS = {
    "0001.base": (
        """
        CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
        CREATE TABLE children (
            id INTEGER PRIMARY KEY, text TEXT NOT NULL,
            parent INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE
        ) STRICT;
        """,
        "DROP TABLE children; DROP TABLE parents;",
    ),
    "0002.rebuild": (
        """
        CREATE TABLE fresh (id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (name > ''), size INT) STRICT;
        INSERT INTO fresh SELECT id, name, length(name) FROM parents;
        DROP TABLE parents;
        ALTER TABLE fresh RENAME TO parents;
        CREATE INDEX idx_name ON parents (name);
        """,
        """
        CREATE TABLE fresh (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
        INSERT INTO fresh SELECT id, name FROM parents;
        DROP TABLE parents;
        ALTER TABLE fresh RENAME TO parents;
        """,
    ),
    "0003.column": (
        """
        ALTER TABLE children ADD COLUMN words INTEGER NOT NULL DEFAULT 0;
        UPDATE children SET words = length(text) WHERE id % 2 = 0;
        CREATE INDEX idx_words ON children (words, parent DESC) WHERE words > 0;
        """,
        "DROP INDEX idx_words; ALTER TABLE children DROP COLUMN words;",
    ),
    "0004.split": (
        """
        CREATE TABLE names (parent INTEGER PRIMARY KEY REFERENCES parents (id), name TEXT NOT NULL) STRICT;
        INSERT INTO names SELECT id, upper(name) FROM parents;
        CREATE VIEW everything AS SELECT c.id, n.name FROM children c JOIN names n USING (parent);
        CREATE TRIGGER names_stay BEFORE DELETE ON names BEGIN SELECT RAISE(ABORT, 'names stay'); END;
        """,
        "DROP VIEW everything; DROP TABLE names;",
    ),
}


@dataclass(frozen=True)
class Course:
    """A filled file, the migrations to go through, and what the file holds after each number of them."""

    file: Path
    folder: Path
    states: dict[int, str]
    statements: int


def digest(path: Path) -> str:
    """A hash of every row of every table but the migrations' own."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%yoyo%' ORDER BY name"
    found = hashlib.sha256()
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute(names).fetchall():
            for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY 1'):
                found.update(repr((name, row)).encode())
    return found.hexdigest()


def migrate(direction: str, path: Path, folder: Path, *more: object) -> Program:
    """Start a process that migrates; it has said that it is ready."""
    return Program("migrating", direction, path, folder, *more).ready()


@pytest.fixture(params=["up", "down"])
def course(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Course]:
    """Go the whole way once undisturbed, and remember each state."""
    direction: str = request.param
    folder = tmp_path / "migrations"
    folder.mkdir()
    path = tmp_path / "start.db"
    states = {}
    for number, (name, (up, down)) in enumerate(SCRIPTS.items(), 1):
        (folder / f"{name}.sql").write_text(up)
        (folder / f"{name}.rollback.sql").write_text(down)
        Migrator(path, folder).up()
        if number == 1:
            fill(path)
            shutil.copy(path, tmp_path / "first.db")
        states[number] = digest(path)
    file = path if direction == "down" else tmp_path / "first.db"
    trial = copied(file, tmp_path / "trial.db")
    (said,) = migrate(direction, trial, folder).ended()
    statements = int(said)
    assert digest(trial) == states[1 if direction == "down" else len(SCRIPTS)]
    return direction, Course(file, folder, states, statements)


def fill(path: Path) -> None:
    """Give a file of the first state rows enough for migrations that take a while."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        connection.execute(f"{count} INSERT INTO parents SELECT i, 'parent ' || i FROM n", (ROWS,))
        connection.execute(
            f"{count} INSERT INTO children SELECT i, hex(zeroblob(100 + i % 50)), 1 + i / 2 FROM n", (ROWS,)
        )
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def copied(source: Path, target: Path) -> Path:
    """Copy a file that nobody has open, with its -wal."""
    for suffix in ("", "-wal"):
        if source.with_name(source.name + suffix).exists():
            shutil.copy(source.with_name(source.name + suffix), target.with_name(target.name + suffix))
    return target


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_inside_a_migration(course: tuple[str, Course], tmp_path: Path) -> None:
    """At any statement and any moment: one of the states, whole; the next start goes on to the end."""
    direction, way = course
    dice = random.Random(4)
    reached = set()
    for number in range(KILLS):
        path = copied(way.file, tmp_path / f"{number}.db")
        if number % 2:
            program = migrate(direction, path, way.folder)
            blocking_scene_of(dice.uniform(0, 0.15))
            program.kill()
        else:
            statement = 1 + number * way.statements // KILLS
            migrate(direction, path, way.folder, statement).ended()
        reached.add(check(path, way))
        path.unlink()
    assert len(reached) > 1 or KILLS < 10, "many kills leave it in more than one state"
    print(
        f"{direction}: {KILLS} kills in {way.statements} statements, left after {sorted(reached)} migrations"
    )


def check(path: Path, way: Course) -> int:
    """Compare a file that was left behind with the states there are, go on, and return which it was."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    applied = sum(item.applied for item in Migrator(path, way.folder).status())
    assert digest(path) == way.states[applied]
    assert not SchemaValidator(way.folder).inspect_file(path).blocking
    assert len(Migrator(path, way.folder).up()) == len(SCRIPTS) - applied
    assert SchemaValidator(way.folder).inspect_file(path).clean
    assert digest(path) == way.states[len(SCRIPTS)]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return applied

"""Snapshots of every state the schema has been in: files filled with data, kept as SQL.

A migration's author adds ``rows/NUMBER.NAME.sql`` with rows for the tables it makes and runs
``python -m tests.upgrades.making``, which writes the snapshots that are missing, each from the one
before. Snapshots that exist are never written again: they stand for files that people have.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from modelus_bot.bundled import migrations_dir
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.validator import SchemaValidator

HERE = Path(__file__).parent
SNAPSHOTS = HERE / "snapshots"
ROWS = HERE / "rows"
COMMAND = "python -m tests.upgrades.making"
# What tells one run from another says nothing about the schema.
SETTLED = """
DELETE FROM _yoyo_log;
DELETE FROM yoyo_lock;
UPDATE _yoyo_migration SET applied_at_utc = '2026-01-01 00:00:00';
UPDATE _yoyo_version SET installed_at_utc = '2026-01-01 00:00:00';
"""


def migration_ids() -> list[str]:
    """Every migration of this version, in order."""
    return [script.id for script in SchemaValidator().scripts]


def load(snapshot: str, path: Path) -> Path:
    """Make a database file of a snapshot."""
    script = (SNAPSHOTS / f"{snapshot}.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(script)
    return path


def migrate_to(path: Path, last: str) -> tuple[str, ...]:
    """Apply the migrations up to ``last`` and no further."""
    with tempfile.TemporaryDirectory() as folder:
        for number in migration_ids():
            for file in migrations_dir().glob(f"{number}.*"):
                shutil.copy(file, folder)
            if number == last:
                break
        return Migrator(path, Path(folder)).up()


def make(last: str, path: Path) -> str:
    """Return the snapshot of the state after ``last``, made from the one before it."""
    ids = migration_ids()
    number = ids.index(last)
    if number:
        load(ids[number - 1], path)
    migrate_to(path, last)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript((ROWS / f"{last}.sql").read_text(encoding="utf-8"))
        connection.executescript(SETTLED)
        return "\n".join(line for line in connection.iterdump() if not _of_a_search(connection, line)) + "\n"


def _of_a_search(connection: sqlite3.Connection, line: str) -> bool:
    """Say whether a line fills a search, which has its content in tables of its own that are dumped, too."""
    searches = connection.execute("SELECT name FROM pragma_table_list WHERE type = 'virtual'").fetchall()
    return any(line.startswith(f'INSERT INTO "{name}" ') for (name,) in searches)


def make_missing() -> list[str]:
    """Write the snapshots that are missing and return their names."""
    made = []
    SNAPSHOTS.mkdir(exist_ok=True)
    for number in migration_ids():
        target = SNAPSHOTS / f"{number}.sql"
        if not target.exists():
            with tempfile.TemporaryDirectory() as folder:
                target.write_text(make(number, Path(folder) / "snapshot.db"), encoding="utf-8")
            made.append(target.name)
    return made


if __name__ == "__main__":
    sys.stdout.write(f"Made: {', '.join(make_missing()) or 'nothing, every migration has its snapshot'}.\n")

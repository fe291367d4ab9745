"""From every state that files out there may be in, to the newest one and back, with data in every table."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.subjects import DECLARED
from tests.daily_size import FULL
from tests.upgrades.making import COMMAND, ROWS, SNAPSHOTS, load, make, migrate_to, migration_ids

IDS = migration_ids()
TODAY = IDS if FULL else [*IDS[:6:2], *IDS[6:-3:3], *IDS[-3:]]
"""The states that are tried: at full size all of them, else some old ones and the newest."""
_TABLES = (
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'"
    " AND name NOT LIKE '%yoyo%' ORDER BY name"
)
_SCHEMA = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '%yoyo%' ORDER BY type, name"

Rows = dict[str, list[tuple[object, ...]]]
CHANGED: dict[str, set[str]] = {}
"""For a migration that alters rows, the tables it alters; all others must come through unchanged."""
UNDOING: dict[str, set[str]] = {
    "0005.cover_days": {"overrides", "cover_cards", "quarantined_rows"},
    "0006.inbox": {"notifications"},
}
"""The same for the way back: what the older version does not know is kept aside."""


def read(path: Path, sql: str) -> list[tuple[object, ...]]:
    """Return what a statement finds in the file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def columns_of(path: Path) -> dict[str, list[str]]:
    """Every table with its columns."""
    return {
        str(table): [str(row[0]) for row in read(path, f"SELECT name FROM pragma_table_info('{table}')")]
        for (table,) in read(path, _TABLES)
    }


def rows_of(path: Path, columns: dict[str, list[str]]) -> Rows:
    """The rows of some tables, in some columns, in a fixed order."""
    there = columns_of(path)
    found: Rows = {}
    for table, names in columns.items():
        if table in there:
            kept = ", ".join(f'"{name}"' for name in names if name in there[table])
            found[table] = sorted(read(path, f'SELECT {kept} FROM "{table}"'), key=repr)
    return found


def without(rows: Rows, tables: set[str]) -> Rows:
    """Leave out what a migration alters on purpose."""
    return {table: found for table, found in rows.items() if table not in tables}


def test_every_migration_has_its_snapshot() -> None:
    """Whoever adds a migration keeps the state after it, so that later versions are tried on it."""
    kept = sorted(file.stem for file in SNAPSHOTS.glob("*.sql"))
    rows = sorted(file.stem for file in ROWS.glob("*.sql"))

    assert kept == IDS, f"add tests/upgrades/rows/NUMBER.NAME.sql and run: {COMMAND}"
    assert rows == IDS


@pytest.mark.parametrize("snapshot", TODAY)
def test_a_snapshot_is_what_its_migrations_make(snapshot: str, tmp_path: Path) -> None:
    """A migration that was released stays as it is: people have files that it made."""
    path = load(snapshot, tmp_path / "old.db")

    report = SchemaValidator().inspect_file(path)

    later = IDS[IDS.index(snapshot) + 1 :]
    assert [difference.name for difference in report.differences] == later, str(report)
    assert read(path, "PRAGMA foreign_key_check") == []


@pytest.mark.parametrize("snapshot", TODAY)
def test_a_snapshot_has_rows_in_every_table(snapshot: str, tmp_path: Path) -> None:
    """An empty table would be migrated without showing anything."""
    path = load(snapshot, tmp_path / "old.db")

    assert [table for table in columns_of(path) if not read(path, f'SELECT 1 FROM "{table}"')] == []


@pytest.mark.parametrize("snapshot", TODAY)
def test_every_old_state_comes_to_the_newest(snapshot: str, tmp_path: Path) -> None:
    """The schema is the expected one, and no row of the old file is lost or changed."""
    path = load(snapshot, tmp_path / "old.db")
    columns = columns_of(path)
    before = rows_of(path, columns)
    todo = IDS[IDS.index(snapshot) + 1 :]

    assert Migrator(path, invariants=DECLARED.invariants).up() == tuple(todo)

    altered = set().union(*(CHANGED.get(item, set()) for item in todo))
    assert SchemaValidator().inspect_file(path).clean
    assert without(rows_of(path, columns), altered) == without(before, altered)
    assert read(path, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("migration", TODAY)
def test_up_down_up_from_the_state_before(migration: str, tmp_path: Path) -> None:
    """Undone, schema and every row are those of before; done again, those of the first time."""
    path = tmp_path / "old.db"
    number = IDS.index(migration)
    if number:
        load(IDS[number - 1], path)
    old_schema, old_columns = (read(path, _SCHEMA), columns_of(path)) if number else ([], {})
    old_rows = rows_of(path, old_columns)

    migrate_to(path, migration)
    schema, columns = read(path, _SCHEMA), columns_of(path)
    rows = rows_of(path, columns)
    assert Migrator(path).down() == (migration,)
    assert read(path, _SCHEMA) == old_schema
    assert rows_of(path, old_columns) == old_rows
    assert migrate_to(path, migration) == (migration,)

    assert read(path, _SCHEMA) == schema
    assert rows_of(path, columns) == rows


@pytest.mark.parametrize("migration", TODAY)
def test_down_up_with_rows_in_the_new_tables(migration: str, tmp_path: Path) -> None:
    """Undone on a file that was used, what the older version knows is still there, in full."""
    path = load(migration, tmp_path / "used.db")
    number = IDS.index(migration)
    older = columns_of(load(IDS[number - 1], tmp_path / "older.db")) if number else {}
    schema = read(path, _SCHEMA)
    before = rows_of(path, older)

    assert Migrator(path).down() == (migration,)
    left = columns_of(path)
    after = rows_of(path, older)
    assert migrate_to(path, migration) == (migration,)

    altered = UNDOING.get(migration, set())
    assert left == older
    assert without(after, altered) == without(before, altered)
    assert without(rows_of(path, older), altered) == without(before, altered)
    assert read(path, _SCHEMA) == schema
    assert read(path, "PRAGMA integrity_check") == [("ok",)]


def test_covers_of_days_are_kept_aside_from_an_older_version(tmp_path: Path) -> None:
    """It would read them as covers of whole turns; those of whole turns stay, with their messages."""
    path = load("0005.cover_days", tmp_path / "used.db")
    aside = (
        "SELECT table_name, record_id, json_extract(row, '$.first_day') FROM quarantined_rows WHERE id > 1"
    )
    known = "SELECT id, status, replacement_id FROM overrides ORDER BY id"

    assert Migrator(path).down() == ("0005.cover_days",)

    assert read(path, known) == [(1, "approved", 102), (5, "revoked", 101)]
    assert read(path, "SELECT cover_id FROM cover_cards") == [(1,)]
    assert read(path, aside) == [
        ("overrides", "2", "2026-03-18"),
        ("overrides", "3", "2026-03-23"),
        ("overrides", "4", "2026-03-24"),
    ]
    assert read(path, "PRAGMA foreign_key_check") == []


def test_all_the_way_down_and_up_again(tmp_path: Path) -> None:
    """Step by step to nothing, on a file in use, and back to the same schema."""
    path = load(IDS[-1], tmp_path / "used.db")
    before = read(path, _SCHEMA)

    undone = [Migrator(path).down(1)[0] for _ in IDS]
    left = read(path, _SCHEMA)
    done = Migrator(path).up()

    assert undone == IDS[::-1]
    assert left == []
    assert list(done) == IDS
    assert read(path, _SCHEMA) == before


def test_the_next_snapshot_is_made_from_the_one_before(tmp_path: Path) -> None:
    """Made anew, the newest snapshot has the same schema and rows as the one that is kept."""
    again = tmp_path / "again.db"
    text = make(IDS[-1], again)
    kept = load(IDS[-1], tmp_path / "kept.db")

    assert text.startswith("BEGIN TRANSACTION")
    assert read(again, _SCHEMA) == read(kept, _SCHEMA)
    assert rows_of(again, columns_of(again)) == rows_of(kept, columns_of(kept))

"""Properties 3 to 5: differences of the schema are found, migrations applied, failing ones undone."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loguru import logger

from modelus_bot.bundled import migrations_dir
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.validator import SchemaValidator

EXAMPLES = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALIDATOR = SchemaValidator()
SCRIPTS = sorted(path.name for path in migrations_dir().glob("*.sql") if "rollback" not in path.name)
USERS = st.lists(
    st.tuples(
        st.integers(1, 10**9), st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
    ),
    max_size=5,
    unique_by=lambda item: item[0],
)
BREAKING = (
    "INSERT INTO no_such_table VALUES(1)",
    "CREATE TABLE users (a)",
    "THIS IS NO STATEMENT",
    "INSERT INTO users(discord_id) VALUES(1)",
    "INSERT INTO user_disciplines SELECT 999999, 'nobody', 1, 1, 0, 0, NULL, NULL",
)


@cache
def folder_of(count: int) -> Path:
    """Return a folder with the first ``count`` migrations."""
    folder = Path(tempfile.mkdtemp())
    for name in SCRIPTS[:count]:
        for path in migrations_dir().glob(name.removesuffix(".sql") + "*"):
            shutil.copy(path, folder)
    return folder


@cache
def built(count: int) -> Path:
    """Return a file with the first ``count`` migrations applied."""
    path = Path(tempfile.mkdtemp()) / "built.db"
    Migrator(path, folder_of(count)).up()
    return path


def copied(count: int, folder: Path, users: Sequence[tuple[int, str]] = ()) -> Path:
    """Return a new copy of such a file, with people in it."""
    path = folder / "copy.db"
    shutil.copy(built(count), path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(?, ?, 0, 0)",
            [(number, name[:100]) for number, name in users],
        )
    return path


def content(path: Path) -> list[str]:
    """Return everything a file says, as SQL."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


@cache
def objects() -> tuple[tuple[str, str], ...]:
    """Return kind and name of what the migrations make by name; what is inside a search is its own."""
    with closing(sqlite3.connect(built(len(SCRIPTS)))) as connection:
        rows = connection.execute(
            "SELECT type, name FROM sqlite_master WHERE sql NOTNULL AND name NOT GLOB '*yoyo*'"
            " AND type IN ('index', 'trigger', 'table')"
            " AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')"
        )
        return tuple(sorted((str(kind), str(name)) for kind, name in rows))


@EXAMPLES
@given(data=st.data())
def test_any_difference_is_found(data: st.DataObject) -> None:
    """Feature: database-reliability, Property 3: For any database startup scenario, schema validation
    should occur and detect differences from expected structure.
    """
    gone = data.draw(st.lists(st.sampled_from(objects()), max_size=3, unique=True))
    columns = data.draw(st.booleans())
    with tempfile.TemporaryDirectory() as folder:
        path = copied(len(SCRIPTS), Path(folder))
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys=OFF")
            for kind, name in gone:
                connection.execute(f'DROP {kind} IF EXISTS "{name}"')
            if columns and ("table", "settings") not in gone:
                connection.execute("ALTER TABLE settings ADD COLUMN stranger TEXT")
        report = VALIDATOR.inspect_file(path)
    told = " ".join(difference.fact for difference in report.differences)
    assert report.clean == (not gone and not columns) or (columns and ("table", "settings") in gone)
    for _, name in gone:
        assert name in told or any(kind == "table" for kind, _ in gone)
    assert "stranger" in told or not columns or ("table", "settings") in gone


@EXAMPLES
@given(count=st.integers(1, len(SCRIPTS)), users=USERS)
def test_any_older_state_is_migrated(count: int, users: list[tuple[int, str]]) -> None:
    """Feature: database-reliability, Property 4: For any detected schema differences, migrations should be
    applied automatically and successfully.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = copied(count, Path(folder), users)
        applied = Migrator(path).up()
        with closing(sqlite3.connect(path)) as connection:
            kept = dict(connection.execute("SELECT discord_id, username FROM users").fetchall())
        report = VALIDATOR.inspect_file(path)
    assert len(applied) == len(SCRIPTS) - count
    assert kept == {number: name[:100] for number, name in users}
    assert report.clean, str(report)


@EXAMPLES
@given(count=st.integers(1, len(SCRIPTS)), users=USERS, good=st.integers(0, 3), bad=st.sampled_from(BREAKING))
def test_any_failing_migration_is_undone(
    count: int, users: list[tuple[int, str]], good: int, bad: str
) -> None:
    """Feature: database-reliability, Property 5: For any migration failure, all changes should be rolled back
    and detailed error information should be logged.
    """
    told: list[str] = []
    sink = logger.add(
        lambda message: told.append(json.dumps(message.record["extra"], default=str)), level="INFO"
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "migrations"
        shutil.copytree(folder_of(count), folder)
        steps = [f"CREATE TABLE step_{number} (a INTEGER) STRICT" for number in range(good)]
        (folder / "0999.broken.sql").write_text(";\n".join([*steps, bad]) + ";\n", encoding="utf-8")
        (folder / "0999.broken.rollback.sql").write_text("SELECT 1;\n", encoding="utf-8")
        path = copied(count, Path(place), users)
        before = content(path)
        try:
            with pytest.raises(DatabaseError):
                Migrator(path, folder).up()
        finally:
            logger.remove(sink)
        assert content(path) == before
    assert any("0999.broken" in item for item in told)

"""Which files the validator takes, which it refuses, and what a repair does when rows stand in its way."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.bundled import migrations_dir
from modelus_bot.database.core.errors import CorruptionDetected, DatabaseBusy, MigrationFailed, SchemaMismatch
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.validator import SchemaValidator
from tests.database.schema.sample import contents, folder_with, read, run


def test_what_the_migrations_made_is_as_expected(tmp_path: Path) -> None:
    """The bot's own schema, migrated for real, has no difference from the one made in memory."""
    path = tmp_path / "modelus.db"
    Migrator(path).up()

    assert SchemaValidator().inspect_file(path).clean


def test_the_digest_tells_schemas_apart(tmp_path: Path, folder: Path) -> None:
    """It is the same for the same migrations anywhere, and another one as soon as a migration is added."""
    first = SchemaValidator(folder).digest
    copied = shutil.copytree(folder, tmp_path / "copied")

    assert len(first) == 64
    assert SchemaValidator(copied).digest == first
    folder_with(copied, m0002_more="CREATE TABLE more (a INTEGER) STRICT")
    assert SchemaValidator(copied).digest != first


def test_a_newer_file_is_refused_in_a_clear_sentence(file: Path, folder: Path, tmp_path: Path) -> None:
    """It says that the file is newer, by which migration one sees it, and what to do."""
    newer = folder_with(
        shutil.copytree(folder, tmp_path / "newer"), m0002_future="CREATE TABLE future (a INTEGER) STRICT"
    )
    Migrator(file, newer).up()

    report = SchemaValidator(folder).inspect_file(file)

    assert str(report) == (
        "This database was written by a newer version of the bot: it has migrations this version does not"
        " know (0002.future). Install that version, or restore a backup made by this one."
    )
    assert report.blocking == report.differences
    for work in (Migrator(file, folder).up, Migrator(file, folder).down, Migrator(file, folder).status):
        with pytest.raises(SchemaMismatch, match="newer version"):
            work()
    assert "future" in contents(file)


def test_missing_migrations_are_named_and_no_drift(file: Path, folder: Path) -> None:
    """A file that is behind is compared with the schema of its own state."""
    folder_with(folder, m0002_more="CREATE TABLE more (a INTEGER) STRICT; DROP INDEX idx_lower")

    report = SchemaValidator(folder).inspect_file(file)

    assert [difference.kind for difference in report.differences] == ["pending"]
    assert "0002.more" in str(report)
    assert report.refused
    assert not report.blocking


def test_a_file_that_is_not_there_lacks_everything(tmp_path: Path) -> None:
    """Looking creates nothing."""
    report = SchemaValidator().inspect_file(tmp_path / "none.db")

    assert {difference.kind for difference in report.differences} == {"pending"}
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_another_program_is_not_touched(tmp_path: Path) -> None:
    """A path given by mistake leads to a refusal, not to the bot's tables in a stranger's file."""
    path = tmp_path / "places.sqlite"
    run(path, "CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url TEXT)")

    with pytest.raises(SchemaMismatch, match="belongs to another program: it holds moz_places"):
        Migrator(path).up()

    assert list(contents(path)) == ["moz_places"]


def test_tables_without_a_record_of_migrations_are_refused(tmp_path: Path) -> None:
    """Nobody can say which migrations such a file has."""
    path = tmp_path / "modelus.db"
    Migrator(path).up()
    run(path, "DROP TABLE _yoyo_migration")

    with pytest.raises(SchemaMismatch, match="no record of its migrations"):
        Migrator(path).up()


@pytest.mark.parametrize("kind", ["index", "trigger", "view"])
def test_everything_repairable_of_the_bot_is_repaired(tmp_path: Path, kind: str) -> None:
    """Each index, trigger and view of the real schema is dropped in turn and made again."""
    path = tmp_path / "modelus.db"
    Migrator(path).up()
    run(path, "INSERT INTO users (discord_id, username, created_at, updated_at) VALUES (1, 'Ann', 0, 0)")
    before = contents(path)
    validator = SchemaValidator()
    names = read(path, f"SELECT name FROM sqlite_master WHERE type = '{kind}' AND sql IS NOT NULL")

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for (name,) in names:
            connection.execute(f'DROP {kind} "{name}"')
            report = validator.inspect(connection)
            gone = [item.name for item in report.repairable]
            assert gone == ["ledger_differences_booked", name] if name == "ledger_differences" else [name]
            assert f"{kind.capitalize()} {name} was made again." in validator.repair(connection, report)
            assert validator.inspect(connection).clean

    assert names
    assert contents(path) == before


def test_clashing_rows_stop_a_repair_and_are_named(file: Path, folder: Path) -> None:
    """A unique index that is gone, and duplicates since: nothing is changed, the clash is told."""
    run(file, "DROP INDEX idx_title; DROP VIEW large; UPDATE nations SET title = 'Arbor'")
    before = read(file, "SELECT * FROM sqlite_master")
    validator = SchemaValidator(folder)

    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        report = validator.inspect(connection)
        with pytest.raises(SchemaMismatch, match=r"idx_title cannot be made again.*same values") as caught:
            validator.repair(connection, report)
        assert not connection.in_transaction

    assert "Remove the duplicates" in caught.value.detail
    assert read(file, "SELECT * FROM sqlite_master") == before


def test_a_repair_waits_for_its_turn(file: Path, folder: Path) -> None:
    """While another program writes, the repair says so and can be tried again."""
    run(file, "DROP INDEX idx_people")
    validator = SchemaValidator(folder)

    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as connection:
            report = validator.inspect(connection)
            with pytest.raises(DatabaseBusy):
                validator.repair(connection, report)
            other.execute("ROLLBACK")
            assert validator.repair(connection, report)


def test_an_unreadable_schema_is_corruption(file: Path, folder: Path) -> None:
    """A schema that SQLite itself cannot parse is reported as damage, not as drift."""
    run(
        file,
        "PRAGMA writable_schema = ON;"
        " UPDATE sqlite_master SET sql = 'CREATE TABLE notes (' WHERE name = 'notes'",
    )

    with pytest.raises(CorruptionDetected):
        SchemaValidator(folder).inspect_file(file)


def test_a_folder_with_something_else_is_refused(folder: Path) -> None:
    """Migrations are SQL: code in their folder is not run."""
    (folder / "0002.code.py").write_text("raise SystemExit\n")

    with pytest.raises(MigrationFailed, match=r"0002\.code\.py: a migration is an SQL file"):
        _ = SchemaValidator(folder).expected


@pytest.mark.parametrize(
    "word", ["BEGIN", "COMMIT", "PRAGMA foreign_keys=ON", "VACUUM", "ATTACH 'x' AS y", "END"]
)
def test_a_migration_cannot_leave_its_transaction(folder: Path, word: str) -> None:
    """Statements that would end or escape the one transaction are found before anything is run."""
    folder_with(
        folder, m0002_split=f"CREATE TABLE a (b INTEGER) STRICT; {word}; CREATE TABLE c (d INTEGER) STRICT;"
    )

    with pytest.raises(MigrationFailed, match=word.partition(" ")[0]):
        Migrator(folder.parent / "new.db", folder).up()

    assert not (folder.parent / "new.db").exists()


def test_migrations_that_do_not_work_are_named(folder: Path) -> None:
    """A migration that fails on an empty database is told by its id."""
    folder_with(folder, m0002_wrong="INSERT INTO nowhere VALUES (1)")

    with pytest.raises(
        MigrationFailed, match=r"0002.wrong does not work on an empty database: no such table"
    ):
        _ = SchemaValidator(folder).expected


def test_the_bots_migrations_are_the_default() -> None:
    """Without a folder the validator knows the migrations of this version."""
    assert [script.id for script in SchemaValidator().scripts] == [
        file.stem for file in sorted(migrations_dir().glob("*.sql")) if ".rollback" not in file.name
    ]

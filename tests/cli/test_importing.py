"""``import rotation`` on the command line: what is printed, and what a dry run leaves alone."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from modelus_bot.bundled import sample_dir
from modelus_bot.cli.outcome import ExitCode
from modelus_bot.subjects.rotation_import.rules.people import placeholder_id
from tests.cli.conftest import Command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the sample's files."""
    return Path(shutil.copytree(sample_dir() / "rotation", tmp_path / "rota"))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return where the database will be."""
    return tmp_path / "data" / "modelus.db"


def dump(path: Path) -> list[str]:
    """Return every row as SQL, but for the record of answered requests."""
    connection = sqlite3.connect(path)
    try:
        return [line for line in connection.iterdump() if not line.startswith('INSERT INTO "requests"')]
    finally:
        connection.close()


def test_an_import_reports_and_its_repetition_changes_nothing(
    command: Command, folder: Path, database: Path
) -> None:
    """The first run counts what it added, the second says that everything was there."""
    first = command("import", "rotation", folder)
    before = dump(database)
    second = command("import", "rotation", folder)

    assert (first.code, second.code) == (0, 0)
    assert "gap of 1 day" in first.out
    assert [line.split() for line in first.out.splitlines() if line.startswith("members")] == [
        ["members", "15", "0", "0"]
    ]
    assert f"- Aster Vale (number {placeholder_id('U01SAMPLE01')})" in first.out
    assert "Everything was there already; nothing was changed." in second.out
    assert dump(database) == before
    assert first.err == second.err == ""


def test_a_dry_run_leaves_the_database_as_it_is(command: Command, folder: Path, database: Path) -> None:
    """Counts are shown, not one row is changed."""
    command("migrate", "up")
    before = dump(database)

    shown = command("import", "rotation", folder, "--dry-run")

    assert "This was a dry run" in shown.out
    assert dump(database) == before


def test_a_dry_run_creates_no_database(command: Command, folder: Path, database: Path) -> None:
    """Without a database the dry run shows what a new one would get, and makes none."""
    shown = command("import", "rotation", folder, "--dry-run")

    assert shown.code == 0
    assert "members" in shown.out
    assert not database.parent.exists()


def test_a_dry_run_migrates_nothing(command: Command, folder: Path, database: Path) -> None:
    """A database that lacks migrations is left as it is: code 5, and what to run first."""
    database.parent.mkdir()
    database.touch()

    answer = command("import", "rotation", folder, "--dry-run")

    assert answer.code == ExitCode.SCHEMA
    assert "modelus-bot migrate up" in answer.err
    assert database.stat().st_size == 0


def test_people_are_linked_by_a_later_file(command: Command, folder: Path, database: Path) -> None:
    """A file given with --people replaces the placeholders it names."""
    command("import", "rotation", folder)
    people = folder.parent / "accounts.json"
    people.write_text(json.dumps({f"U01SAMPLE{n:02}": 2**58 + n for n in range(1, 16)}), encoding="utf-8")

    answer = command("import", "rotation", folder, "--people", people)

    assert answer.code == 0
    assert "Still without" not in answer.out
    assert [line.split() for line in answer.out.splitlines() if line.startswith("members")] == [
        ["members", "0", "15", "0"]
    ]
    connection = sqlite3.connect(database)
    assert connection.execute("SELECT min(discord_id) FROM users").fetchone()[0] > 2**58
    connection.close()


def test_files_that_cannot_be_used_are_one_sentence(command: Command, folder: Path, database: Path) -> None:
    """The sentence names file and place; no database is made."""
    (folder / "sprints.json").write_text('[{"sprintName": "One"}]', encoding="utf-8")

    answer = command("import", "rotation", folder)

    assert answer.code == ExitCode.FAILED
    assert answer.err.startswith("sprints.json, entry 1, startDate: ")
    assert answer.err.count("\n") == 1
    assert answer.out == ""
    assert not database.exists()


def test_a_folder_that_is_not_there(command: Command, tmp_path: Path) -> None:
    """A mistyped folder is named."""
    answer = command("import", "rotation", tmp_path / "none")

    assert answer.code == ExitCode.FAILED
    assert answer.err == f"{tmp_path / 'none'} is not a folder.\n"

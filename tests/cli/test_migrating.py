"""``migrate``: what it lists, what it copies first, what it asks, and when it refuses."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.database.core.errors import MigrationFailed
from modelus_bot.database.core.instance_lock import InstanceLock
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.domain.table_words import rows_of
from modelus_bot.subjects import DECLARED
from tests.cli.conftest import Command

IDS = [script.id for script in SchemaValidator().scripts]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where the settings expect the database; a migrated one with a person in it."""
    path = tmp_path / "data" / "modelus.db"
    path.parent.mkdir()
    Migrator(path).up()
    run(path, "INSERT INTO users (discord_id, username, created_at, updated_at) VALUES (1, 'Ann', 0, 0)")
    return path


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that makes the next question be answered."""

    def answer(text: str) -> None:
        monkeypatch.setattr("typer.confirm", lambda _: text == "y")

    return answer


def run(path: Path, script: str) -> None:
    """Do something by hand to the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(script)


def copies(folder: Path) -> list[Path]:
    """The backups there are."""
    return sorted((folder / "backups").glob("*.db*")) if (folder / "backups").exists() else []


def applied(path: Path) -> list[str]:
    """The migrations the file has."""
    return [item.id for item in Migrator(path).status() if item.applied]


def test_status_lists_what_is_applied_and_what_is_not(command: Command, database: Path) -> None:
    """All applied is code 0; one missing is code 5 and says what to run. Nothing is changed."""
    current = command("migrate", "status")
    Migrator(database).down()
    behind = command("migrate", "status")

    assert current.code == 0
    assert [line.split() for line in current.out.splitlines()[1:]] == [[item, "applied"] for item in IDS]
    assert behind.code == ExitCode.SCHEMA
    assert behind.out.splitlines()[len(IDS)].split() == [IDS[-1], "missing"]
    assert "modelus-bot migrate up" in behind.out
    assert applied(database) == IDS[:-1]


def test_status_names_drift(command: Command, database: Path) -> None:
    """A schema that was altered by hand is code 1, each difference with what to do."""
    run(database, "DROP INDEX idx_users_role; CREATE TABLE diary (a)")

    answer = command("migrate", "status")

    assert answer.code == ExitCode.FAILED
    assert "- Index idx_users_role of table users is missing. It is made again" in answer.out
    assert "- Table diary was made by no migration. It is left alone" in answer.out


def test_status_of_a_newer_file(command: Command, database: Path) -> None:
    """A file of a newer version is code 4 with a sentence that says so."""
    run(database, "INSERT INTO _yoyo_migration VALUES ('x', '9999.future', '2030-01-01 00:00:00')")

    for arguments in (["status"], ["up"], ["down", "--yes"]):
        answer = command("migrate", *arguments)
        assert answer.code == ExitCode.DATABASE
        assert "newer version of the bot" in answer.err
        assert "9999.future" in answer.err


def test_up_creates_a_database(command: Command, tmp_path: Path) -> None:
    """A new one is readable by its owner only and needs no copy."""
    answer = command("migrate", "up", "--database", tmp_path / "new" / "own.db")

    assert answer.code == 0, answer.err
    assert answer.out == f"Applied: {', '.join(IDS)}.\n"
    assert (tmp_path / "new" / "own.db").stat().st_mode & 0o777 == 0o600
    assert copies(tmp_path) == []


def test_up_copies_first(command: Command, database: Path, tmp_path: Path) -> None:
    """What has data is backed up and verified before it is changed; done again, nothing happens."""
    Migrator(database).down()

    answer = command("migrate", "up")
    again = command("migrate", "up")

    assert answer.code == 0, answer.err
    assert "Backed up and verified: " in answer.out
    assert answer.out.endswith(f"Applied: {IDS[-1]}.\n")
    assert again.out == "The schema is current; nothing was changed.\n"
    assert len([copy for copy in copies(tmp_path) if copy.suffix != ".json"]) == 1


@pytest.mark.parametrize("arguments", [["up"], ["down", "--yes"]], ids=" ".join)
def test_a_migration_that_ruins_the_file_is_undone(
    command: Command,
    database: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
) -> None:
    """When a migration fails and leaves the file damaged, the backup takes its place; the ruin is kept."""
    if arguments == ["up"]:
        Migrator(database).down()
    before = applied(database)

    def ruin(*_: object) -> None:
        with database.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (database.stat().st_size - 4096))
        raise MigrationFailed("the disk failed")

    with monkeypatch.context() as patch:
        patch.setattr("modelus_bot.database.schema.migrations._step", ruin)
        answer = command("migrate", *arguments)

    assert answer.code == ExitCode.DATABASE
    (copy,) = [item for item in copies(tmp_path) if item.suffix != ".json"]
    assert f"the backup {copy.name} was restored" in answer.err
    assert applied(database) == before
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT username FROM users").fetchall() == [("Ann",)]
    assert [path.stat().st_size for path in (tmp_path).glob("**/quarantine/*/modelus.db")]


def test_a_migration_that_fails_alone_changes_nothing(
    command: Command, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration that was rolled back left the file as it was: nothing is restored or set aside."""
    Migrator(database).down()

    def refuse(*_: object) -> None:
        raise MigrationFailed("a rule would be broken")

    with monkeypatch.context() as patch:
        patch.setattr("modelus_bot.database.schema.migrations._step", refuse)
        answer = command("migrate", "up")

    assert answer.code == ExitCode.DATABASE
    assert "was restored" not in answer.err
    assert not list(tmp_path.glob("**/quarantine/*"))
    assert applied(database) == IDS[:-1]


def test_down_tells_what_is_lost_and_asks(
    command: Command, database: Path, answering: Callable[[str], None]
) -> None:
    """Without a yes nothing is changed; with it the copy comes first."""
    answering("n")
    refused = command("migrate", "down")
    assert refused.code == ExitCode.FAILED
    assert f"To be undone, in this order: {IDS[-1]}." in refused.out
    validator = SchemaValidator()
    kept = validator.expected_after(IDS[:-1]).tables
    lost = refused.out.partition("everything in them: ")[2].partition(".\n")[0].split(", ")
    assert [item for item in lost if " of " not in item or item in DECLARED.rows.values()] == [
        rows_of(table) for table in validator.expected.tables if table not in kept
    ]
    assert refused.out.endswith("Nothing was changed.\n")
    assert applied(database) == IDS

    answering("y")
    done = command("migrate", "down")
    assert done.code == 0, done.err
    assert done.out.endswith(f"Undone: {IDS[-1]}.\n")
    assert applied(database) == IDS[:-1]


def test_down_by_several_steps_without_a_question(command: Command, database: Path) -> None:
    """``--steps`` and ``--yes``; below nothing there is nothing; less than one is wrong usage."""
    done = command("migrate", "down", "--steps", str(len(IDS)), "--yes")
    again = command("migrate", "down", "--yes")
    wrong = command("migrate", "down", "--steps", "0", "--yes")

    assert done.out.endswith(f"Undone: {', '.join(reversed(IDS))}.\n")
    assert again.out == "The database has no migrations; nothing was changed.\n"
    assert wrong.code == ExitCode.USAGE


def test_without_a_terminal_a_question_is_a_no(database: Path, tmp_path: Path) -> None:
    """In a script that forgets ``--yes`` nothing is undone."""
    done = subprocess.run(
        [sys.executable, "-m", "modelus_bot", "migrate", "down", "--database", str(database)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )

    assert done.returncode == ExitCode.FAILED
    assert "Traceback" not in done.stderr
    assert applied(database) == IDS


@pytest.mark.parametrize("arguments", [["up"], ["down", "--yes"]], ids=" ".join)
def test_nothing_is_migrated_under_a_running_bot(
    command: Command, database: Path, arguments: list[str]
) -> None:
    """The bot's lock is respected; the answer names its process."""
    lock = InstanceLock(database)
    lock.acquire()
    try:
        answer = command("migrate", *arguments)
        status = command("migrate", "status")
    finally:
        lock.release()

    assert answer.code == ExitCode.DATABASE
    assert f"already in use by another running bot (process {os.getpid()})" in answer.err
    assert status.code == 0
    assert applied(database) == IDS


def test_a_bot_that_was_killed_is_no_running_bot(command: Command, database: Path) -> None:
    """Its lock died with it."""
    code = (
        "import sys, time; from pathlib import Path;"
        "from modelus_bot.database.core.instance_lock import InstanceLock;"
        "InstanceLock(Path(sys.argv[1])).acquire(); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(database)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        held = command("migrate", "up")
        process.send_signal(signal.SIGKILL)
    answer = command("migrate", "up")

    assert held.code == ExitCode.DATABASE
    assert answer.code == 0

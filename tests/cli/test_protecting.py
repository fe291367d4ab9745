"""Backups, restores and a look at everything, by an operator at the command line."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.protecting import protection_of
from modelus_bot.config import load_settings
from modelus_bot.database.manager import DatabaseManager
from tests.cli.conftest import Command

SAMPLE = Path(__file__).parents[1] / "sample" / "rotation"


@pytest.fixture
def filled(command: Command) -> Path:
    """Return the database with the sample rota, made by commands while no bot runs."""
    assert command("migrate", "up").code == 0
    answer = command("import", "rotation", SAMPLE)
    assert answer.code == 0, answer.err
    return Path("data/modelus.db").absolute()


def people(path: Path) -> int:
    """Count people."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM users").fetchone()[0])


def start_and_stop() -> list[str]:
    """Start the database as the bot does and return what administrators are told."""
    settings = load_settings()
    protection = protection_of(settings)
    told: list[str] = []
    protection.alerts.subscribe(lambda alert: told.append(alert.kind))

    async def run() -> None:
        async with DatabaseManager(settings.database.path, settings.database, protection=protection):
            pass

    asyncio.run(run())
    return told


def test_what_commands_write_is_not_damage(filled: Path, command: Command) -> None:
    """Changes made between two runs of the bot stay; nothing is recovered."""
    before = people(filled)
    assert "database_recovered" not in start_and_stop()
    assert command("import", "rotation", SAMPLE).code == 0
    assert "database_recovered" not in start_and_stop()
    assert people(filled) == before


def test_a_copy_is_made_listed_checked_and_restored(filled: Path, command: Command) -> None:
    """The whole way there and back, and the undo."""
    made = command("backup", "create")
    assert made.code == 0, made.err
    name = made.out.split()[3].rstrip(":")
    assert name in command("backup", "list").out
    assert "is whole" in command("backup", "verify", name).out
    start_and_stop()
    with contextlib.closing(sqlite3.connect(filled, isolation_level=None)) as raw:
        raw.execute("INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(5, 'New', 0, 0)")
    assert command("database", "accept").code == 0
    shown = command("backup", "preview", name)
    assert "members" in shown.out
    before = people(filled)
    restored = command("backup", "restore", name, "--yes")
    assert restored.code == 0, restored.err
    assert people(filled) == before - 1
    assert "database_recovered" not in start_and_stop()
    assert people(filled) == before - 1
    undo = restored.out.split("backup restore ")[1].split()[0]
    assert command("backup", "restore", undo, "--yes").code == 0
    assert people(filled) == before
    assert "database_recovered" not in start_and_stop()


def test_a_restore_asks_first(filled: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anything but yes changes nothing."""
    name = command("backup", "create").out.split()[3].rstrip(":")
    monkeypatch.setattr("typer.confirm", lambda _: False)
    answer = command("backup", "restore", name)
    assert answer.code == 1
    assert "Nothing was changed" in answer.out


def test_a_drill_needs_something_to_rehearse(filled: Path, command: Command) -> None:
    """Without copies it says so; with one it restores it."""
    assert "nothing to rehearse" in command("backup", "drill").out
    command("backup", "create")
    answer = command("backup", "drill")
    assert answer.code == 0
    assert "whole" in answer.out


def test_the_doctor_finds_what_is_missing_and_what_is_damaged(filled: Path, command: Command) -> None:
    """No backup yet, then fine, then damage; the exit code says which."""
    first = command("doctor")
    assert first.code == 1
    assert "no verified backup" in first.out
    command("backup", "create")
    assert command("doctor").code == 0
    content = bytearray(filled.read_bytes())
    content[8192:12288] = bytes(range(256)) * 16
    filled.write_bytes(content)
    damaged = command("doctor")
    assert damaged.code == 1
    assert "The database is damaged" in damaged.out


def test_any_file_can_be_checked_and_salvaged(filled: Path, command: Command, tmp_path: Path) -> None:
    """A damaged file's rows are written to a new one; the file itself is not touched."""
    assert "Whole" in command("database", "check", filled).out
    broken = tmp_path / "broken.db"
    shutil.copy(filled, broken)
    with broken.open("r+b") as file:
        file.write(bytes(4096))
    before = broken.read_bytes()
    assert command("database", "check", broken).code == 1
    answer = command("database", "salvage", broken, tmp_path / "rescued.db")
    assert answer.code == 0, answer.err
    assert broken.read_bytes() == before
    assert people(tmp_path / "rescued.db") >= people(filled) * 0.9
    assert command("database", "salvage", broken, tmp_path / "rescued.db").code == 2


def test_names_and_files_that_do_not_exist_are_refused_in_one_line(command: Command, tmp_path: Path) -> None:
    """What is missing is named, without talk of failed backups, and nothing is made."""
    for words, said in (
        (("backup", "verify", "nope"), "There is no backup and no file nope."),
        (("backup", "preview", "nope"), "There is no backup called nope."),
        (("backup", "restore", "nope", "--yes"), "There is no backup called nope."),
        (("backup", "create"), "There is no file at "),
        (("database", "check"), "There is no file at "),
    ):
        answer = command(*words)
        assert answer.code == (ExitCode.FAILED if "nope" in words else ExitCode.DATABASE)
        assert answer.err.startswith(said)
        assert len(answer.err.splitlines()) == 1
    assert not (tmp_path / "data" / "modelus.db").exists()

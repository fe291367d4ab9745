"""Each command says of a file what is true of it, and takes none for what it is not."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.database.integrity.recognition import Nature, recognise
from modelus_bot.database.schema.migrations import Migrator
from tests.cli.conftest import Command

COMMANDS = (
    ("check",),
    ("migrate", "status"),
    ("migrate", "up"),
    ("migrate", "down", "--yes"),
    ("audit", "verify"),
    ("backup", "create"),
    ("backup", "restore", "--at", "1 hour ago", "--yes"),
    ("database", "accept"),
    ("database", "maintain"),
    ("doctor",),
)


def changed(path: Path, sql: str) -> None:
    """Run statements on a file."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql)


def made(path: Path, nature: Nature) -> None:
    """Make a file of a kind."""
    if nature is Nature.FOREIGN:
        changed(
            path,
            "CREATE TABLE tickets(id INTEGER PRIMARY KEY, title TEXT); INSERT INTO tickets VALUES(1, 'x')",
        )
    elif nature is Nature.EMPTY:
        path.touch()
    elif nature is Nature.NO_DATABASE:
        path.write_bytes(b"this is no database, whatever its name says" * 200)
    elif nature is Nature.NOT_A_FILE:
        path.mkdir()
    elif nature is not Nature.MISSING:
        Migrator(path).up()
    if nature is Nature.NEWER:
        changed(path, "INSERT INTO _yoyo_migration(migration_hash, migration_id) VALUES('x', '9999.future')")
    elif nature is Nature.UNRECORDED:
        changed(path, "DELETE FROM _yoyo_migration")
    elif nature is Nature.DAMAGED:
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])


NATURES = [item for item in Nature if item is not Nature.UNREADABLE]


@pytest.mark.parametrize("nature", NATURES)
def test_every_kind_is_known(tmp_path: Path, nature: Nature) -> None:
    """One function knows them all, and looking changes nothing."""
    path = tmp_path / "any.db"
    made(path, nature)
    before = path.read_bytes() if path.is_file() else None
    found = recognise(path)
    assert found.nature is nature, found.detail
    assert str(path) in found.sentence
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_another_programs_database_is_told_and_not_touched(command: Command, words: tuple[str, ...]) -> None:
    """Whatever is asked for: what it is, why nothing is done, a code that is no success."""
    path = Path("data/modelus.db")
    path.parent.mkdir()
    made(path, Nature.FOREIGN)
    before = path.read_bytes()
    answer = command(*words)
    assert answer.code == (ExitCode.FAILED if words == ("doctor",) else ExitCode.DATABASE)
    assert "is another program's database: The file belongs to another program: it holds tickets." in (
        answer.out + answer.err
    )
    assert "Nothing was done to it." in answer.out + answer.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("nature", [Nature.NEWER, Nature.NO_DATABASE, Nature.UNRECORDED])
def test_nothing_else_is_accepted_either(command: Command, nature: Nature) -> None:
    """``database accept`` is for a database of the bot's that was changed by hand."""
    path = Path("data/modelus.db")
    path.parent.mkdir()
    made(path, nature)
    answer = command("database", "accept")
    assert answer.code == ExitCode.DATABASE
    assert "Accepted" not in answer.out
    assert str(path) in answer.err


def test_checking_and_salvaging_a_foreign_file(command: Command, tmp_path: Path) -> None:
    """A check says what it is; a salvage that brings nothing back is no success."""
    path = tmp_path / "tickets.db"
    made(path, Nature.FOREIGN)
    checked = command("database", "check", path)
    assert checked.code == ExitCode.FAILED
    assert f"{path} is another program's database" in checked.out
    salvaged = command("database", "salvage", path, tmp_path / "rescued.db")
    assert salvaged.code == ExitCode.FAILED
    assert "Nothing of the bot's could be read from it." in salvaged.err
    assert "is another program's database" in salvaged.err

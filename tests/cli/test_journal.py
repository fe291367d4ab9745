"""A look at the changes that wait, by an operator at the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from modelus_bot.config import DegradationSettings
from modelus_bot.database.core.append_file import journal_path
from modelus_bot.database.core.context import Context
from modelus_bot.database.offline.journal.journal import Journal
from tests.cli.conftest import Command
from tests.database.offline.journal.waiting import Take, TakeFirst

DATABASE = Path("data/modelus.db")


@pytest.fixture
def waiting(command: Command) -> Path:
    """Save three changes and return the file."""

    async def save() -> None:
        async with Journal(journal_path(DATABASE), DegradationSettings()) as journal:
            for number, write in enumerate([Take(name="a"), Take(name="b"), TakeFirst(name="c")]):
                await journal.append(write, Context(actor=number or None))

    asyncio.run(save())
    return journal_path(DATABASE)


def test_nothing_waits_where_there_is_no_file(command: Command) -> None:
    """The usual case is one short sentence, and nothing is created."""
    shown = command("journal", "list")
    assert (shown.code, shown.out, shown.err) == (0, "Nothing waits.\n", "")
    assert not DATABASE.parent.exists()


def test_what_waits_is_listed_in_its_order(waiting: Path, command: Command) -> None:
    """Number, change, author and age; the file stays as it is."""
    before = waiting.read_bytes()
    shown = command("journal", "list", "--database", DATABASE)
    rows = [line.split() for line in shown.out.splitlines() if line.strip()[1:].strip()[:1].isdigit()]
    assert [row[1] for row in rows] == ["3", "1", "2"]
    assert "take first" in shown.out
    assert "the bot" in shown.out
    assert shown.out.count("0 min") == 3
    assert shown.code == 0
    assert waiting.read_bytes() == before


def test_damage_is_told(waiting: Path, command: Command) -> None:
    """The exit code lets a script notice."""
    waiting.write_bytes(waiting.read_bytes().replace(b'"name":"b"', b'"name":"x"'))
    shown = command("journal", "list")
    assert shown.code == 1
    assert "1 damaged line" in shown.err
    assert "Decided" not in shown.out

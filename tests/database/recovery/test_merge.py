"""Gaps of a salvaged database are filled from an older copy, as far as the audit log lets them."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.merge import fill_gaps

Settings = Callable[..., DatabaseSettings]


class NamePerson(Write[None]):
    """Enter or rename somebody, audited with the column's names."""

    number: int
    name: str

    def apply(self, tx: Transaction) -> None:
        """Upsert the row."""
        at = tx.context.at
        old = tx.fetch_value("SELECT username FROM users WHERE discord_id = ?", (self.number,))
        tx.execute(
            "INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(?, ?, ?, ?)"
            " ON CONFLICT(discord_id) DO UPDATE SET username = excluded.username",
            (self.number, self.name, at, at),
        )
        kind = "INSERT" if old is None else "UPDATE"
        tx.audit("users", self.number, kind, old={"username": old}, new={"username": self.name})


class ForgetPerson(Write[None]):
    """Delete somebody."""

    number: int

    def apply(self, tx: Transaction) -> None:
        """Delete the row."""
        tx.execute("DELETE FROM users WHERE discord_id = ?", (self.number,))
        tx.audit("users", self.number, "DELETE")


@pytest.fixture
async def copies(path: Path, quick_settings: Settings) -> tuple[Path, Path]:
    """Return a newer database and an older copy of it."""
    older = path.with_name("older.db")
    async with DatabaseManager(path, quick_settings()) as db:
        for number in range(1, 6):
            await db.write(NamePerson(number=number, name=f"Person {number}"), Context())
    shutil.copy(path, older)
    async with DatabaseManager(path, quick_settings()) as db:
        await db.write(NamePerson(number=2, name="Renamed"), Context())
        await db.write(ForgetPerson(number=3), Context())
        await db.write(NamePerson(number=9, name="New"), Context())
    return path, older


def names(path: Path) -> dict[int, str]:
    """Return everybody's name."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT discord_id, username FROM users").fetchall())


def lose(path: Path, *numbers: int) -> None:
    """Delete rows the way damage does: without a trace in the log."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executemany("DELETE FROM users WHERE discord_id = ?", [(number,) for number in numbers])


async def test_lost_rows_come_back_as_they_were_last(copies: tuple[Path, Path]) -> None:
    """Rows that only the copy has return, brought forward by what the log says happened since."""
    newer, older = copies
    whole = names(newer)
    lose(newer, 1, 2, 5)
    gaps = fill_gaps(newer, older)
    assert names(newer) == whole
    assert gaps.filled == {"users": 3}
    assert gaps.rolled_forward == 1
    assert gaps.deleted_since == 1


async def test_what_is_there_is_not_touched(copies: tuple[Path, Path]) -> None:
    """A whole database gains nothing from its own past, and deleted people stay deleted."""
    newer, older = copies
    whole = names(newer)
    gaps = fill_gaps(newer, older)
    assert names(newer) == whole
    assert not gaps.filled
    assert 3 not in whole


async def test_lost_audit_entries_come_back(copies: tuple[Path, Path]) -> None:
    """Links that only the copy has close the gap in the chain."""
    newer, older = copies
    with contextlib.closing(sqlite3.connect(newer, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER audit_no_delete")
        connection.execute("DELETE FROM audit_logs WHERE id IN (2, 3)")
    fill_gaps(newer, older)
    with contextlib.closing(sqlite3.connect(newer)) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM audit_logs ORDER BY id")]
    assert ids == list(range(1, 9))

"""A search whose index is damaged, while the bot works or before it starts, costs nobody a change."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import SearchDamaged
from modelus_bot.database.core.operation import Write, query
from modelus_bot.database.core.transaction import ReadTransaction, Transaction
from modelus_bot.database.maintenance.run_request import RunRequest, TaskOutcome, Trigger
from modelus_bot.database.manager import DatabaseManager
from tests.waiting import eventually

Open = Callable[..., DatabaseManager]
GARBAGE = "UPDATE chat_search_data SET block = x'0011' WHERE id > 9"


class Say(Write[int]):
    """Keep a message about the one item there is."""

    text: str

    def apply(self, tx: Transaction) -> int:
        """Make person and item, too."""
        tx.execute(
            "INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(1, 'Ada', 0, 0)"
            " ON CONFLICT DO NOTHING"
        )
        tx.execute(
            "INSERT INTO triage_items(id, reporter_id, title, description, created_at, updated_at)"
            " VALUES(1, 1, 'T', 'D', 0, 0) ON CONFLICT DO NOTHING"
        )
        sql = "INSERT INTO chat_messages(sender_id, triage_id, message, created_at) VALUES(1, 1, ?, 0)"
        return tx.insert(sql, (self.text,))


class Spoil(Write[None]):
    """Do something to the insides of the search, as a fault of ours or of SQLite's would."""

    sql: str

    def apply(self, tx: Transaction) -> None:
        """Do it."""
        tx.execute(self.sql)


@query
def found(tx: ReadTransaction, words: str) -> int:
    """Count what a search finds."""
    return int(tx.fetch_value("SELECT count(*) FROM chat_search WHERE chat_search MATCH ?", (words,)))


def damage(path: Path, sql: str = GARBAGE) -> None:
    """Do something to the insides of the search, as another program would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(sql)


def found_in(path: Path, words: str) -> int:
    """Count it as another program would; nothing while it cannot."""
    with closing(sqlite3.connect(path)) as connection, contextlib.suppress(sqlite3.DatabaseError):
        sql = "SELECT count(*) FROM chat_search WHERE chat_search MATCH ?"
        return int(connection.execute(sql, (words,)).fetchone()[0])
    return 0


async def say(db: DatabaseManager, *texts: str) -> None:
    """Keep messages."""
    for text in texts:
        await db.write(Say(text=text), Context())


def told_of_damage(alerts: list[Alert]) -> list[str]:
    """Return what administrators were told of the file."""
    return [alert.kind for alert in alerts if alert.kind.startswith("database_")]


async def test_a_change_that_meets_the_damage_is_made(
    protected: Open, path: Path, alerts: list[Alert]
) -> None:
    """The writer makes the index anew and the change after it; no copy is taken, nobody is alarmed."""
    async with protected() as db:
        await say(db, "first words", "second words")
        damage(path)
        await say(db, "third words")
        assert await db.read(found, "words") == 3
        assert told_of_damage(alerts) == []


async def test_a_search_that_meets_the_damage_works_soon(
    protected: Open, path: Path, alerts: list[Alert]
) -> None:
    """Whoever searched reads that it is being put right; a moment later it is."""
    async with protected() as db:
        await say(db, "first words", "second words")
        assert await db.read(found, "words") == 2
        await db.write(Spoil(sql="DELETE FROM chat_search_data"), Context())
        with pytest.raises(SearchDamaged) as caught:
            await db.read(found, "words")
        assert "search" in caught.value.user_message
        await eventually(lambda: found_in(path, "words") == 2)
        assert await db.read(found, "words") == 2
        assert told_of_damage(alerts) == []


@pytest.mark.parametrize("how", ["DROP TABLE chat_search_data", "DROP TABLE chat_search"])
async def test_a_start_mends_it(protected: Open, alerts: list[Alert], how: str) -> None:
    """Before anybody uses it, also when it cannot even be opened; the file is not taken for damaged."""
    async with protected() as db:
        await say(db, "first words", "second words")
        await db.write(Spoil(sql=how), Context())
    async with protected() as db:
        assert await db.read(found, "words") == 2
        await say(db, "third words")
        assert await db.read(found, "words") == 3
    assert told_of_damage(alerts) == []


async def test_maintenance_looks_after_it(protected: Open, path: Path) -> None:
    """What nobody noticed is put right at the latest then."""
    async with protected() as db:
        await say(db, "first words")
        damage(path, "DROP TRIGGER chat_search_d; DELETE FROM chat_messages")
        assert await db.read(found, "words") == 1
        report = await db.maintenance.run(RunRequest(Trigger.CLOCK), Context())
        told = {result.task: result for result in report.results}["Searches"]
        assert told.outcome is TaskOutcome.DONE
        assert await db.read(found, "words") == 0

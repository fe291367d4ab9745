"""Small writes and queries over the settings table, for tests of the database alone."""

from __future__ import annotations

import asyncio
import secrets

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Priority, Write, query
from modelus_bot.database.core.transaction import ReadTransaction, Transaction
from modelus_bot.database.manager import DatabaseManager
from tests.waiting import blocking_scene_of, eventually


class Refused(Exception):
    """What a subject's rule raises."""


class PutSetting(Write[int]):
    """Upsert a setting, audit it, and return its version."""

    key: str
    value: int

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        before = tx.fetch_one("SELECT value, version FROM settings WHERE key = ?", (self.key,))
        version = tx.fetch_value(
            "INSERT INTO settings(key, value, version, updated_by, updated_at) VALUES(?, ?, 1, ?, ?)"
            " ON CONFLICT(key) DO UPDATE SET value = excluded.value, version = version + 1"
            " RETURNING version",
            (self.key, self.value, tx.context.actor, tx.context.at),
        )
        tx.audit(
            "settings",
            self.key,
            "UPDATE" if before else "INSERT",
            old={"value": int(before["value"])} if before else None,
            new={"value": self.value},
        )
        return int(version)


class PutPair(Write[int]):
    """Write two rows that only make sense together: a torn write would leave one of them."""

    number: int

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        for side in ("left", "right"):
            PutSetting(key=f"{side}:{self.number}", value=self.number).apply(tx)
        return self.number


class Increment(Write[int]):
    """Add one to a counter; not idempotent by itself, so a second application shows."""

    key: str

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        value = tx.fetch_value("SELECT value FROM settings WHERE key = ?", (self.key,))
        PutSetting(key=self.key, value=int(value or 0) + 1).apply(tx)
        return int(value or 0) + 1


class PutThenRefuse(Write[int]):
    """Write a row and then say no: nothing may be left of it."""

    key: str

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        PutSetting(key=self.key, value=1).apply(tx)
        raise Refused(self.key)


class BreakRule(Write[int]):
    """Insert the same primary key twice."""

    key: str

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        for _ in range(2):
            tx.execute("INSERT INTO settings(key, value, updated_at) VALUES(?, '1', 0)", (self.key,))
        return 1


class Slow(Write[int]):
    """Hold the writer for a while."""

    seconds: float
    mark: str = ""

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        _BEGUN.add(self.mark)
        blocking_scene_of(self.seconds)
        return 1


_BEGUN = set[str]()


async def occupied(db: DatabaseManager, *, seconds: float) -> asyncio.Task[int]:
    """Let the writer be held, and return once it is."""
    mark = secrets.token_hex(8)
    task = asyncio.create_task(db.write(Slow(seconds=seconds, mark=mark), Context()))
    await eventually(lambda: mark in _BEGUN)
    return task


class Urgent(PutSetting):
    """A setting that goes before others."""

    priority = Priority.HIGH


class Patient(PutSetting):
    """A setting that lets others go first."""

    priority = Priority.LOW


class Meddle(Write[int]):
    """Try to control the transaction from inside an operation."""

    sql: str

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        return tx.execute(self.sql)


class PutEach(Write[int]):
    """Insert a setting for each key with one statement."""

    keys: tuple[str, ...]
    sql: str = "INSERT INTO settings(key, value, updated_at) VALUES(?, '1', 0)"

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        return tx.execute_many(self.sql, [(key,) for key in self.keys])


@query
def setting(tx: ReadTransaction, key: str) -> int | None:
    """Return a setting's value, or None."""
    value = tx.fetch_value("SELECT value FROM settings WHERE key = ?", (key,))
    return None if value is None else int(value)


@query
def all_settings(tx: ReadTransaction) -> dict[str, int]:
    """Return every setting."""
    return {row["key"]: int(row["value"]) for row in tx.fetch_all("SELECT key, value FROM settings")}


@query
def endless(tx: ReadTransaction) -> int:
    """Count for ever."""
    return int(
        tx.fetch_value(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        )
    )


@query(long=True)
def counted(tx: ReadTransaction, upto: int) -> int:
    """Count for a while, on the reader for long queries."""
    return int(
        tx.fetch_value(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " SELECT count(*) FROM n",
            (upto,),
        )
    )

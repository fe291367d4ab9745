"""The contenders, each a function from (folder, callers, synchronous, seconds) to a result."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import aiosqlite

from benchmarks.workload import AUDIT, KEYS, UPSERT, Result, drive, prepare, rows, summarise
from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.manager import DatabaseManager

__all__ = ["CONTENDERS", "REFERENCE", "Contender"]

Contender = Callable[[Path, int, str, float], Result]
REFERENCE = "aiosqlite, one connection and a lock"


class PutSetting(Write[int]):
    """Upsert a row and audit it, through the whole layer."""

    key: str
    value: int

    def apply(self, tx: Transaction) -> int:
        """Return the row's new version."""
        version = tx.fetch_value(
            "INSERT INTO settings(key, value, version, updated_by, updated_at) VALUES(?, ?, 1, ?, ?)"
            " ON CONFLICT(key) DO UPDATE SET value = excluded.value, version = version + 1"
            " RETURNING version",
            (self.key, self.value, tx.context.actor, tx.context.at),
        )
        tx.audit("settings", self.key, "UPDATE", old={"value": self.value - 1}, new={"value": self.value})
        return int(version)


def _bare(connection: sqlite3.Connection, number: int) -> None:
    row, audit = rows(number)
    connection.execute(UPSERT, row)
    connection.execute(AUDIT, audit)


async def _transaction(connection: aiosqlite.Connection, number: int) -> None:
    row, audit = rows(number)
    await connection.execute("BEGIN IMMEDIATE")
    await connection.execute(UPSERT, row)
    await connection.execute(AUDIT, audit)
    await connection.execute("COMMIT")


def _sequential(connection: sqlite3.Connection, seconds: float, *, each: bool) -> Result:
    latencies = []
    number = 0
    begun = time.perf_counter()
    if not each:
        connection.execute("BEGIN IMMEDIATE")
    while (started := time.perf_counter()) - begun < seconds:
        if each:
            connection.execute("BEGIN IMMEDIATE")
        _bare(connection, number)
        if each:
            connection.execute("COMMIT")
        number += 1
        latencies.append(time.perf_counter() - started)
    if not each:
        connection.execute("COMMIT")
    return summarise(latencies, time.perf_counter() - begun)


def sqlite3_each(folder: Path, _callers: int, synchronous: str, seconds: float) -> Result:
    """Plain sqlite3, one transaction per write, one after another."""
    with contextlib.closing(prepare(folder / "each.db", synchronous)) as connection:
        return _sequential(connection, seconds, each=True)


def sqlite3_all(folder: Path, _callers: int, synchronous: str, seconds: float) -> Result:
    """Plain sqlite3, everything in one transaction: the limit, with nothing safe before its end."""
    with contextlib.closing(prepare(folder / "all.db", synchronous)) as connection:
        return _sequential(connection, seconds, each=False)


def aiosqlite_lock(folder: Path, callers: int, synchronous: str, seconds: float) -> Result:
    """One aiosqlite connection behind an asyncio lock: what most bots do."""
    prepare(folder / "lock.db", synchronous).close()

    async def main() -> Result:
        lock = asyncio.Lock()
        async with aiosqlite.connect(folder / "lock.db", isolation_level=None) as connection:
            await connection.execute(f"PRAGMA synchronous={synchronous}")

            async def write(number: int) -> None:
                async with lock:
                    await _transaction(connection, number)

            return await drive(write, callers, seconds)

    return asyncio.run(main())


def aiosqlite_each(folder: Path, callers: int, synchronous: str, seconds: float) -> Result:
    """A new aiosqlite connection for every operation, all of them competing for the lock."""
    prepare(folder / "connections.db", synchronous).close()

    async def main() -> Result:
        async def write(number: int) -> None:
            async with aiosqlite.connect(
                folder / "connections.db", isolation_level=None, timeout=60.0
            ) as connection:
                await connection.execute(f"PRAGMA synchronous={synchronous}")
                await _transaction(connection, number)

        return await drive(write, callers, seconds)

    return asyncio.run(main())


def whole_layer(folder: Path, callers: int, synchronous: str, seconds: float) -> Result:
    """DatabaseManager: validation, queue, group commit, request ids, hash-chained audit, metrics."""

    async def main() -> Result:
        settings = DatabaseSettings.model_validate({"synchronous": synchronous})
        async with DatabaseManager(folder / "modelus.db", settings) as db:

            async def write(number: int) -> None:
                await db.write(PutSetting(key=f"key-{number % KEYS}", value=number), Context(actor=1))

            return await drive(write, callers, seconds)

    return asyncio.run(main())


CONTENDERS: dict[str, Contender] = {
    "sqlite3, one transaction per write": sqlite3_each,
    "sqlite3, all in one transaction": sqlite3_all,
    REFERENCE: aiosqlite_lock,
    "aiosqlite, a connection per operation": aiosqlite_each,
    "Model US Bot, the whole layer": whole_layer,
}

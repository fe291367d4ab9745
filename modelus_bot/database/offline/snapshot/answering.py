"""Answers from a snapshot: a database in memory, made by the migrations and filled from the files."""

from __future__ import annotations

import asyncio
import functools
import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from modelus_bot.database.core.errors import ManagerClosed
from modelus_bot.database.core.names import quoted
from modelus_bot.database.core.operation import Query
from modelus_bot.database.core.outcome import raisable
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.core.visibility.connection import GatedConnection, close_gate, seated
from modelus_bot.database.core.visibility.declaration import Viewer, Visibility
from modelus_bot.database.core.visibility.gate import GateKind
from modelus_bot.database.engine import WorkerConnection, close_quietly
from modelus_bot.database.offline.snapshot.contents import Contents, decoded
from modelus_bot.database.schema import Script, statements
from modelus_bot.runtime.tasks import Outside

__all__ = ["Answering", "filled"]

R = TypeVar("R")

SECONDS = 5.0
"""How long one answer, and closing, may take."""

_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


def filled(
    contents: Contents, scripts: Sequence[Script], visibility: Visibility | None = None
) -> sqlite3.Connection:
    """Return a database in memory with the schema and the kept rows, for reading only.

    Statements that read another table are refused: its emptiness would be taken for an answer. With
    ``visibility`` it shows viewers what that lets them see.
    """
    connection = sqlite3.connect(
        ":memory:", isolation_level=None, cached_statements=256, factory=GatedConnection
    )
    try:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.execute("BEGIN")
        for script in scripts:
            for statement in statements(script.sql):
                connection.execute(statement)
        for (trigger,) in connection.execute(_TRIGGERS).fetchall():
            connection.execute(" ".join(("DROP TRIGGER", quoted(trigger))))
        for name, table in contents.tables.items():
            _fill(connection, name, table.content)
        connection.execute("COMMIT")
        others = {name for (name,) in connection.execute(_TABLES)} - contents.tables.keys()
        if visibility is not None:
            close_gate(connection, visibility, GateKind.BARRIER, away=others)
        else:
            connection.execute("PRAGMA query_only=ON")
            connection.set_authorizer(functools.partial(_only_kept, others))
        connection.row_factory = sqlite3.Row
    except BaseException:
        connection.close()
        raise
    return connection


def _fill(connection: sqlite3.Connection, name: str, content: bytes) -> None:
    columns, rows = decoded(content)
    marks = ", ".join("?" * len(columns))
    names = ", ".join(map(quoted, columns))
    connection.executemany(" ".join(("INSERT INTO", quoted(name), f"({names}) VALUES({marks})")), rows)


def _only_kept(others: Collection[str], action: int, table: str | None, *_: str | None) -> int:
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_READ and table in others else sqlite3.SQLITE_OK


class Answering:
    """Runs queries on the contents that each of them names, viewers' ones on a connection of their own."""

    def __init__(self, scripts: Sequence[Script], visibility: Visibility) -> None:
        """Nothing is built before the first question."""
        self._scripts = scripts
        self._visibility = visibility
        self._turn = asyncio.Lock()
        self._outside = Outside()
        self._contents: Contents | None = None
        self._opened: dict[bool, asyncio.Task[WorkerConnection]] = {}
        """Whether it is for viewers, and the connection."""
        self._closed = False

    async def answer(
        self,
        contents: Contents,
        query: Query[..., Any],
        run: Callable[[ReadTransaction], R],
        viewer: Viewer | None = None,
    ) -> R:
        """Run a query on ``contents``; raises ``DatabaseError``, and what the query raises unchanged."""
        async with self._turn:
            if self._closed:
                raise ManagerClosed("the snapshot is closed")
            if self._contents is not contents:
                await self._discard()
                self._contents = contents
            try:
                connection = await asyncio.shield(self._opening(contents, for_viewers=viewer is not None))
            except (sqlite3.Error, sqlite3.Warning) as error:
                raise from_sqlite(error, operation=query.name) from error
            return await connection.run(functools.partial(_answer, query=query, run=run, viewer=viewer))

    async def close(self) -> None:
        """Close what was built and answer no more."""
        async with self._turn:
            self._closed = True
            await self._discard()

    def _opening(self, contents: Contents, *, for_viewers: bool) -> asyncio.Task[WorkerConnection]:
        """Return what opens the connection, or has opened it."""
        opening = self._opened.get(for_viewers)
        if opening is None or _failed(opening):
            visibility = self._visibility if for_viewers else None
            opening = self._outside.start(self._open(contents, visibility), name="snapshot-opening")
            self._opened[for_viewers] = opening
        return opening

    async def _open(self, contents: Contents, visibility: Visibility | None) -> WorkerConnection:
        connection = WorkerConnection(functools.partial(filled, contents, self._scripts, visibility))
        await connection
        return connection

    async def _discard(self) -> None:
        opened, self._opened, self._contents = self._opened, {}, None
        for opening in opened.values():
            await asyncio.wait({opening})
            if not _failed(opening):
                await close_quietly(opening.result(), SECONDS)


def _failed(opening: asyncio.Task[WorkerConnection]) -> bool:
    return opening.done() and (opening.cancelled() or opening.exception() is not None)


def _answer(
    raw: sqlite3.Connection,
    query: Query[..., Any],
    run: Callable[[ReadTransaction], R],
    viewer: Viewer | None,
) -> R:
    until = time.perf_counter() + SECONDS
    raw.set_progress_handler(lambda: time.perf_counter() > until, 20_000)
    raw.execute("BEGIN")
    tx = ReadTransaction(raw)
    try:
        with seated(raw, viewer):
            return run(tx)
    except (sqlite3.Error, sqlite3.Warning, UnicodeDecodeError) as error:
        raise from_sqlite(error, operation=query.name) from error
    except BaseException as error:  # noqa: BLE001 - every failure of a query belongs to its author
        raise raisable(error) from error.__cause__
    finally:
        tx.end()
        if raw.in_transaction:
            raw.execute("ROLLBACK")

"""ReadTransaction and Transaction: an open transaction, as operations see it."""

from __future__ import annotations

import functools
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import Any, TypeVar, cast

from modelus_bot.database.core.audit.chain import APPEND, AuditChain
from modelus_bot.database.core.audit.entry import AuditEntry, AuditOperation
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import QueryFailed

__all__ = ["FAILED", "Parameters", "ReadTransaction", "Row", "Step", "Transaction"]

Row = sqlite3.Row
Parameters = Sequence[Any] | dict[str, Any]
T = TypeVar("T")

Step = tuple[str, float, int, Parameters | None, int]
"""A statement as it was run: text, seconds, rows returned or changed, parameters, and how often."""
FAILED = -1
"""Stands for the rows of a statement that failed."""
STEPS = 512
"""How many statements of one operation are kept one by one; later ones are added up by their text."""

_TRANSACTION_CONTROL = frozenset(
    {"BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "ATTACH", "DETACH", "PRAGMA", "VACUUM"}
)
_FIRST_WORD = re.compile(r"(?:[\s;\ufeff]|--[^\n]*(?:\n|$)|/\*.*?(?:\*/|$))*([A-Za-z]*)", re.DOTALL)
"""What SQLite passes over before the word that says what a statement does, and that word."""


@functools.lru_cache(maxsize=2048)
def _vet(sql: str) -> None:
    found = _FIRST_WORD.match(sql)
    word = found[1].upper() if found is not None else ""
    if word in _TRANSACTION_CONTROL:
        raise QueryFailed(f"{word} belongs to the database, not to an operation")


class _Ended:
    """Stands in for the connection once the transaction is over."""

    def execute(self, sql: str, parameters: Parameters) -> sqlite3.Cursor:
        raise QueryFailed("the operation's transaction has ended")

    def executemany(self, sql: str, rows: Sequence[Parameters]) -> sqlite3.Cursor:
        raise QueryFailed("the operation's transaction has ended")


_ENDED = cast("sqlite3.Connection", _Ended())


class ReadTransaction:
    """One consistent view of the data, for as long as a query runs.

    ``broken_by`` is the failure after which SQLite undid the whole transaction by itself: what came
    after it would be outside of any transaction and is refused.
    """

    __slots__ = ("_connection", "_many", "broken_by", "rows", "statements", "steps")

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read through ``connection``; its transaction belongs to the caller."""
        self._connection = connection
        self.broken_by: sqlite3.Error | None = None
        self.statements = 0
        self.rows = 0
        self.steps: list[Step] = []
        self._many: dict[str, tuple[float, int, int]] | None = None

    @property
    def viewer(self) -> Any:
        """Whose rows can be read: a ``Viewer``; None where the connection shows everybody's."""
        gate = getattr(self._connection, "gate", None)
        return None if gate is None else gate.viewer

    def end(self) -> None:
        """Refuse every further use: the connection goes on to serve others."""
        self._connection = _ENDED
        if self._many is not None:
            self.steps += [
                (sql, seconds, rows, None, times) for sql, (seconds, rows, times) in self._many.items()
            ]
            self._many = None

    def note(
        self, sql: str, parameters: Parameters | None, started: float, rows: int, times: int = 1
    ) -> None:
        """Keep that a statement was run, so many times, from ``started`` (of ``perf_counter``) until now."""
        seconds = perf_counter() - started
        if len(self.steps) < STEPS or rows == FAILED:
            self.steps.append((sql, seconds, rows, parameters, times))
            return
        if self._many is None:
            self._many = {}
        before = self._many.get(sql, (0.0, 0, 0))
        self._many[sql] = (before[0] + seconds, before[1] + rows, before[2] + times)

    def _run(self, sql: str, parameters: Parameters, take: Callable[[sqlite3.Cursor], tuple[T, int]]) -> T:
        _vet(sql)
        self.statements += 1
        started = perf_counter()
        try:
            taken, rows = take(self._connection.execute(sql, parameters))
        except sqlite3.Error as error:
            self.note(sql, parameters, started, FAILED)
            self._failed(error)
            raise
        self.rows += rows
        self.note(sql, parameters, started, rows)
        return taken

    def _failed(self, error: sqlite3.Error) -> None:
        if not self._connection.in_transaction:
            self.broken_by = error
            self.end()

    def fetch_one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """Return the first row, or None."""
        return self._run(sql, parameters, _first)

    def fetch_all(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return every row."""
        return self._run(sql, parameters, _every)

    def stream(self, sql: str, parameters: Parameters = ()) -> tuple[tuple[str, ...], Iterator[Row]]:
        """Return what a statement's columns are called, and its rows as they are asked for."""
        cursor = self._run(sql, parameters, lambda opened: (opened, 0))
        return tuple(column[0] for column in cursor.description or ()), iter(cursor)

    def fetch_value(self, sql: str, parameters: Parameters = ()) -> Any:
        """Return the first column of the first row, or None when there is no row."""
        row = self.fetch_one(sql, parameters)
        return None if row is None else row[0]


class Transaction(ReadTransaction):
    """What ``Write.apply`` works with: statements, the context, and the audit log.

    Everything done through it is committed together with the writes of the same group, or not at
    all. ``attempt`` counts from 1.
    """

    __slots__ = ("_chain", "attempt", "context")

    def __init__(
        self, connection: sqlite3.Connection, context: Context, attempt: int, chain: AuditChain
    ) -> None:
        """Write through ``connection`` on behalf of ``context``."""
        super().__init__(connection)
        self.context = context
        self.attempt = attempt
        self._chain = chain

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run a statement and return the number of rows it changed."""
        return self._run(sql, parameters, _changed)

    def execute_many(self, sql: str, rows: Sequence[Parameters]) -> int:
        """Run a statement once for each of ``rows`` and return the number of rows they changed in all."""
        if not rows:
            return 0
        _vet(sql)
        self.statements += len(rows)
        started = perf_counter()
        try:
            changed = max(self._connection.executemany(sql, rows).rowcount, 0)
        except sqlite3.Error as error:
            self.note(sql, None, started, FAILED)
            self._failed(error)
            raise
        self.rows += changed
        self.note(sql, None, started, changed, len(rows))
        return changed

    def insert(self, sql: str, parameters: Parameters = ()) -> int:
        """Run an INSERT and return the new row's id."""
        return self._run(sql, parameters, _inserted)

    def audit(
        self,
        table: str,
        record_id: int | str,
        operation: AuditOperation,
        *,
        old: dict[str, Any] | None = None,
        new: dict[str, Any] | None = None,
        nation_id: int | None = None,
    ) -> None:
        """Add the entry that says who changed which record, from what to what, and why."""
        self.statements += 1
        self.rows += 1
        context = self.context
        entry = AuditEntry(
            table,
            str(record_id),
            operation,
            nation_id,
            old,
            new,
            context.actor,
            context.reason,
            context.request_id,
            self.attempt,
            context.at,
        )
        started = perf_counter()
        try:
            self._chain.append(self._connection, entry)
        except sqlite3.Error as error:
            self.note(APPEND, None, started, FAILED)
            self._failed(error)
            raise
        self.note(APPEND, None, started, 1)

    def begin_chain(self, last_id: int) -> None:
        """Begin a new audit chain after entry ``last_id``, for whoever has just made an empty table."""
        self._chain.restart(last_id)


def _first(cursor: sqlite3.Cursor) -> tuple[Row | None, int]:
    row: Row | None = cursor.fetchone()
    return row, row is not None


def _every(cursor: sqlite3.Cursor) -> tuple[list[Row], int]:
    rows: list[Row] = cursor.fetchall()
    return rows, len(rows)


def _changed(cursor: sqlite3.Cursor) -> tuple[int, int]:
    return cursor.rowcount, max(cursor.rowcount, 0)


def _inserted(cursor: sqlite3.Cursor) -> tuple[int, int]:
    return cursor.lastrowid or 0, max(cursor.rowcount, 0)

"""ReadBatcher: the queries of a moment run together in one hop, each whole, on one snapshot."""

from __future__ import annotations

import asyncio
import functools
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from loguru import logger

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.errors import (
    ConnectionLost,
    DatabaseBusy,
    DatabaseError,
    DeadlineExceeded,
    ManagerClosed,
    OutOfResources,
    QueueFull,
)
from modelus_bot.database.core.operation import Query
from modelus_bot.database.core.operation_event import OperationEvent, Recorder
from modelus_bot.database.core.outcome import OperationOutcome, answer, raisable, reject
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.core.visibility.connection import seated
from modelus_bot.database.core.visibility.declaration import Viewer
from modelus_bot.database.core.visibility.gate import NeedsBarrier
from modelus_bot.database.engine.connection import ConnectionManager
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.runtime.tasks import ended, owned
from modelus_bot.runtime.tunables import Pause

__all__ = ["ReadBatcher"]

T = TypeVar("T")

BATCH_LIMIT = 64
RETRY_PAUSE = Pause(0.1)


@dataclass(slots=True)
class _PendingRead:
    query: Query[..., Any]
    run: Callable[[ReadTransaction], Any]
    deadline: float
    future: asyncio.Future[Any]
    viewer: Viewer | None = None
    submitted: float = field(default_factory=time.perf_counter)


class ReadBatcher:
    """Runs queries on one read-only connection, many per hop; ``seconds`` bounds each of them."""

    def __init__(
        self,
        role: ConnectionRole,
        connections: ConnectionManager,
        settings: DatabaseSettings,
        health: Recorder,
        *,
        seconds: float,
    ) -> None:
        """Prepare the queue; ``async with`` starts the task that empties it."""
        self._role = role
        self._connections = connections
        self._settings = settings
        self._health = health
        self.seconds = seconds
        self._waiting: deque[_PendingRead] = deque()
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def depth(self) -> int:
        """How many queries wait."""
        return len(self._waiting)

    def apply(self, settings: DatabaseSettings, *, seconds: float) -> None:
        """Go on with other limits; queries that wait keep their deadline."""
        self._settings = settings
        self.seconds = seconds

    async def __aenter__(self) -> Self:
        """Start answering."""
        self._task = owned(self._serve(), name=f"{self._role}-lane")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop answering; queries without an answer get ``ManagerClosed``."""
        try:
            await ended(self._task)
        finally:
            self._task = None
            while self._waiting:
                reject(self._waiting.popleft().future, ManagerClosed("the database is closed"))

    async def submit(
        self,
        query: Query[..., T],
        run: Callable[[ReadTransaction], T],
        seconds: float | None = None,
        viewer: Viewer | None = None,
    ) -> T:
        """Queue a query and return its result; raises ``DatabaseError`` when it cannot be read in time.

        ``seconds`` is how long its caller waits, if that is less than this one allows. ``viewer`` is whose
        rows it reads.
        """
        if self._task is None:
            raise ManagerClosed("the database is closed")
        if len(self._waiting) >= self._settings.queue_limit:
            raise QueueFull(f"{len(self._waiting)} queries wait", operation=query.name)
        loop = asyncio.get_running_loop()
        limit = self.seconds if seconds is None else min(seconds, self.seconds)
        entry = _PendingRead(query, run, time.perf_counter() + limit, loop.create_future(), viewer)
        self._waiting.append(entry)
        self._arrived.set()
        result: T = await entry.future
        return result

    async def _serve(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH_LIMIT, len(self._waiting)))]
                try:
                    await self._answer([entry for entry in batch if not entry.future.done()])
                except asyncio.CancelledError:
                    for entry in batch:
                        reject(entry.future, ManagerClosed("the database closed during this query"))
                    raise
                except Exception as error:  # noqa: BLE001 - the batcher must outlive any fault of its own
                    logger.opt(exception=error).error("read_lane_fault")
                    for entry in batch:
                        reject(entry.future, error)

    async def _answer(self, batch: list[_PendingRead]) -> None:
        """Run a batch, again if the connection fails, until each has an answer or is too late."""
        attempt = 1
        while batch:
            try:
                hop = functools.partial(_run_batch, batch=batch)
                outcomes = await self._connections.run(self._role, hop, seconds=self.seconds)
            except DatabaseError as error:
                now = time.perf_counter()
                waits = isinstance(error, DatabaseBusy | ConnectionLost | OutOfResources)
                for entry in batch:
                    if not waits or entry.deadline <= now:
                        self._finish(
                            entry,
                            OperationOutcome(error=error.for_caller(entry.query.name, attempt)),
                            attempt,
                            len(batch),
                        )
                batch = [entry for entry in batch if not entry.future.done()]
                attempt += 1
                if batch:
                    await asyncio.sleep(RETRY_PAUSE.value)
                continue
            for entry, outcome in zip(batch, outcomes, strict=False):
                self._finish(entry, outcome, attempt, len(batch))
            batch = batch[len(outcomes) :]

    def _finish(self, entry: _PendingRead, outcome: OperationOutcome, attempt: int, batch: int) -> None:
        if isinstance(outcome.error, NeedsBarrier):
            answer(entry.future, outcome)
            return
        self._health.record(
            OperationEvent(
                kind="read",
                operation=entry.query,
                seconds=time.perf_counter() - entry.submitted,
                ran=outcome.seconds,
                statements=outcome.statements,
                rows=outcome.rows,
                attempt=attempt,
                group=batch,
                error=outcome.error,
                steps=outcome.steps,
            )
        )
        answer(entry.future, outcome)


def _run_batch(connection: sqlite3.Connection, batch: list[_PendingRead]) -> list[OperationOutcome]:
    """Run the queries on one snapshot; a failing one does not disturb the others.

    When one is stopped for taking too long, the list ends with it: the rest gets a hop of its own.
    """
    connection.execute("BEGIN")
    try:
        outcomes: list[OperationOutcome] = []
        for entry in batch:
            outcomes.append(_run_one(connection, entry))
            if isinstance(outcomes[-1].error, DeadlineExceeded):
                break
        return outcomes
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _run_one(connection: sqlite3.Connection, entry: _PendingRead) -> OperationOutcome:
    started = time.perf_counter()
    tx = ReadTransaction(connection)
    try:
        if entry.viewer is None and type(connection) is sqlite3.Connection:
            outcome = OperationOutcome(entry.run(tx))
        else:
            with seated(connection, entry.viewer):
                outcome = OperationOutcome(entry.run(tx))
    except (sqlite3.Error, sqlite3.Warning, UnicodeDecodeError, MemoryError) as error:
        failure = from_sqlite(error, operation=entry.query.name)
        if isinstance(failure, DatabaseBusy | ConnectionLost | OutOfResources):
            raise failure from error
        failure.__cause__ = error
        outcome = OperationOutcome(error=failure)
    except BaseException as error:  # noqa: BLE001 - every failure of a query belongs to its author
        outcome = OperationOutcome(error=raisable(error))
    finally:
        tx.end()
    return outcome.after(tx, time.perf_counter() - started)

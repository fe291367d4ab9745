"""DatabaseManager: the one object everybody else holds; reads and writes go through it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, ParamSpec, Self, TypeVar

from loguru import logger

from modelus_bot.clock.clock import Clock
from modelus_bot.config import DatabaseSettings, Settings
from modelus_bot.database.composition import Engine
from modelus_bot.database.core.begun import change_begun
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import (
    AlreadyRunning,
    DatabaseError,
    DatabaseReadOnly,
    DatabaseUnavailable,
    DeadlineExceeded,
    ManagerClosed,
    OutcomeUnknown,
)
from modelus_bot.database.core.instance_lock import meant
from modelus_bot.database.core.operation import Query, Write
from modelus_bot.database.core.system_errors import as_database_error
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.core.visibility.declaration import Viewer, Visibility
from modelus_bot.database.engine import (
    Availability,
    BreakerState,
    CircuitBreaker,
    Mode,
    ReadBatcher,
    ViewerReads,
)
from modelus_bot.database.health import HealthMonitor, Overview, overview_of
from modelus_bot.database.integrity import QuarantineReport, QuarantineRows
from modelus_bot.database.maintenance import Maintenance
from modelus_bot.database.offline import Fallback, Reconnection
from modelus_bot.database.recovery import Protection
from modelus_bot.runtime.tasks import owned

__all__ = ["DatabaseManager"]

P = ParamSpec("P")
R = TypeVar("R")


class DatabaseManager:
    """Opens the file, brings its schema up to date, and answers reads and writes until it is closed.

    ``claim`` makes this process the file's only bot. ``tolerant`` lets ``async with`` succeed when
    the file cannot be opened: operations are then refused in a sentence, and opening is tried again
    with growing pauses. ``debug`` logs every operation with its fields. With ``protection`` the file
    is checked, backed up, archived and recovered; without it, it is only migrated and used. With
    ``continuity`` deferrable writes and kept queries go on while the database is away. Queries for a viewer
    see what ``visibility`` lets them, without it nothing.
    """

    def __init__(
        self,
        path: Path,
        settings: DatabaseSettings,
        *,
        claim: bool = True,
        tolerant: bool = False,
        debug: bool = False,
        protection: Protection | None = None,
        fallback: Fallback | None = None,
        clock: Clock | None = None,
        visibility: Visibility | None = None,
    ) -> None:
        """Remember what to open; nothing is touched yet."""
        self.path = meant(path)
        self.settings = settings
        self.protection = protection
        self.fallback = fallback
        self.clock = clock or (protection.clock if protection is not None else Clock())
        self.health = HealthMonitor(settings.slow_operation, debug=debug)
        self._tolerant = tolerant
        self.availability = Availability(settings)
        self._engine = Engine(
            path,
            settings,
            self.health,
            self.availability,
            claim=claim,
            protection=protection,
            fallback=fallback,
            visibility=visibility,
        )
        self._connections, self._transactions = self._engine.connections, self._engine.transactions
        self.maintenance = Maintenance(
            self.path,
            self._connections,
            write=self.write,
            read=self.read,
            writes=self._transactions,
            mover=protection,
            journal=fallback.journal if fallback is not None else None,
            write_deadline=settings.write_deadline,
            clock=self.clock,
        )
        self.availability.mode_changed.subscribe(self.health.mode_changed)
        self._returning = Reconnection(
            self.availability,
            self._connections,
            self._transactions,
            fallback,
            went_back=protection.context.went_back if protection is not None else deque(),
            open_again=self._open_again,
            open_to_read=self._open_to_read,
            suspect=self._suspect,
            read=self._engine.read_beside,
        )
        self._outer = AsyncExitStack()
        self._closed = False
        self._closing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Claim, migrate and open; only ``AlreadyRunning`` is raised by a tolerant one."""
        try:
            if self.fallback is not None:
                self._engine.claim_early()
                await self._outer.enter_async_context(self.fallback)
            await self._open()
        except Exception as error:
            if not self._tolerant or isinstance(error, AlreadyRunning):
                await self._give_up()
                raise
            if not isinstance(error, DatabaseError | OSError):
                logger.opt(exception=error).error("database_open_fault")
            lost = self.availability.lost_writes if self._engine.reading else self.availability.lost
            lost(as_database_error(error))
        except BaseException:
            await self._give_up()
            raise
        self._returning.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Drain the queue, close the connections, release the file."""
        await self.close()

    async def close(self) -> None:
        """Close everything in order, bounded by the close deadline; further calls wait for the first.

        Cancelling a call does not stop it half way.
        """
        self._closed = True
        if self._closing is None:
            self._closing = owned(self._close(), name="database-closing")
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        await self.maintenance.close()
        await self.availability.stop()
        try:
            await self._engine.close()
        finally:
            await self._give_up()
        logger.bind(path=str(self.path)).info("database_closed")

    async def _give_up(self) -> None:
        try:
            await self._outer.aclose()
        finally:
            await self._connections.close()

    @property
    def mode(self) -> Mode:
        """What works at the moment: everything, reading only, or nothing."""
        return self.availability.mode

    async def write(self, write: Write[R], context: Context) -> R:
        """Make a change and return its result once it is safely committed.

        A request id that was answered before gets the stored answer. Raises the operation's own refusals
        unchanged, ``WriteDeferred`` when it was saved for later because the database is away, and
        ``DatabaseError`` for everything else.
        """
        change_begun.set(True)
        fallback = self.fallback
        if fallback is None:
            return await self._write(write, context)
        context = fallback.waits.for_write(write, context)
        try:
            if fallback.waits.goes_behind(write) and not await fallback.journal.drained(
                fallback.waits.timeout
            ):
                raise DatabaseUnavailable("others wait before it", cause=self.availability.cause)
            return await self._write(write, context)
        except DatabaseError as error:
            raise await fallback.defer(write, context, error) from error

    async def _write(self, write: Write[R], context: Context) -> R:
        writes = self.availability.writes
        self._check_running()
        writes.require_closed(type(write).__name__)
        try:
            result = await self._transactions.submit(write, context)
        except DatabaseError as error:
            self._note_failure(writes, error)
            raise
        except MemoryError as error:
            raise OutcomeUnknown(f"{error!r}", operation=type(write).__name__) from error
        self._note_success(writes)
        return result

    async def preview(self, write: Write[R], context: Context) -> R:
        """Return what a change would give, and undo it: nothing is saved."""
        writes = self.availability.writes
        if self.fallback is not None:
            context = self.fallback.waits.for_write(write, context)
        self._check_running()
        writes.require_closed(type(write).__name__)
        try:
            return await self._transactions.submit(write, context, preview=True)
        except DatabaseError as error:
            self._note_failure(writes, error)
            raise

    async def read(self, query: Query[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query on one consistent snapshot that includes every write acknowledged so far.

        While the database is away, kept queries are answered from what was known last.
        """
        viewer = query.seen_by(args) if query.viewer else None
        function = query if query.viewer else query.function

        def run(tx: ReadTransaction) -> R:
            return function(tx, *args, **kwargs)

        fallback = self.fallback
        if fallback is None:
            return await self._read(query, run, viewer)
        try:
            if query.hot and self._engine.running:
                ask = functools.partial(self._read, query, run, viewer)
                return await fallback.hot.read(query, args, kwargs, ask)
            return await self._read(query, run, viewer)
        except DatabaseError as error:
            return await fallback.answer(query, run, error, viewer)
        except MemoryError as error:
            return await fallback.answer(query, run, as_database_error(error), viewer)

    async def _read(
        self, query: Query[..., R], run: Callable[[ReadTransaction], R], viewer: Viewer | None
    ) -> R:
        reads = self.availability.reads
        self._check_running(reading=True)
        reads.require_closed(query.name)
        reader = self._reader_of(query)
        try:
            seconds = self.fallback.waits.for_read(query) if self.fallback is not None else None
            async with asyncio.timeout(seconds):
                result = await reader.submit(query, run, seconds, viewer)
        except TimeoutError as error:
            failure = DeadlineExceeded("waited too long for the reader", operation=query.name)
            self._note_failure(reads, failure)
            raise failure from error
        except DatabaseError as error:
            self._note_failure(reads, error)
            raise
        self._note_success(reads)
        return result

    def _reader_of(self, query: Query[..., Any]) -> ReadBatcher | ViewerReads:
        """Return what runs a query, on the connection that holds what it may see."""
        engine = self._engine
        if query.viewer:
            return engine.viewer_reads
        if query.report:
            return engine.reports
        return engine.long_reads if query.long else engine.reads

    def apply(self, edited: Settings) -> None:
        """Go on with edited settings; path and durability are those it was opened with."""
        self.settings = settings = self.settings.edited(edited.database)
        self.health.apply(settings.slow_operation, debug=edited.logging.shows_operations)
        for own in (self.availability, self.maintenance, self._engine):
            own.apply(settings)
        self.clock.apply(edited.clock)
        for part in (self.protection, self.fallback):
            if part is not None:
                part.apply(edited)

    @property
    def cause(self) -> DatabaseError | None:
        """Why the mode is not normal; None while it is."""
        return self.availability.cause

    def near_limit(self, file_bytes: int, limit_bytes: int) -> None:
        """Ask for an early clean-up, since the file is near its limit; asking again soon does nothing."""
        self.maintenance.near_limit(file_bytes, limit_bytes)

    def overview(self) -> Overview:
        """Return how the database is doing, without touching it."""
        return overview_of(
            self.health,
            self.availability,
            path=self.path,
            settings=self.settings,
            queue_depth=self._transactions.depth,
            reader_depth=self._engine.waiting_reads,
            reopened=self._connections.reopened,
            deferred=self.fallback.journal.depth if self.fallback is not None else None,
        )

    async def _open(self) -> None:
        started = time.perf_counter()
        try:
            applied = await self._engine.open(self._mend_rows)
        except DatabaseReadOnly:
            if self._tolerant:
                anew = self.availability.reads.state is not BreakerState.CLOSED
                await self._engine.open_for_reading(anew=anew)
            raise
        if self.fallback is not None:
            self.fallback.follow(self._engine.read_beside, self._engine.data_version)
            await self._returning.catch_up()
        if applied:
            with contextlib.suppress(DatabaseError):
                await self.maintenance.optimise()
        logger.bind(
            path=str(self.path),
            sqlite=sqlite3.sqlite_version,
            synchronous=self.settings.synchronous,
            migrations=list(applied),
            milliseconds=round((time.perf_counter() - started) * 1000),
        ).info("database_opened")

    async def _mend_rows(self) -> QuarantineReport:
        invariants = tuple(self.protection.context.invariants) if self.protection is not None else ()
        return await self.write(QuarantineRows(invariants=invariants), Context(reason="integrity check"))

    def _note_success(self, breaker: CircuitBreaker) -> None:
        breaker.worked()
        if self.fallback is not None:
            self.fallback.waits.worked()

    def _note_failure(self, breaker: CircuitBreaker, error: DatabaseError) -> None:
        """Tell breaker and monitor how an operation failed; its caller hears of that, whatever they say."""
        try:
            self._suspect(error)
            self.availability.failed(breaker, error)
        except Exception as second:  # noqa: BLE001 - see above
            logger.opt(exception=second).error("failure_not_noted")

    def _suspect(self, error: DatabaseError) -> None:
        if self.protection is not None:
            self.protection.suspect(error)
        if self.fallback is not None:
            self.fallback.suspect(error)

    def _check_running(self, *, reading: bool = False) -> None:
        if self._closed:
            raise ManagerClosed("the database is closed")
        if not (self._engine.running or (reading and self._engine.reading)):
            raise DatabaseUnavailable("never opened", cause=self.availability.writes.cause)

    async def _open_again(self) -> bool:
        """Open the database if that has not worked yet; returns True, or raises ``DatabaseError``."""
        if not self._engine.running:
            await self._open()
        return True

    async def _open_to_read(self) -> None:
        """Open it again, if only for reading."""
        try:
            await self._open_again()
        except DatabaseReadOnly:
            if not self._engine.reading:
                raise

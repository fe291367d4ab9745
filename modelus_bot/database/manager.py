"""DatabaseManager: the one object everybody else holds; reads and writes go through it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import ParamSpec, Self, TypeVar

from loguru import logger

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.availability import Availability
from modelus_bot.database.connection import ConnectionManager, Lane
from modelus_bot.database.degradation import CircuitBreaker, Mode
from modelus_bot.database.errors import (
    AlreadyRunning,
    DatabaseError,
    DatabaseUnavailable,
    ManagerClosed,
)
from modelus_bot.database.health import HealthMonitor, Overview, percentiles
from modelus_bot.database.integrity.quarantine import QuarantineReport, QuarantineRows
from modelus_bot.database.operation import Context, Query, ReadTransaction, Write
from modelus_bot.database.reading import ReadLane
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.database.recovery.starting import create_file
from modelus_bot.database.schema import Migrator
from modelus_bot.database.transaction import TransactionManager

__all__ = ["DatabaseManager"]

P = ParamSpec("P")
R = TypeVar("R")


class DatabaseManager:
    """Opens the file, brings its schema up to date, and answers reads and writes until it is closed.

    ``claim`` makes this process the file's only bot. ``tolerant`` lets ``async with`` succeed when
    the file cannot be opened: operations are then refused in a sentence, and opening is tried again
    with growing pauses. ``debug`` logs every operation with its fields. With ``protection`` the file
    is checked, backed up, archived and recovered; without it, it is only migrated and used.
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
    ) -> None:
        """Remember what to open; nothing is touched yet."""
        self.path = path
        self.settings = settings
        self.protection = protection
        self.health = HealthMonitor(settings.slow_operation, debug=debug)
        self._tolerant = tolerant
        self.availability = Availability(settings)
        self._connections = ConnectionManager(path, settings, claim=claim)
        self._connections.manual_checkpoints = not claim
        self._connections.on_lost = self.availability.lost
        self._transactions = TransactionManager(self._connections, settings, self.health)
        self._reads = ReadLane(
            Lane.READER, self._connections, settings, self.health, seconds=settings.read_deadline
        )
        self._long_reads = ReadLane(
            Lane.LONG_READER, self._connections, settings, self.health, seconds=settings.long_read_deadline
        )
        self._running: AsyncExitStack | None = None
        self._closed = False
        self._closing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Claim, migrate and open; raises ``DatabaseError`` unless tolerant (``AlreadyRunning`` always)."""
        try:
            await self._open()
        except AlreadyRunning:
            await self._connections.close()
            raise
        except DatabaseError as error:
            if not self._tolerant:
                await self._connections.close()
                raise
            self.availability.lost(error)
        except BaseException:
            await self._connections.close()
            raise
        self.availability.start(self._probe_reads, self._probe_writes)
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
            self._closing = asyncio.create_task(self._close(), name="database-closing")
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        await self.availability.stop()
        try:
            if self._running is not None:
                await self._running.aclose()
        finally:
            await self._connections.close()
        logger.bind(path=str(self.path)).info("database_closed")

    @property
    def mode(self) -> Mode:
        """What works at the moment: everything, reading only, or nothing."""
        return self.availability.mode

    async def write(self, write: Write[R], context: Context) -> R:
        """Make a change and return its result once it is safely committed.

        A request id that was answered before gets the stored answer. Raises the operation's own
        refusals unchanged and ``DatabaseError`` for everything else.
        """
        writes = self.availability.writes
        self._check_running()
        self.availability.check(writes, type(write).__name__)
        try:
            result = await self._transactions.submit(write, context)
        except DatabaseError as error:
            self._note_failure(writes, error)
            raise
        self.availability.succeeded(writes)
        return result

    async def preview(self, write: Write[R], context: Context) -> R:
        """Return what a change would give, and undo it: nothing is saved."""
        writes = self.availability.writes
        self._check_running()
        self.availability.check(writes, type(write).__name__)
        try:
            return await self._transactions.submit(write, context, preview=True)
        except DatabaseError as error:
            self._note_failure(writes, error)
            raise

    async def read(self, query: Query[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query on one consistent snapshot that includes every write acknowledged so far."""
        self._check_running()
        reads = self.availability.reads
        self.availability.check(reads, query.name)
        lane = self._long_reads if query.long else self._reads

        def run(tx: ReadTransaction) -> R:
            return query.function(tx, *args, **kwargs)

        try:
            result = await lane.submit(query, run)
        except DatabaseError as error:
            self._note_failure(reads, error)
            raise
        self.availability.succeeded(reads)
        return result

    def apply(self, settings: DatabaseSettings) -> None:
        """Go on with edited settings; path and durability are those it was opened with."""
        self.settings = settings = self.settings.edited(settings)
        self.health.slow = settings.slow_operation
        self.availability.apply(settings)
        self._connections.apply(settings)
        self._transactions.apply(settings)
        self._reads.apply(settings, seconds=settings.read_deadline)
        self._long_reads.apply(settings, seconds=settings.long_read_deadline)

    def overview(self) -> Overview:
        """Return how the database is doing, without touching it."""
        counts = self.health.counts
        cause = self.availability.cause
        return Overview(
            mode=self.mode,
            write_breaker=self.availability.writes.state.value,
            read_breaker=self.availability.reads.state.value,
            cause=cause.user_message if cause is not None else None,
            since=self.health.started,
            reads=percentiles(self.health.reads),
            writes=percentiles(self.health.writes),
            read_count=counts["read"],
            write_count=counts["write"],
            repeated=counts["repeated"],
            refused=counts["refused"],
            failures=counts["failures"],
            retries=counts["retries"],
            queue_depth=self._transactions.depth,
            mean_group=self.health.mean_group(),
            reopened=self._connections.reopened,
            slow=tuple(self.health.slow_operations.most_common(5)),
            recent_failures=tuple(self.health.recent),
            path=str(self.path),
            file_bytes=_size(self.path),
            wal_bytes=_size(self.path.with_name(self.path.name + "-wal")),
            free_bytes=_free(self.path.parent),
            synchronous=self.settings.synchronous,
            sqlite_version=sqlite3.sqlite_version,
        )

    async def _open(self) -> None:
        started = time.perf_counter()
        self._connections.claim()
        protection = self.protection
        if protection is None:
            applied = await asyncio.to_thread(_prepare, self.path)
        else:
            applied = await protection.make_ready()
            self._connections.manual_checkpoints = True
        async with AsyncExitStack() as stack:
            if protection is not None:
                stack.push_async_callback(self._remember_end, protection)
                await stack.enter_async_context(protection.parts.sums)
                stack.push_async_callback(protection.archive.stop)
            await self._connections.open()
            stack.push_async_callback(self._connections.close)
            if protection is not None:
                stack.push_async_callback(protection.settle)
                await protection.archive.start()
            await stack.enter_async_context(self._reads)
            await stack.enter_async_context(self._long_reads)
            await stack.enter_async_context(self._transactions)
            if protection is not None:
                transactions = self._transactions
                watching = protection.watching(
                    self._connections, transactions.head, transactions.forget_head, self._mend_rows
                )
                await stack.enter_async_context(watching)
            self._running = stack.pop_all()
        logger.bind(
            path=str(self.path),
            sqlite=sqlite3.sqlite_version,
            synchronous=self.settings.synchronous,
            migrations=list(applied),
            milliseconds=round((time.perf_counter() - started) * 1000),
        ).info("database_opened")

    async def _mend_rows(self) -> QuarantineReport:
        invariants = tuple(self.protection.parts.invariants) if self.protection is not None else ()
        return await self.write(QuarantineRows(invariants=invariants), Context(reason="integrity check"))

    async def _remember_end(self, protection: Protection) -> None:
        await protection.closed(self._transactions.head())

    def _note_failure(self, breaker: CircuitBreaker, error: DatabaseError) -> None:
        """Tell breaker and guard how an operation failed."""
        if self.protection is not None:
            self.protection.suspect(error)
        self.availability.failed(breaker, error)

    def _check_running(self) -> None:
        if self._closed:
            raise ManagerClosed("the database is closed")
        if self._running is None:
            raise DatabaseUnavailable("never opened", cause=self.availability.writes.cause)

    async def _probe_reads(self) -> None:
        await self._open_again()
        await self._connections.run(Lane.READER, _probe_read)

    async def _probe_writes(self) -> None:
        await self._open_again()
        await self._connections.run(Lane.WRITER, _probe_write)

    async def _open_again(self) -> None:
        if self._running is None:
            await self._open()


def _prepare(path: Path) -> tuple[str, ...]:
    """Create the file if it is not there, and apply the migrations."""
    create_file(path)
    migrator = Migrator(path)
    return migrator.up() if any(not one.applied for one in migrator.status()) else ()


def _probe_write(connection: sqlite3.Connection) -> None:
    """Commit a page: a transaction can begin on a full disk, but not end. Nothing uses ``user_version``."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("PRAGMA user_version=0")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _probe_read(connection: sqlite3.Connection) -> None:
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None

"""Engine: what works on one file, its connections, write queue and readers; opened and closed in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

from loguru import logger

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.audit.heads import HeadLog
from modelus_bot.database.core.errors import (
    AlreadyRunning,
    ConnectionLost,
    DatabaseError,
    FileMoved,
    FileTouched,
)
from modelus_bot.database.core.instance_lock import meant
from modelus_bot.database.core.operation import Query
from modelus_bot.database.core.system_errors import translated
from modelus_bot.database.core.visibility.declaration import Visibility
from modelus_bot.database.engine import (
    Availability,
    ConnectionManager,
    ConnectionRole,
    ReadBatcher,
    TransactionManager,
    Version,
    ViewerReads,
    nothing_kept,
    unmarked,
    version_of,
)
from modelus_bot.database.health import HealthMonitor
from modelus_bot.database.integrity import QuarantineReport
from modelus_bot.database.offline import Fallback
from modelus_bot.database.recovery import Protection, create_file, made_readable
from modelus_bot.database.schema import Migrator

__all__ = ["Engine"]

R = TypeVar("R")


class _Overseer:
    """Lets the availability know of a lost file, and the protection of one that is another."""

    def __init__(self, availability: Availability, protection: Protection | None) -> None:
        self._availability = availability
        self._protection = protection

    def lost(self, error: ConnectionLost) -> None:
        """Note that the file cannot be opened again."""
        self._availability.lost(error)

    def takes_over(self, error: FileMoved | FileTouched) -> bool:
        """Say whether the protection deals with it."""
        return self._protection is not None and self._protection.takes_over(error)


class Engine:
    """Owns connections, write queue and readers; says nothing about what to do when they fail.

    ``claim`` makes this process the file's only bot.
    """

    def __init__(
        self,
        path: Path,
        settings: DatabaseSettings,
        health: HealthMonitor,
        availability: Availability,
        *,
        claim: bool,
        protection: Protection | None,
        fallback: Fallback | None,
        visibility: Visibility | None,
    ) -> None:
        """Build the parts; nothing is touched yet."""
        self._path = meant(path)
        self._protection = protection
        self._fallback = fallback
        self.connections = ConnectionManager(
            path,
            settings,
            claim=claim,
            manual_checkpoints=protection is not None or not claim,
            epoch=protection.context.epoch if protection is not None else None,
            files=protection.files if protection is not None else None,
            overseer=_Overseer(availability, protection),
            visibility=visibility,
        )
        self.transactions = TransactionManager(
            self.connections,
            settings,
            health,
            fallback.audit_file if fallback is not None else None,
            mark=protection.context.high_water.note if protection is not None else unmarked,
            on_commit=fallback.changes.add if fallback is not None else nothing_kept,
        )
        self.reads = ReadBatcher(
            ConnectionRole.READER, self.connections, settings, health, seconds=settings.read_deadline
        )
        self.long_reads = ReadBatcher(
            ConnectionRole.LONG_READER,
            self.connections,
            settings,
            health,
            seconds=settings.long_read_deadline,
        )
        self.reports = ReadBatcher(
            ConnectionRole.REPORTER,
            self.connections,
            settings,
            health,
            seconds=settings.long_read_deadline,
        )
        self.viewer_reads = ViewerReads(self.connections, settings, health, seconds=settings.read_deadline)
        self.running = False
        """Whether it was opened; it stays so after closing."""
        self._opened = AsyncExitStack()
        self._reading: AsyncExitStack | None = None

    @property
    def reading(self) -> bool:
        """Whether it is open for reading alone, because nothing may be written."""
        return self._reading is not None

    def claim_early(self) -> None:
        """Take the file before anything beside it is touched, if its folder is there at all."""
        try:
            self.connections.claim()
        except AlreadyRunning:
            raise
        except DatabaseError as error:
            logger.bind(error=error.detail).warning("database_not_claimed_yet")

    async def open(self, mend: Callable[[], Awaitable[QuarantineReport]]) -> tuple[str, ...]:
        """Make the file ready and open it, all or nothing; returns the migrations that were applied.

        ``mend`` is called to move rows into quarantine that break a rule. Raises ``DatabaseError``.
        """
        self.connections.claim()
        await self._stop_reading()
        protection = self._protection
        if protection is None:
            applied = await asyncio.to_thread(_prepare, self._path)
        else:
            applied = await protection.make_ready()
        async with AsyncExitStack() as stack:
            if protection is not None:
                stack.push_async_callback(self._remember_end, protection)
                await stack.enter_async_context(protection.context.checksums)
                stack.push_async_callback(protection.archive.stop)
            await self.connections.open()
            stack.push_async_callback(self.connections.close)
            if protection is not None:
                stack.push_async_callback(protection.settle, self.connections)
                await protection.archive.start()
            await stack.enter_async_context(self.reads)
            await stack.enter_async_context(self.long_reads)
            await stack.enter_async_context(self.viewer_reads)
            await stack.enter_async_context(self.reports)
            if self._fallback is not None:
                stack.push_async_callback(self._fallback.snapshot.settle)
            await stack.enter_async_context(HeadLog(self._path, self.transactions.head))
            await stack.enter_async_context(self.transactions)
            if protection is not None:
                watching = protection.watching(
                    self.connections, self.transactions.head, self._another_file, mend
                )
                await stack.enter_async_context(watching)
            self._opened, self.running = stack.pop_all(), True
        return applied

    async def open_for_reading(self, *, anew: bool) -> None:
        """Open for reading alone what may not be written to; ``anew``: also when that was done before.

        Nothing is changed, and nobody else may write meanwhile, as far as that can be seen. Raises
        ``DatabaseError``.
        """
        if self.reading and not anew:
            return
        await self._stop_reading()
        with translated():
            await self._start_reading()

    async def _start_reading(self) -> None:
        self.connections.claim_for_reading()
        context = self._protection.context if self._protection is not None else None
        async with AsyncExitStack() as stack:
            readable = await stack.enter_async_context(made_readable(self._path, context))
            await self.connections.open_for_reading(readable)
            stack.push_async_callback(self.connections.close_for_writing)
            await stack.enter_async_context(self.reads)
            await stack.enter_async_context(self.long_reads)
            await stack.enter_async_context(self.viewer_reads)
            await stack.enter_async_context(self.reports)
            self._reading = stack.pop_all()

    async def _stop_reading(self) -> None:
        reading, self._reading = self._reading, None
        if reading is not None:
            await reading.aclose()

    async def close(self) -> None:
        """Close in reverse what ``open`` opened; the queue is drained first."""
        await self._stop_reading()
        await self._opened.aclose()

    def apply(self, settings: DatabaseSettings) -> None:
        """Go on with edited settings."""
        self.connections.apply(settings)
        self.transactions.apply(settings)
        self.reads.apply(settings, seconds=settings.read_deadline)
        self.long_reads.apply(settings, seconds=settings.long_read_deadline)
        self.reports.apply(settings, seconds=settings.long_read_deadline)
        self.viewer_reads.apply(settings, seconds=settings.read_deadline)

    @property
    def waiting_reads(self) -> int:
        """How many queries wait."""
        return self.reads.depth + self.long_reads.depth + self.viewer_reads.depth + self.reports.depth

    async def read_beside(self, query: Query[..., R], *args: Any) -> R:
        """Read for the snapshot, also while closing; failures say nothing new about the database."""
        return await self.long_reads.submit(query, lambda tx: query.function(tx, *args))

    async def data_version(self) -> Version:
        """Ask whether another program has written."""
        return await self.connections.run(ConnectionRole.READER, version_of)

    async def _remember_end(self, protection: Protection) -> None:
        await protection.closed(self.transactions.head())

    def _another_file(self) -> None:
        """Forget what was known of the file that was open before."""
        self.transactions.forget_head()
        if self._fallback is not None:
            self._fallback.changes.add()


def _prepare(path: Path) -> tuple[str, ...]:
    """Create the file if it is not there, and apply the migrations."""
    create_file(path)
    migrator = Migrator(path)
    return migrator.up() if any(not item.applied for item in migrator.status()) else ()

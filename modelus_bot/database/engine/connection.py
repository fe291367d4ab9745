"""ConnectionManager: a writer, readers and viewers of one file, kept usable."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, Self, TypeVar

from loguru import logger
from tenacity import AsyncRetrying, RetryError, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.errors import (
    ConnectionLost,
    DatabaseError,
    DatabaseReadOnly,
    FileMoved,
    FileTouched,
    ManagerClosed,
)
from modelus_bot.database.core.instance_lock import InstanceLock, meant
from modelus_bot.database.core.reachability import explained
from modelus_bot.database.core.readable import Readable
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.core.system_errors import as_database_error, from_os
from modelus_bot.database.core.visibility.declaration import Visibility
from modelus_bot.database.engine.epoch import Epoch
from modelus_bot.database.engine.fingerprint import Identity, OpenFiles
from modelus_bot.database.engine.open_guard import watched
from modelus_bot.database.engine.roles import OPENED_AT_ONCE, ConnectionRole, connect, opened
from modelus_bot.database.engine.worker import StatementDeadline, WorkerConnection, close_quietly
from modelus_bot.runtime.tasks import Outside, ended
from modelus_bot.runtime.tunables import Tunable

__all__ = ["ConnectionManager", "FileOverseer"]

T = TypeVar("T")

REOPEN_PATIENCE = Tunable(0.25)
"""Seconds an operation waits for a reopening before it is told that the connection is lost."""


class FileOverseer(Protocol):
    """Hears of a file that cannot be opened any more, or is not the one that was opened."""

    def lost(self, error: ConnectionLost) -> None:
        """Note that reopening was given up."""

    def takes_over(self, error: FileMoved | FileTouched) -> bool:
        """Say whether somebody deals with it: then the connections are kept, which still hold the data."""


class _Unwatched:
    def lost(self, error: ConnectionLost) -> None:
        """Nobody is told."""

    def takes_over(self, error: FileMoved | FileTouched) -> bool:
        """Nobody deals with it."""
        return False


class _RoleSlot:
    """One role's connection and what is known about it."""

    __slots__ = ("busy_slice", "connection", "epoch", "identity", "reopening", "stopwatch", "watching")

    def __init__(self) -> None:
        self.busy_slice = 0.0
        self.connection: WorkerConnection | None = None
        self.epoch: tuple[WorkerConnection, int] | None = None
        """The epoch that a connection has seen in the file's header after its last change."""
        self.identity: Identity = ()
        self.reopening: asyncio.Task[None] | None = None
        self.stopwatch = StatementDeadline()
        self.watching = contextlib.ExitStack()


class ConnectionManager:
    """Owns the connections to one file: opens, checks before use, reopens, closes.

    ``claim`` takes the file for this process: a second claiming process gets ``AlreadyRunning``. With
    ``manual_checkpoints`` SQLite leaves them to somebody who calls for them. ``epoch`` is written into the
    file before its first change by this process; None leaves it alone. ``overseer`` hears of a file that was
    lost or moved, ``files`` says which are open. Viewers see what ``visibility`` lets them.
    """

    def __init__(
        self,
        path: Path,
        settings: DatabaseSettings,
        *,
        claim: bool = True,
        manual_checkpoints: bool = False,
        epoch: Epoch | None = None,
        files: OpenFiles | None = None,
        overseer: FileOverseer | None = None,
        visibility: Visibility | None = None,
    ) -> None:
        """Remember what to open; ``async with`` opens it."""
        self.path = meant(path)
        self._manual_checkpoints = manual_checkpoints
        self._epoch = epoch
        self.files = files or OpenFiles(self.path)
        self._overseer = overseer or _Unwatched()
        self._visibility = visibility
        self.settings = settings
        self._instance = InstanceLock(path) if claim else None
        self._slots = {role: _RoleSlot() for role in ConnectionRole}
        self._pid = os.getpid()
        self._outside = Outside()
        self._closed = False
        self._held: DatabaseError | None = None
        self._readable: Readable | None = None
        self._discarding: set[asyncio.Task[None]] = set()
        self.reopened = 0

    def claim(self) -> None:
        """Take the file for this process; raises ``AlreadyRunning`` when another one has it."""
        if self._instance is None:
            return
        try:
            self._instance.acquire()
        except OSError as error:
            raise from_os(error, otherwise=ConnectionLost) from error

    async def open(self) -> None:
        """Open those that are open all the time; the file must exist and be migrated. All or none."""
        self._closed = False
        try:
            for role in OPENED_AT_ONCE:
                await self._open(role)
        except BaseException:
            await self._discard_all()
            raise

    def claim_for_reading(self) -> None:
        """Take the file as far as that can be done without writing; raises ``AlreadyRunning``."""
        if self._instance is not None:
            self._instance.hold_for_reading()

    async def open_for_reading(self, readable: Readable) -> None:
        """Open the readers alone, on what is ``readable``; from the next ``open`` on all is as ever."""
        self._closed, self._readable = False, readable
        try:
            for role in (ConnectionRole.READER, ConnectionRole.LONG_READER):
                await self._open(role)
        except BaseException:
            await self.close_for_writing()
            raise
        self.files.expect_untouched()

    async def close_for_writing(self) -> None:
        """Close what was opened for reading."""
        await self._stop_reopening()
        await self._discard_all()
        self.files.expect_writing()
        self._readable = None

    async def __aenter__(self) -> Self:
        """Claim the file and open it."""
        self.claim()
        try:
            await self.open()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close everything, within the deadline of the settings."""
        await self.close()

    async def run(
        self,
        role: ConnectionRole,
        function: Callable[[sqlite3.Connection], T],
        *,
        seconds: float | None = None,
    ) -> T:
        """Check the role's connection and run ``function`` on its thread, in one hop.

        ``seconds`` bounds the statements run (SQLite is interrupted). Failures of the connection
        come out as ``DatabaseError``; whatever else ``function`` raises passes unchanged.
        """
        if os.getpid() != self._pid:
            raise ConnectionLost("connections may not be carried over a fork")
        if self._held is not None:
            raise self._held.for_caller(role.value, 1)
        if self._readable is not None and role is ConnectionRole.WRITER:
            raise DatabaseReadOnly("the file is open for reading only")
        slot = self._slots[role]
        connection = slot.connection or await self._reopened(role)
        identity, stopwatch = slot.identity, slot.stopwatch
        epoch = self._epoch if role is ConnectionRole.WRITER else None

        def hop(raw: sqlite3.Connection) -> T:
            self.files.check(identity)
            self._check_busy_slice(slot, raw)
            stopwatch.begin(seconds)
            try:
                if epoch is not None and slot.epoch != (connection, epoch.number):
                    slot.epoch = (connection, epoch.ensure(raw))
                result = function(raw)
            finally:
                stopwatch.begin(None)
            try:
                self.files.check(identity)
            except (DatabaseError, OSError, MemoryError) as error:
                failure = as_database_error(error)
                failure.ambiguous = True
                raise failure from error.__cause__
            return result

        try:
            return await connection.run(hop)
        except (sqlite3.Error, sqlite3.Warning, ValueError, DatabaseError, MemoryError) as error:
            failure = ConnectionLost(str(error)) if isinstance(error, ValueError) else from_sqlite(error)
            failure.ambiguous = failure.ambiguous or isinstance(error, MemoryError)
            try:
                await self._failed(role, connection, failure)
            except Exception as second:  # noqa: BLE001 - it must not hide what the caller has to know
                logger.opt(exception=second).error("connection_fault")
            told = explained(failure, self.path, writing=role is ConnectionRole.WRITER)
            raise told from (error if told is not error else error.__cause__)

    async def _failed(
        self, role: ConnectionRole, connection: WorkerConnection, failure: DatabaseError
    ) -> None:
        """Tell of a file that is another one, and give up a connection that is of no use any more."""
        if isinstance(failure, FileMoved | FileTouched) and self._overseer.takes_over(failure):
            return
        if isinstance(failure, ConnectionLost):
            await self._discard(role, connection)

    def moved(self) -> FileMoved | None:
        """Say whether the file, its -wal or its -shm is not the one that is open."""
        for slot in self._slots.values():
            if slot.connection is not None:
                try:
                    self.files.check(slot.identity)
                except FileMoved as moved:
                    return moved
                except ConnectionLost:
                    continue
        return None

    def apply(self, settings: DatabaseSettings) -> None:
        """Go on with other waits; open connections take theirs over at their next use."""
        self.settings = settings

    async def from_open_handle(self, function: Callable[[sqlite3.Connection], T]) -> T | None:
        """Run ``function`` on the writer's connection wherever its file is now; None without one."""
        connection = self._slots[ConnectionRole.WRITER].connection
        return None if connection is None else await connection.run(function)

    def hold(self, cause: DatabaseError) -> None:
        """Refuse every use with ``cause`` until ``release``; after ``ConnectionLost`` the roles try again."""
        self._held = cause

    def release(self) -> None:
        """Let the roles go on; connections that were closed meanwhile are opened again at their next use."""
        self._held = None

    async def suspend(self, cause: DatabaseError) -> None:
        """Hold and close all connections, so that the file can be replaced."""
        self.hold(cause)
        await self._stop_reopening()
        self.files.expect_writing()
        await self._discard_all()

    def claim_again(self) -> None:
        """Take the file's lock anew after its folder was lost; raises ``AlreadyRunning``."""
        if self._instance is not None:
            self._instance.renew()

    async def replace(self, role: ConnectionRole) -> None:
        """Give up a role's connection; the next use opens a new one."""
        connection = self._slots[role].connection
        if connection is not None:
            await self._discard(role, connection)

    async def close(self) -> None:
        """Close readers, then the writer; safe to call again, and never longer than its deadline."""
        self._closed = True
        await self._stop_reopening()
        await self._discard_all()
        if self._instance is not None:
            self._instance.release()

    async def _stop_reopening(self) -> None:
        for slot in self._slots.values():
            with contextlib.suppress(DatabaseError):
                await ended(slot.reopening)
            slot.reopening = None

    async def _discard_all(self) -> None:
        for role in reversed(ConnectionRole):
            connection = self._slots[role].connection
            if connection is not None:
                await self._discard(role, connection)
        if self._discarding:
            await asyncio.wait(self._discarding)

    def _check_busy_slice(self, slot: _RoleSlot, raw: sqlite3.Connection) -> None:
        """Let an edited wait for another program's lock reach a connection that is open."""
        seconds = self.settings.busy_slice
        if seconds != slot.busy_slice:
            wait = f"PRAGMA busy_timeout={round(seconds * 1000):d}"
            raw.execute(wait).close()
            slot.busy_slice = seconds

    async def _reopened(self, role: ConnectionRole) -> WorkerConnection:
        """Return the role's new connection, or raise ``ConnectionLost`` while it is still being opened."""
        if self._closed:
            raise ManagerClosed("the connections are closed")
        slot = self._slots[role]
        if slot.reopening is None or slot.reopening.done():
            slot.reopening = self._outside.start(self._reopen(role), name=f"reopen-{role}")
        await asyncio.wait({slot.reopening}, timeout=REOPEN_PATIENCE.value)
        if slot.connection is None:
            raise ConnectionLost("the connection is being reopened")
        return slot.connection

    async def _reopen(self, role: ConnectionRole) -> None:
        settings, again = self.settings, bool(self._slots[role].identity)
        policy = AsyncRetrying(
            stop=stop_after_attempt(settings.reopen_attempts),
            wait=wait_exponential(multiplier=settings.reopen_base, max=settings.reopen_cap)
            + wait_random(0, settings.reopen_base / 2),
            retry=retry_if_exception_type(DatabaseError),
        )
        try:
            async for attempt in policy:
                with attempt:
                    number = attempt.retry_state.attempt_number
                    if again or number > 1:
                        logger.bind(lane=role.value, attempt=number).info("connection_reopening")
                    await self._open(role)
        except RetryError as error:
            cause = error.last_attempt.exception()
            lost = ConnectionLost(str(cause), attempts=settings.reopen_attempts)
            log = logger.bind(lane=role.value, attempts=lost.attempts, reference=lost.reference)
            log.bind(cause=str(cause)).error("connection_lost")
            self._overseer.lost(lost)
        else:
            self.reopened += again
            logger.bind(lane=role.value).info("connection_reopened" if again else "connection_opened")

    async def _open(self, role: ConnectionRole) -> None:
        slot = self._slots[role]
        stopwatch = StatementDeadline()

        def connecting() -> sqlite3.Connection:
            settings = self.settings
            slot.busy_slice = settings.busy_slice
            readable = self._readable
            return connect(
                self.path if readable is None else readable.path,
                role,
                settings,
                stopwatch,
                manual_checkpoints=self._manual_checkpoints,
                unwritable=readable is not None and readable.fixed,
                visibility=self._visibility,
            )

        connection, identity = await opened(connecting, self.files, self.settings.close_deadline)
        slot.identity, slot.stopwatch, slot.connection = identity, stopwatch, connection
        slot.watching.enter_context(watched(self.path))

    async def _discard(self, role: ConnectionRole, connection: WorkerConnection) -> None:
        """Close a connection that is given up; whoever comes second leaves that to the first."""
        slot = self._slots[role]
        if slot.connection is not connection:
            return
        slot.connection = None
        watching, slot.watching = slot.watching, contextlib.ExitStack()
        work = close_quietly(connection, self.settings.close_deadline)
        closing = self._outside.start(work, name=f"close-{role}")
        self._discarding.add(closing)
        closing.add_done_callback(self._discarding.discard)
        closing.add_done_callback(lambda _: watching.close())
        await asyncio.shield(closing)

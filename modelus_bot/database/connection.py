"""ConnectionManager: a writer, a batching reader and a reader for long queries, kept usable."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Self, TypeVar

from loguru import logger
from tenacity import AsyncRetrying, RetryError, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.errors import (
    ConnectionLost,
    DatabaseError,
    DatabaseReadOnly,
    FileMoved,
    FileTouched,
    ManagerClosed,
    from_sqlite,
)
from modelus_bot.database.identity import Identity, identity_of, what_moved, written_at
from modelus_bot.database.instance import InstanceLock
from modelus_bot.database.openings import watched
from modelus_bot.database.worker import WorkerConnection, close_quietly

__all__ = ["ConnectionManager", "Lane"]

T = TypeVar("T")

REOPEN_PATIENCE = 0.25
"""Seconds an operation waits for a reopening before it is told that the connection is lost."""


class Lane(StrEnum):
    """The three connections, each with a thread of its own."""

    WRITER = "writer"
    READER = "reader"
    LONG_READER = "long_reader"


class _Stopwatch:
    """The moment a lane's running statement has to stop at, looked at by SQLite's progress handler."""

    __slots__ = ("at",)

    def __init__(self) -> None:
        self.at = float("inf")

    def expired(self) -> int:
        return time.perf_counter() > self.at


class _Slot:
    """One lane's connection and what is known about it."""

    __slots__ = ("busy_slice", "connection", "identity", "reopening", "stopwatch", "watching")

    def __init__(self) -> None:
        self.busy_slice = 0.0
        self.connection: WorkerConnection | None = None
        self.identity: Identity = ()
        self.reopening: asyncio.Task[None] | None = None
        self.stopwatch = _Stopwatch()
        self.watching = contextlib.ExitStack()


class ConnectionManager:
    """Owns the connections to one file: opens, checks before use, reopens, closes.

    ``claim`` takes the file for this process: a second claiming process gets ``AlreadyRunning``.
    """

    def __init__(self, path: Path, settings: DatabaseSettings, *, claim: bool = True) -> None:
        """Remember what to open; ``async with`` opens it."""
        self.path = path
        self.manual_checkpoints = False
        """Whether SQLite leaves checkpoints to somebody who calls for them; read when a connection opens."""
        self._paths = tuple(path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm"))
        self._settings = settings
        self._instance = InstanceLock(path) if claim else None
        self._slots = {lane: _Slot() for lane in Lane}
        self._pid = os.getpid()
        self._closed = False
        self._held: DatabaseError | None = None
        self._discarding: set[asyncio.Task[None]] = set()
        self.reopened = 0
        self.on_lost: Callable[[ConnectionLost], None] = lambda _: None
        self._written_at: int | None = None
        self.on_moved: Callable[[FileMoved | FileTouched], None] | None = None
        """Told when the file is gone or another one; its connections are kept: they still hold the data."""

    def claim(self) -> None:
        """Take the file for this process; raises ``AlreadyRunning`` when another one has it."""
        if self._instance is None:
            return
        try:
            self._instance.acquire()
        except OSError as error:
            denied = error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}
            raise (DatabaseReadOnly if denied else ConnectionLost)(str(error)) from error

    async def open(self) -> None:
        """Open all three connections; the file must exist and be migrated. All or none."""
        self._closed = False
        try:
            for lane in Lane:
                await self._open(lane)
        except BaseException:
            await self._discard_all()
            raise

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
        self, lane: Lane, function: Callable[[sqlite3.Connection], T], *, seconds: float | None = None
    ) -> T:
        """Check the lane's connection and run ``function`` on its thread, in one hop.

        ``seconds`` bounds the statements run (SQLite is interrupted). Failures of the connection
        come out as ``DatabaseError``; whatever else ``function`` raises passes unchanged.
        """
        if os.getpid() != self._pid:
            raise ConnectionLost("connections may not be carried over a fork")
        if self._held is not None:
            raise self._held.for_caller(lane.value, 1)
        slot = self._slots[lane]
        connection = slot.connection or await self._reopened(lane)
        identity, stopwatch = slot.identity, slot.stopwatch

        def hop(raw: sqlite3.Connection) -> T:
            self._check_file(identity)
            self._check_busy_slice(slot, raw)
            stopwatch.at = time.perf_counter() + seconds if seconds is not None else float("inf")
            try:
                result = function(raw)
            finally:
                stopwatch.at = float("inf")
            try:
                self._check_file(identity)
            except DatabaseError as error:
                error.ambiguous = True
                raise
            return result

        try:
            return await connection.run(hop)
        except (sqlite3.Error, sqlite3.Warning, ValueError, DatabaseError) as error:
            failure = ConnectionLost(str(error)) if isinstance(error, ValueError) else from_sqlite(error)
            if isinstance(failure, FileMoved | FileTouched) and self.on_moved is not None:
                self.on_moved(failure)
            elif isinstance(failure, ConnectionLost):
                await self._discard(lane, connection)
            raise failure from (error if failure is not error else error.__cause__)

    def expect_untouched(self) -> None:
        """From now on take any write to the main file for a stranger's; see ``checkpointing``."""
        self._written_at = written_at(self.path)

    @contextlib.contextmanager
    def checkpointing(self, *, by_us: bool) -> Iterator[None]:
        """Let the main file be written to; afterwards nobody may again, unless others checkpoint, too."""
        self._written_at = None
        try:
            yield
        finally:
            if by_us:
                self.expect_untouched()

    def moved(self) -> FileMoved | None:
        """Say whether the file, its -wal or its -shm is not the one that is open."""
        for slot in self._slots.values():
            if slot.connection is not None:
                try:
                    self._check_file(slot.identity)
                except FileMoved as moved:
                    return moved
                except ConnectionLost:
                    continue
        return None

    def apply(self, settings: DatabaseSettings) -> None:
        """Go on with other waits; open connections take theirs over at their next use."""
        self._settings = settings

    async def from_open_handle(self, function: Callable[[sqlite3.Connection], T]) -> T | None:
        """Run ``function`` on the writer's connection wherever its file is now; None without one."""
        connection = self._slots[Lane.WRITER].connection
        return None if connection is None else await connection.run(function)

    def hold(self, cause: DatabaseError) -> None:
        """Refuse every use with ``cause`` until ``release``; after ``ConnectionLost`` the lanes try again."""
        self._held = cause

    def release(self) -> None:
        """Let the lanes go on; connections that were closed meanwhile are opened again at their next use."""
        self._held = None

    async def suspend(self, cause: DatabaseError) -> None:
        """Hold and close all connections, so that the file can be replaced."""
        self.hold(cause)
        await self._stop_reopening()
        self._written_at = None
        await self._discard_all()

    def claim_again(self) -> None:
        """Take the file's lock anew after its folder was lost; raises ``AlreadyRunning``."""
        if self._instance is not None:
            self._instance.renew()

    async def replace(self, lane: Lane) -> None:
        """Give up a lane's connection; the next use opens a new one."""
        connection = self._slots[lane].connection
        if connection is not None:
            await self._discard(lane, connection)

    async def close(self) -> None:
        """Close readers, then the writer; safe to call again, and never longer than its deadline."""
        self._closed = True
        await self._stop_reopening()
        await self._discard_all()
        if self._instance is not None:
            self._instance.release()

    async def _stop_reopening(self) -> None:
        for slot in self._slots.values():
            if slot.reopening is not None:
                slot.reopening.cancel()
                with contextlib.suppress(asyncio.CancelledError, DatabaseError):
                    await slot.reopening
                slot.reopening = None

    async def _discard_all(self) -> None:
        for lane in (Lane.LONG_READER, Lane.READER, Lane.WRITER):
            connection = self._slots[lane].connection
            if connection is not None:
                await self._discard(lane, connection)
        if self._discarding:
            await asyncio.wait(self._discarding)

    def _check_file(self, identity: Identity) -> None:
        """Raise when the files lying there are not those of ``identity``, which a connection has open."""
        try:
            found = identity_of(self._paths)
        except OSError as error:
            raise ConnectionLost(f"the database file cannot be reached: {error.strerror}") from error
        if found != identity and (moved := what_moved(found, identity)):
            raise FileMoved(moved)
        if self._written_at is not None and written_at(self.path) != self._written_at:
            raise FileTouched("the file was written to by somebody else")

    def _check_busy_slice(self, slot: _Slot, raw: sqlite3.Connection) -> None:
        """Let an edited wait for another program's lock reach a connection that is open."""
        seconds = self._settings.busy_slice
        if seconds != slot.busy_slice:
            wait = f"PRAGMA busy_timeout={round(seconds * 1000):d}"
            raw.execute(wait).close()
            slot.busy_slice = seconds

    async def _reopened(self, lane: Lane) -> WorkerConnection:
        """Return the lane's new connection, or raise ``ConnectionLost`` while it is still being opened."""
        if self._closed:
            raise ManagerClosed("the connections are closed")
        slot = self._slots[lane]
        if slot.reopening is None or slot.reopening.done():
            slot.reopening = asyncio.create_task(self._reopen(lane), name=f"reopen-{lane}")
        await asyncio.wait({slot.reopening}, timeout=REOPEN_PATIENCE)
        if slot.connection is None:
            raise ConnectionLost("the connection is being reopened")
        return slot.connection

    async def _reopen(self, lane: Lane) -> None:
        settings = self._settings
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
                    logger.bind(lane=lane.value, attempt=number).info("connection_reopening")
                    await self._open(lane)
        except RetryError as error:
            cause = error.last_attempt.exception()
            lost = ConnectionLost(str(cause), attempts=settings.reopen_attempts)
            log = logger.bind(lane=lane.value, attempts=lost.attempts, reference=lost.reference)
            log.bind(cause=str(cause)).error("connection_lost")
            self.on_lost(lost)
        else:
            self.reopened += 1
            logger.bind(lane=lane.value).info("connection_reopened")

    async def _open(self, lane: Lane) -> None:
        slot = self._slots[lane]
        stopwatch = _Stopwatch()
        found: list[Identity] = []

        def connect() -> sqlite3.Connection:
            with contextlib.suppress(OSError):
                found.append(identity_of(self._paths))
            return self._connect(lane, slot, stopwatch)

        connection = WorkerConnection(connect)
        opening = asyncio.create_task(self._identified(connection, found))
        try:
            identity = await asyncio.shield(opening)
        except BaseException as error:
            await asyncio.wait({opening}, timeout=self._settings.close_deadline)
            if not opening.done():
                opening.cancel()
            elif not opening.cancelled():
                opening.exception()
            await close_quietly(connection, self._settings.close_deadline)
            if isinstance(error, PermissionError):
                raise DatabaseReadOnly(str(error)) from error
            if isinstance(error, sqlite3.Error | OSError):
                raise from_sqlite(error) from error
            raise
        slot.identity, slot.stopwatch, slot.connection = identity, stopwatch, connection
        slot.watching.enter_context(watched(self.path))

    async def _identified(self, connection: WorkerConnection, found: list[Identity]) -> Identity:
        """Open the connection and return which files it has open; ``found`` is what lay there just before."""
        await connection
        identity = await connection.run(lambda _: identity_of(self._paths))
        if not found or found[0][0] != identity[0]:
            raise ConnectionLost("the file was replaced while it was opened")
        return identity

    def _connect(self, lane: Lane, slot: _Slot, stopwatch: _Stopwatch) -> sqlite3.Connection:
        mode = "rw" if lane is Lane.WRITER else "ro"
        slot.busy_slice = self._settings.busy_slice
        raw = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=slot.busy_slice,
            isolation_level=None,
            cached_statements=256,
            check_same_thread=False,
        )
        try:
            for pragma in self._pragmas(lane):
                raw.execute(pragma)
            raw.row_factory = sqlite3.Row
            raw.set_progress_handler(stopwatch.expired, 20_000)
            raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            raw.close()
            raise
        return raw

    def _pragmas(self, lane: Lane) -> tuple[str, ...]:
        common = ("PRAGMA foreign_keys=ON", "PRAGMA cell_size_check=ON")
        if lane is not Lane.WRITER:
            return (*common, "PRAGMA query_only=ON")
        synchronous = {"FULL": "PRAGMA synchronous=FULL", "NORMAL": "PRAGMA synchronous=NORMAL"}
        return (
            *common,
            "PRAGMA journal_mode=WAL",
            synchronous[self._settings.synchronous],
            "PRAGMA journal_size_limit=67108864",
            f"PRAGMA wal_autocheckpoint={0 if self.manual_checkpoints else 1000:d}",
        )

    async def _discard(self, lane: Lane, connection: WorkerConnection) -> None:
        """Close a connection that is given up; whoever comes second leaves that to the first."""
        slot = self._slots[lane]
        if slot.connection is not connection:
            return
        slot.connection = None
        watching, slot.watching = slot.watching, contextlib.ExitStack()
        closing = asyncio.create_task(close_quietly(connection, self._settings.close_deadline))
        self._discarding.add(closing)
        closing.add_done_callback(self._discarding.discard)
        closing.add_done_callback(lambda _: watching.close())
        await asyncio.shield(closing)

"""An aiosqlite connection that runs whole functions, and how it is opened and closed within a deadline."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Generator
from queue import SimpleQueue
from typing import Any, TypeVar

import aiosqlite
from aiosqlite.core import _STOP_RUNNING_SENTINEL, set_exception, set_result
from loguru import logger

from modelus_bot.runtime.tasks import owned
from modelus_bot.runtime.threads import DaemonThread, no_thread, patiently

__all__ = ["StatementDeadline", "WorkerConnection", "close_quietly"]

T = TypeVar("T")

BEGIN_PATIENCE = 5.0
"""Seconds within which a thread that was started has to say that it runs."""


class StatementDeadline:
    """The moment a lane's running statement has to stop at, looked at by SQLite's progress handler."""

    __slots__ = ("_at",)

    def __init__(self) -> None:
        """Start without an end."""
        self._at = float("inf")

    def begin(self, seconds: float | None) -> None:
        """Let statements run for so many seconds from now; None: as long as they take."""
        self._at = time.perf_counter() + seconds if seconds is not None else float("inf")

    def expired(self) -> int:
        """Say whether it is later than that; SQLite then interrupts the statement."""
        return time.perf_counter() > self._at


class WorkerConnection(aiosqlite.Connection):
    """An aiosqlite connection that runs a whole function in one hop to its thread.

    The thread is a daemon: one that hangs in the operating system must not keep the process alive. It
    outlives any failure: an answer for which there is no memory is given as soon as there is.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        """Prepare the thread; awaiting the object opens the connection on it."""
        super().__init__(connector, iter_chunk_size=64)
        self._thread = DaemonThread(_serve, self._tx, name="sqlite")

    def __await__(self) -> Generator[Any, None, aiosqlite.Connection]:
        """Start the thread and open the connection; raises ``OSError`` when there is no thread for it."""
        return self._begin().__await__()

    async def _begin(self) -> aiosqlite.Connection:
        try:
            self._thread.start()
        except OSError:
            self.stop()  # it may begin later all the same
            raise
        begun = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((begun, lambda: None))
        try:
            async with asyncio.timeout(BEGIN_PATIENCE):
                await begun
        except BaseException as error:
            self.stop()
            if isinstance(error, TimeoutError):
                raise no_thread("it did not begin") from error
            raise
        return await self._connect()

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``function(connection)`` on the thread; it runs to its end even if the caller is cancelled."""
        result: T = await self._execute(function, self._conn)  # type: ignore[no-untyped-call]
        return result

    def interrupt_now(self) -> None:
        """Ask the statement that is running, if any, to stop.

        The thread may have closed the connection a moment ago without this one having heard of it.
        """
        if self._connection is not None:
            with contextlib.suppress(sqlite3.ProgrammingError):
                self._connection.interrupt()


def _serve(asked: SimpleQueue[tuple[asyncio.Future[Any] | None, Callable[[], Any]]]) -> None:
    """Call what is asked for, one after the other, until the connection is closed."""
    going = True
    while going:
        future, function = asked.get()
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to who waits
            _tell(future, set_exception, error)
        else:
            going = result is not _STOP_RUNNING_SENTINEL
            _tell(future, set_result, result)
        del future, function


def _tell(future: asyncio.Future[Any] | None, function: Callable[..., None], what: Any) -> None:
    """Answer on the event loop, if it is still there."""
    if future is not None:
        with contextlib.suppress(RuntimeError):
            patiently(future.get_loop().call_soon_threadsafe, function, future, what)


async def close_quietly(connection: WorkerConnection, deadline: float) -> None:
    """Close within ``deadline`` seconds, interrupting what runs; a thread that hangs is left behind."""
    closing = owned(connection.close(), name="connection-closing")
    done, _ = await asyncio.wait({closing}, timeout=deadline)
    if not done:
        connection.interrupt_now()
        done, _ = await asyncio.wait({closing}, timeout=1.0)
    if not done:
        logger.bind(deadline=deadline).error("connection_close_hangs")
        closing.cancel()
    elif (error := closing.exception()) is not None:
        logger.bind(error=str(error)).warning("connection_close_failed")

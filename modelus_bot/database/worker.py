"""An aiosqlite connection that runs whole functions, and how it is closed within a deadline."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from typing import TypeVar

import aiosqlite
from loguru import logger

__all__ = ["WorkerConnection", "close_quietly"]

T = TypeVar("T")


class WorkerConnection(aiosqlite.Connection):
    """An aiosqlite connection that runs a whole function in one hop to its thread.

    The thread is a daemon: one that hangs in the operating system must not keep the process alive.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        """Prepare the thread; awaiting the object opens the connection on it."""
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True

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


async def close_quietly(connection: WorkerConnection, deadline: float) -> None:
    """Close within ``deadline`` seconds, interrupting what runs; a thread that hangs is left behind."""
    closing = asyncio.ensure_future(connection.close())
    done, _ = await asyncio.wait({closing}, timeout=deadline)
    if not done:
        connection.interrupt_now()
        done, _ = await asyncio.wait({closing}, timeout=1.0)
    if not done:
        logger.bind(deadline=deadline).error("connection_close_hangs")
        closing.cancel()
    elif (error := closing.exception()) is not None:
        logger.bind(error=str(error)).warning("connection_close_failed")

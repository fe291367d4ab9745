"""Returning: finds out whether the database works again, and does what comes before anything new."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from modelus_bot.database.availability import Availability
from modelus_bot.database.connection import ConnectionManager, Lane
from modelus_bot.database.continuity import Continuity
from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.probes import probe_read, probe_write
from modelus_bot.database.transaction import TransactionManager

__all__ = ["Returning"]


class Returning:
    """The steps back to normal: space on the disk, an open file, a COMMIT, then everything saved for later.

    ``open_again`` opens the database if that has not worked yet, ``suspect`` hears of every failure,
    ``read`` reads whatever the breakers say.
    """

    def __init__(
        self,
        availability: Availability,
        connections: ConnectionManager,
        transactions: TransactionManager,
        continuity: Continuity | None,
        *,
        open_again: Callable[[], Awaitable[bool]],
        suspect: Callable[[DatabaseError], None],
        read: Callable[..., Awaitable[Any]],
    ) -> None:
        """Take the parts over; ``start`` begins to look."""
        self._availability = availability
        self._connections = connections
        self._transactions = transactions
        self._continuity = continuity
        self._open_again = open_again
        self._suspect = suspect
        self._read = read
        if continuity is not None:
            transactions.on_commit = continuity.changed
            continuity.on_disk_full = functools.partial(availability.failed, availability.writes)
            continuity.on_space = availability.probe_soon

    def start(self) -> None:
        """Look from now on, until the availability is stopped."""
        self._availability.start(self._probe_reads, self._probe_writes, self._look_after)

    async def catch_up(self) -> None:
        """Apply what an earlier run saved; where nothing can be written, that is left to the prober."""
        if self._continuity is None or not self._continuity.journal.unfinished:
            return
        try:
            await self._connections.run(Lane.WRITER, probe_write)
            await self.first_things()
        except DatabaseError as error:
            self._availability.lost_writes(error)

    async def first_things(self) -> None:
        """Apply what was saved for later, before anything new; raises ``DatabaseError``."""
        if self._continuity is not None:
            await self._continuity.come_back(self._transactions.submit, self._read)

    async def _probe_reads(self) -> None:
        await self._open_again()
        await self._connections.run(Lane.READER, probe_read)

    async def _probe_writes(self) -> None:
        try:
            if self._continuity is not None:
                await self._continuity.require_space()
            await self._open_again()
            await self._connections.run(Lane.WRITER, probe_write)
            await self.first_things()
        except DatabaseError as error:
            self._suspect(error)
            raise

    async def _look_after(self) -> None:
        """While everything works, apply what came too late for the last replay."""
        continuity = self._continuity
        if continuity is None or not continuity.owes() or not await self._open_again():
            return
        try:
            await self._connections.run(Lane.WRITER, probe_write)
            await self.first_things()
        except DatabaseError as error:
            continuity.tried(worked=False)
            self._suspect(error)
            self._availability.failed(self._availability.writes, error)
        else:
            continuity.tried(worked=not continuity.journal.unfinished)

"""Reconnection: finds out whether the database works again, and does what comes before anything new."""

from __future__ import annotations

import contextlib
import functools
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from modelus_bot.database.core.audit.entry import AuditEntry, command_entry, restored_entry
from modelus_bot.database.core.audit.retreat import Retreat
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.engine import (
    Availability,
    ConnectionManager,
    ConnectionRole,
    ModeChange,
    TransactionManager,
    probe_read,
    probe_write,
)
from modelus_bot.database.offline.fallback import Fallback

__all__ = ["Reconnection"]

CHANGES = 100
"""How many changes of the mode are remembered until the audit log has them."""


class Reconnection:
    """The steps back to normal: space on the disk, an open file, a COMMIT, then everything saved for later.

    ``open_again`` opens the database if that has not worked yet, ``open_to_read`` if only for reading;
    ``suspect`` hears of every failure; ``read`` reads whatever the breakers say. ``went_back`` has the
    returns to older states that the audit log does not know of yet.
    """

    def __init__(
        self,
        availability: Availability,
        connections: ConnectionManager,
        transactions: TransactionManager,
        fallback: Fallback | None,
        *,
        went_back: deque[Retreat],
        open_again: Callable[[], Awaitable[bool]],
        open_to_read: Callable[[], Awaitable[None]],
        suspect: Callable[[DatabaseError], None],
        read: Callable[..., Awaitable[Any]],
    ) -> None:
        """Take the parts over; ``start`` begins to look."""
        self._availability = availability
        self._connections = connections
        self._transactions = transactions
        self._fallback = fallback
        self._went_back = went_back
        self._changes: deque[ModeChange] = deque(maxlen=CHANGES)
        availability.mode_changed.subscribe(self._changes.append)
        self._open_again = open_again
        self._open_to_read = open_to_read
        self._suspect = suspect
        self._read = read
        if fallback is not None:
            fallback.disk_full.subscribe(functools.partial(availability.failed, availability.writes))
            fallback.room.subscribe(availability.probe_soon)

    def start(self) -> None:
        """Look from now on, until the availability is stopped."""
        self._availability.start(self._probe_reads, self._probe_writes, self._look_after)

    async def catch_up(self) -> None:
        """Apply what an earlier run saved; where nothing can be written, that is left to the prober."""
        if self._fallback is None or not self._fallback.journal.unfinished:
            return
        try:
            await self._connections.run(ConnectionRole.WRITER, probe_write)
            await self.first_things()
        except DatabaseError as error:
            self._availability.lost_writes(error)

    async def first_things(self) -> None:
        """Complete the audit log and apply what was saved for later, before anything new.

        Raises ``DatabaseError`` when the database is away again.
        """
        await self._complete_audit()
        if self._fallback is not None:
            await self._fallback.come_back(self._transactions.enqueue, self._read)

    async def _complete_audit(self) -> None:
        """Put what happened beside the database into its log; what cannot be now waits in the file."""
        fallback = self._fallback
        while fallback is not None and self._went_back:
            one = self._went_back.popleft()
            await fallback.note(restored_entry(one.reached, one.back_to, source=one.source, at=one.at))
        while fallback is not None and self._changes:
            await fallback.note(_entry_of(self._changes.popleft()))
        if self._transactions.audit_due:
            with contextlib.suppress(DatabaseError):
                await self._transactions.merge_audit()

    async def _probe_reads(self) -> None:
        await self._open_to_read()
        await self._connections.run(ConnectionRole.READER, probe_read)

    async def _probe_writes(self) -> None:
        try:
            if self._fallback is not None:
                await self._fallback.require_space()
            await self._open_again()
            await self._connections.run(ConnectionRole.WRITER, probe_write)
            await self._availability.look_for_reads(self._probe_reads)
            await self.first_things()
        except DatabaseError as error:
            self._suspect(error)
            raise

    async def _look_after(self) -> None:
        """While everything works, apply what came too late for the last replay."""
        fallback = self._fallback
        if fallback is None:
            return
        await self._complete_audit()
        if not fallback.owes():
            return
        try:
            await self._connections.run(ConnectionRole.WRITER, probe_write)
            await self.first_things()
        except DatabaseError as error:
            fallback.tried(worked=False)
            self._suspect(error)
            self._availability.failed(self._availability.writes, error)
        else:
            fallback.tried(worked=not fallback.journal.unfinished)


def _entry_of(change: ModeChange) -> AuditEntry:
    reason = change.cause.detail if change.cause is not None else None
    new = {"before": change.before.value, "after": change.after.value}
    return command_entry("database", "mode", at=change.at, reason=reason, new=new)

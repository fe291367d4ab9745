"""TransactionManager: a bounded priority queue in front of the one writer.

No lingering: whatever waits when the writer is free goes out together, a single write at once.
Results are given out only after COMMIT. A write that is queued ends, whatever happens to its caller.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import secrets
import time
from collections.abc import Callable
from typing import Any, Self, TypeVar

from loguru import logger
from tenacity import AsyncRetrying, retry_if_exception, stop_never
from tenacity.wait import wait_random_exponential

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.audit.fallback_log import AuditFile
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import (
    AuditUnwritable,
    ConnectionLost,
    DatabaseBusy,
    DatabaseError,
    ManagerClosed,
    OutOfResources,
    QueueFull,
    StorageFailed,
)
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.operation_event import Recorder
from modelus_bot.database.core.outcome import OperationOutcome
from modelus_bot.database.core.system_errors import as_database_error
from modelus_bot.database.engine.connection import ConnectionManager
from modelus_bot.database.engine.group_commit import AUDIT_TRIES, GroupMember, GroupWriter, Mark, unmarked
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.database.engine.write_queue import WaitingWrite, WriteQueue
from modelus_bot.runtime.tasks import ended, owned
from modelus_bot.runtime.tunables import Pause

__all__ = ["TransactionManager"]

R = TypeVar("R")

RETRY_FIRST = Pause(0.05)
RETRY_CAP = Pause(1.0)
STORAGE_TRIES = 3
SWEEP_EVERY = 0.2
HANG_PATIENCE = 5.0
"""Seconds after the end of the longest transaction in which a thread that hangs is still waited for."""


def nothing_kept() -> None:
    """Take no notice of a COMMIT: nothing is kept that it could make wrong."""


class TransactionManager:
    """Queues writes, commits them in groups, retries what passes, and answers every caller once."""

    def __init__(
        self,
        connections: ConnectionManager,
        settings: DatabaseSettings,
        health: Recorder,
        audit_file: AuditFile | None = None,
        *,
        mark: Mark = unmarked,
        on_commit: Callable[[], None] = nothing_kept,
    ) -> None:
        """Prepare the queue; ``async with`` starts the task that empties it.

        ``audit_file`` takes the audit entries while their table cannot. ``mark`` is told of the newest entry
        after each COMMIT, before anybody hears of it. ``on_commit`` is called after each COMMIT, and after
        one of which nobody knows, before anybody is answered.
        """
        self._connections = connections
        self.settings = settings
        self._waiting = WriteQueue(health)
        self._writer = GroupWriter(audit_file, mark)
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False
        self._serving: asyncio.Task[None] | None = None
        self._sweeper: asyncio.TimerHandle | None = None
        self._making: list[WaitingWrite] = []
        self._on_commit = on_commit
        self._prefix = f"{int(time.time()):x}-{secrets.token_hex(4)}"
        self._numbers = itertools.count(1)

    @property
    def depth(self) -> int:
        """How many writes wait."""
        return self._waiting.depth

    def apply(self, settings: DatabaseSettings) -> None:
        """Go on with other limits and deadlines; writes that wait keep theirs."""
        self.settings = settings

    def head(self) -> tuple[int, str] | None:
        """Return the newest audit link that was committed, as (id, hash in hex); None before the first."""
        head = self._writer.audit.head
        return None if head is None else (head[0], head[1].hex())

    def forget_head(self) -> None:
        """Read the newest link from the file again, which another one may have replaced."""
        self._writer.audit.forget()

    @property
    def audit_due(self) -> bool:
        """Whether ``merge_audit`` has something to do and is worth a try."""
        return self._writer.audit.merge_due

    async def merge_audit(self) -> None:
        """Put the audit entries that wait in the file into the table; raises ``DatabaseError``."""
        await self._connections.run(
            ConnectionRole.WRITER, self._writer.audit.merge, seconds=self.settings.long_read_deadline
        )
        self._on_commit()

    async def __aenter__(self) -> Self:
        """Start the task."""
        self._closing = False
        self._serving = owned(self._serve(), name="writer-lane")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take no more writes, commit those that wait, and stop; bounded by the close deadline."""
        self._closing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.settings.close_deadline):
                await self._idle.wait()
        if self._sweeper is not None:
            self._sweeper.cancel()
        try:
            await ended(self._serving)
        finally:
            self._serving = None
            self._waiting.refuse_all()

    async def submit(
        self, write: Write[R], context: Context, *, preview: bool = False, together: object | None = None
    ) -> R:
        """Queue a write and return its result after COMMIT.

        Cancelling the caller does not stop the write. Raises ``QueueFull`` at once when too many
        wait, ``DeadlineExceeded`` or ``DatabaseBusy`` when it could not be made in time.
        """
        return await self.enqueue(write, context, preview=preview, together=together)

    def enqueue(
        self, write: Write[R], context: Context, *, preview: bool = False, together: object | None = None
    ) -> asyncio.Future[R]:
        """Queue a write and return what will have its result, or what ``submit`` raises.

        For those who queue many at once: a task for each would cost more than the write itself. Writes that
        are ``together``, of one priority and queued one right after the other, share a COMMIT if they are
        not more than a group takes, so that no later one is made when an earlier one could not be.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        refusal = self._refusal(write)
        if refusal is not None:
            future.set_exception(refusal)
            return future
        numbered = context.request_id is None
        if numbered:
            context = context.numbered(f"{self._prefix}-{next(self._numbers)}")
        seconds = context.deadline if context.deadline is not None else self.settings.write_deadline
        member = GroupMember(write, context, numbered, preview)
        self._waiting.add(member, time.perf_counter() + seconds, future, together)
        self._idle.clear()
        self._arrived.set()
        return future

    def _refusal(self, write: Write[Any]) -> DatabaseError | None:
        """Return why no write can be queued now; None when it can."""
        if self._closing or self._serving is None:
            return ManagerClosed("the database is closed")
        if self.depth >= self.settings.queue_limit:
            return QueueFull(f"{self.depth} writes wait", operation=type(write).__name__)
        return None

    async def _serve(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self.depth:
                try:
                    await self._serve_group()
                except Exception as error:  # noqa: BLE001 - the task must outlive any fault of its own
                    logger.opt(exception=error).error("writer_lane_fault")
                    await asyncio.sleep(RETRY_FIRST.value)
            self._idle.set()

    async def _serve_group(self) -> None:
        group = self._making = self._waiting.take(self.settings.group_limit)
        try:
            await self._commit(group)
        except asyncio.CancelledError:
            for entry in group:
                self._waiting.leave(entry)
            raise
        except Exception as error:
            failure = as_database_error(error)
            for entry in group:
                if not entry.future.done():
                    self._waiting.fail(entry, failure, 1)
            raise
        finally:
            self._making = []

    async def _commit(self, group: list[WaitingWrite]) -> None:
        """Commit a group, retrying within its members' deadlines; answers every member."""
        group = self._waiting.expire(group, None)
        if not group:
            return
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(SWEEP_EVERY, self._sweep)
        try:
            self._settle(group, await self._hop(group, 1), 1)
        except DatabaseError as error:
            await self._retry(group, error)

    async def _retry(self, group: list[WaitingWrite], error: DatabaseError) -> None:
        """Try again, later and later, until it works, the failure is permanent, or nobody waits any more."""
        left = group
        pause = wait_random_exponential(multiplier=RETRY_FIRST.value, max=RETRY_CAP.value)
        policy = AsyncRetrying(
            retry=retry_if_exception(lambda failure: isinstance(failure, DatabaseError)),
            wait=lambda state: min(pause(state), _soonest(left)),
            stop=stop_never,
        )
        async for attempt in policy:
            number = attempt.retry_state.attempt_number + 1
            with attempt:
                left = self._give_up(left, error, number - 1)
                if not left:
                    return
                self._waiting.note_retry(left, error, number)
                try:
                    outcomes = await self._hop(left, number)
                except DatabaseError as failure:
                    error = failure
                    raise
                self._settle(left, outcomes, number)

    def _give_up(self, group: list[WaitingWrite], error: DatabaseError, tries: int) -> list[WaitingWrite]:
        """Answer those for whom trying again is pointless or too late; return the others."""
        waits = isinstance(error, DatabaseBusy | ConnectionLost | OutOfResources)
        most = AUDIT_TRIES if isinstance(error, AuditUnwritable) else STORAGE_TRIES
        storage = isinstance(error, StorageFailed) and tries < most
        if waits or storage:
            return self._waiting.expire(group, error, tries)
        for entry in group:
            self._waiting.fail(entry, error, tries)
        return []

    def _settle(self, group: list[WaitingWrite], outcomes: list[OperationOutcome], attempt: int) -> None:
        self._note_commit()
        self._waiting.settle(group, outcomes, attempt)

    def _note_commit(self) -> None:
        """Tell of a COMMIT; that it was made must reach its authors, whatever becomes of this."""
        try:
            self._on_commit()
        except Exception as error:  # noqa: BLE001 - see above
            logger.opt(exception=error).error("commit_not_told")

    def _sweep(self) -> None:
        """Look through the queue for deadlines that passed while the writer was held up."""
        self._sweeper = None
        self._waiting.sweep()
        self._waiting.give_up(self._making, self.settings.long_read_deadline + HANG_PATIENCE)
        if self.depth or not self._idle.is_set():
            loop = asyncio.get_running_loop()
            self._sweeper = loop.call_later(SWEEP_EVERY, self._sweep)

    async def _hop(self, group: list[WaitingWrite], attempt: int) -> list[OperationOutcome]:
        members = [entry.member for entry in group]
        function = functools.partial(self._writer.commit, group=members, attempt=attempt)
        try:
            return await self._connections.run(
                ConnectionRole.WRITER, function, seconds=self.settings.long_read_deadline
            )
        except BaseException as error:
            if not isinstance(error, DatabaseError) or error.ambiguous:
                self._waiting.in_doubt(group)
                self._note_commit()
            raise


def _soonest(entries: list[WaitingWrite]) -> float:
    """Return the seconds until the first of them is due to be answered; never nothing at all."""
    return max(0.01, min(entry.deadline for entry in entries) - time.perf_counter())

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
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from loguru import logger
from tenacity import AsyncRetrying, retry_if_exception, stop_never
from tenacity.wait import wait_random_exponential

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.audit.aside import AuditFile
from modelus_bot.database.connection import ConnectionManager, Lane
from modelus_bot.database.errors import (
    AuditUnwritable,
    ConnectionLost,
    DatabaseBusy,
    DatabaseError,
    DeadlineExceeded,
    ManagerClosed,
    OutcomeUnknown,
    QueueFull,
    StorageFailed,
)
from modelus_bot.database.group import AUDIT_TRIES, GroupWriter, Member
from modelus_bot.database.health import HealthMonitor, OperationEvent
from modelus_bot.database.operation import Context, Priority, Write
from modelus_bot.database.outcome import Outcome, answer, reject

__all__ = ["TransactionManager"]

R = TypeVar("R")

RETRY_FIRST = 0.05
RETRY_CAP = 1.0
STORAGE_TRIES = 3
SWEEP_EVERY = 0.2


@dataclass(slots=True)
class _Entry:
    member: Member
    deadline: float
    future: asyncio.Future[Any]
    submitted: float = field(default_factory=time.perf_counter)
    ambiguous: bool = False
    """Whether COMMIT was asked for and nobody knows what became of it."""


class TransactionManager:
    """Queues writes, commits them in groups, retries what passes, and answers every caller once."""

    def __init__(
        self,
        connections: ConnectionManager,
        settings: DatabaseSettings,
        health: HealthMonitor,
        audit_file: AuditFile | None = None,
    ) -> None:
        """Prepare the queue; ``async with`` starts the lane that empties it.

        ``audit_file`` takes the audit entries while their table cannot.
        """
        self._connections = connections
        self._settings = settings
        self._health = health
        self._queues: dict[Priority, deque[_Entry]] = {priority: deque() for priority in Priority}
        self._writer = GroupWriter(audit_file)
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False
        self._lane: asyncio.Task[None] | None = None
        self._sweeper: asyncio.TimerHandle | None = None
        self.on_commit: Callable[[], None] = lambda: None
        """Called after each COMMIT, and after one of which nobody knows, before anybody is answered."""
        self._prefix = f"{int(time.time()):x}-{secrets.token_hex(4)}"
        self._numbers = itertools.count(1)

    @property
    def depth(self) -> int:
        """How many writes wait."""
        return sum(map(len, self._queues.values()))

    def apply(self, settings: DatabaseSettings) -> None:
        """Go on with other limits and deadlines; writes that wait keep theirs."""
        self._settings = settings

    def head(self) -> tuple[int, str] | None:
        """Return the newest audit link that was committed, as (id, hash in hex); None before the first."""
        head = self._writer.head
        return None if head is None else (head[0], head[1].hex())

    def forget_head(self) -> None:
        """Read the newest link from the file again, which another one may have replaced."""
        self._writer.forget()

    @property
    def audit_due(self) -> bool:
        """Whether ``merge_audit`` has something to do and is worth a try."""
        return self._writer.merge_due

    async def merge_audit(self) -> None:
        """Put the audit entries that wait in the file into the table; raises ``DatabaseError``."""
        await self._connections.run(
            Lane.WRITER, self._writer.merge, seconds=self._settings.long_read_deadline
        )
        self.on_commit()

    async def __aenter__(self) -> Self:
        """Start the lane."""
        self._closing = False
        self._lane = asyncio.create_task(self._serve(), name="writer-lane")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take no more writes, commit those that wait, and stop; bounded by the close deadline."""
        self._closing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.close_deadline):
                await self._idle.wait()
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._lane is not None:
            self._lane.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._lane
            self._lane = None
        for entry in self._drain():
            reject(entry.future, ManagerClosed("the database closed before this write started"))

    async def submit(self, write: Write[R], context: Context, *, preview: bool = False) -> R:
        """Queue a write and return its result after COMMIT.

        Cancelling the caller does not stop the write. Raises ``QueueFull`` at once when too many
        wait, ``DeadlineExceeded`` or ``DatabaseBusy`` when it could not be made in time.
        """
        if self._closing or self._lane is None:
            raise ManagerClosed("the database is closed")
        if self.depth >= self._settings.queue_limit:
            raise QueueFull(f"{self.depth} writes wait", operation=type(write).__name__)
        numbered = context.request_id is None
        if numbered:
            context = context.numbered(f"{self._prefix}-{next(self._numbers)}")
        loop = asyncio.get_running_loop()
        patience = context.deadline if context.deadline is not None else self._settings.write_deadline
        entry = _Entry(
            Member(write, context, numbered, preview), time.perf_counter() + patience, loop.create_future()
        )
        self._queues[write.priority].append(entry)
        self._idle.clear()
        self._arrived.set()
        result: R = await entry.future
        return result

    async def _serve(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while group := self._take():
                try:
                    await self._commit(group)
                except asyncio.CancelledError:
                    for entry in group:
                        self._leave(entry)
                    raise
                except Exception as error:  # noqa: BLE001 - the lane must outlive any fault of its own
                    logger.opt(exception=error).error("writer_lane_fault")
                    for entry in group:
                        reject(entry.future, error)
            self._idle.set()

    def _take(self) -> list[_Entry]:
        group: list[_Entry] = []
        limit = self._settings.group_limit
        for waiting in self._queues.values():
            while waiting and len(group) < limit:
                group.append(waiting.popleft())
        return group

    def _drain(self) -> list[_Entry]:
        entries = [entry for waiting in self._queues.values() for entry in waiting]
        for waiting in self._queues.values():
            waiting.clear()
        return entries

    async def _commit(self, group: list[_Entry]) -> None:
        """Commit a group, retrying within its members' deadlines; answers every member."""
        group = self._expire(group, None)
        if not group:
            return
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(SWEEP_EVERY, self._sweep)
        try:
            self._settle(group, await self._hop(group, 1), 1)
        except DatabaseError as error:
            await self._retry(group, error)

    async def _retry(self, group: list[_Entry], error: DatabaseError) -> None:
        """Try again, later and later, until it works, the failure is permanent, or nobody waits any more."""
        left = group
        pause = wait_random_exponential(multiplier=RETRY_FIRST, max=RETRY_CAP)
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
                self._note_retry(left, error, number)
                try:
                    outcomes = await self._hop(left, number)
                except DatabaseError as failure:
                    error = failure
                    raise
                self._settle(left, outcomes, number)

    def _give_up(self, group: list[_Entry], error: DatabaseError, tries: int) -> list[_Entry]:
        """Answer those for whom trying again is pointless or too late; return the others."""
        waits = isinstance(error, DatabaseBusy | ConnectionLost)
        most = AUDIT_TRIES if isinstance(error, AuditUnwritable) else STORAGE_TRIES
        storage = isinstance(error, StorageFailed) and tries < most
        if waits or storage:
            return self._expire(group, error, tries)
        for entry in group:
            self._fail(entry, error, tries)
        return []

    async def _hop(self, group: list[_Entry], attempt: int) -> list[Outcome]:
        members = [entry.member for entry in group]
        function = functools.partial(self._writer.commit, group=members, attempt=attempt)
        try:
            return await self._connections.run(
                Lane.WRITER, function, seconds=self._settings.long_read_deadline
            )
        except (DatabaseError, asyncio.CancelledError) as error:
            if not isinstance(error, DatabaseError) or error.ambiguous:
                for entry in group:
                    entry.ambiguous = not entry.member.preview
                self.on_commit()
            raise

    def _settle(self, group: list[_Entry], outcomes: list[Outcome], attempt: int) -> None:
        self._health.group_committed(len(group))
        self.on_commit()
        for entry, outcome in zip(group, outcomes, strict=True):
            answer(entry.future, outcome)
        for entry, outcome in zip(group, outcomes, strict=True):
            self._record(entry, outcome, attempt, len(group))

    def _expire(self, entries: list[_Entry], cause: DatabaseError | None, tries: int = 1) -> list[_Entry]:
        """Answer those whose deadline has passed; return the others."""
        now = time.perf_counter()
        left = []
        for entry in entries:
            if entry.deadline > now:
                left.append(entry)
            else:
                self._fail(entry, cause or DeadlineExceeded("waited too long for the writer"), tries)
        return left

    def _sweep(self) -> None:
        """Look through the queue for deadlines that passed while the writer was held up."""
        self._sweeper = None
        for priority, waiting in self._queues.items():
            if waiting:
                self._queues[priority] = deque(self._expire(list(waiting), None))
        if self.depth or not self._idle.is_set():
            loop = asyncio.get_running_loop()
            self._sweeper = loop.call_later(SWEEP_EVERY, self._sweep)

    def _fail(self, entry: _Entry, error: DatabaseError, attempts: int) -> None:
        """Answer one caller with an error of its own, so that each has its own reference code."""
        operation = type(entry.member.write).__name__
        if entry.ambiguous:
            own: DatabaseError = OutcomeUnknown(error.detail, operation=operation, attempts=attempts)
            own.__cause__ = error
        else:
            own = error.for_caller(operation, attempts)
        self._record(entry, Outcome(error=own), attempts, 1)
        reject(entry.future, own)

    def _leave(self, entry: _Entry) -> None:
        """Answer a caller whose write is still being made while the database closes."""
        if entry.ambiguous:
            reject(entry.future, OutcomeUnknown("the database closed while this write was being made"))
        else:
            reject(entry.future, ManagerClosed("the database closed before this write was made"))

    def _note_retry(self, group: list[_Entry], error: DatabaseError, attempt: int) -> None:
        self._health.retried(len(group))
        logger.bind(
            attempt=attempt,
            writes=len(group),
            operations=sorted({type(entry.member.write).__name__ for entry in group}),
            code=error.code_name,
            error=error.detail,
        ).info("write_retried")

    def _record(self, entry: _Entry, outcome: Outcome, attempt: int, group: int) -> None:
        member = entry.member
        self._health.record(
            OperationEvent(
                kind="preview" if member.preview else "write",
                operation=member.write,
                seconds=time.perf_counter() - entry.submitted,
                ran=outcome.seconds,
                statements=outcome.statements,
                rows=outcome.rows,
                attempt=attempt,
                group=group,
                repeated=outcome.repeated,
                error=outcome.error,
                request_id=member.context.request_id,
                actor=member.context.actor,
                steps=outcome.steps,
            )
        )


def _soonest(entries: list[_Entry]) -> float:
    """Return the seconds until the first of them is due to be answered; never nothing at all."""
    return max(0.01, min(entry.deadline for entry in entries) - time.perf_counter())

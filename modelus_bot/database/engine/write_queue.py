"""Writes that wait: first by priority, then in order, until their deadline; each is answered once."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from loguru import logger

from modelus_bot.database.core.errors import DatabaseError, DeadlineExceeded, ManagerClosed, OutcomeUnknown
from modelus_bot.database.core.operation import Priority
from modelus_bot.database.core.operation_event import OperationEvent, Recorder
from modelus_bot.database.core.outcome import OperationOutcome, answer, reject
from modelus_bot.database.engine.group_commit import GroupMember

__all__ = ["WaitingWrite", "WriteQueue"]


@dataclass(slots=True)
class WaitingWrite:
    """A write, when its caller gives up (of ``perf_counter``), and where the answer goes.

    ``together`` is the same object for writes of which none is made in a later COMMIT than another.
    ``ambiguous`` says that COMMIT was asked for and nobody knows what became of it.
    """

    member: GroupMember
    deadline: float
    future: asyncio.Future[Any]
    together: object | None = None
    submitted: float = field(default_factory=time.perf_counter)
    ambiguous: bool = False


class WriteQueue:
    """The queue before the writer, and how those who wait in it hear what became of their writes."""

    def __init__(self, health: Recorder) -> None:
        """Start with none; ``health`` is told of every answer."""
        self._health = health
        self._queues: dict[Priority, deque[WaitingWrite]] = {priority: deque() for priority in Priority}

    @property
    def depth(self) -> int:
        """How many wait."""
        return sum(map(len, self._queues.values()))

    def add(
        self,
        member: GroupMember,
        deadline: float,
        future: asyncio.Future[Any],
        together: object | None = None,
    ) -> None:
        """Let a write wait behind the others of its priority."""
        self._queues[member.write.priority].append(WaitingWrite(member, deadline, future, together))

    def take(self, limit: int) -> list[WaitingWrite]:
        """Return those that go next, at most ``limit``; they wait no more.

        Those that belong together, of one priority and queued one right after the other, wait for the next
        group if not all of them fit, unless they alone are too many.
        """
        group: list[WaitingWrite] = []
        for waiting in self._queues.values():
            while waiting and len(group) < limit:
                group.append(waiting.popleft())
        divided = {queue[0].together for queue in self._queues.values() if queue} - {None}
        first = next((place for place, item in enumerate(group) if item.together in divided), 0)
        for item in reversed(group[first:] if first else ()):
            self._queues[item.member.write.priority].appendleft(item)
        return group[:first] if first else group

    def refuse_all(self) -> None:
        """Answer all that wait: the database closes."""
        for waiting in self._queues.values():
            while waiting:
                closed = ManagerClosed("the database closed before this write started")
                reject(waiting.popleft().future, closed)

    def sweep(self) -> None:
        """Answer those whose deadline has passed in the queue."""
        for priority, waiting in self._queues.items():
            if waiting:
                self._queues[priority] = deque(self.expire(list(waiting), None))

    def give_up(self, group: list[WaitingWrite], seconds: float) -> None:
        """Answer those who have waited for so long that the thread which makes their writes must hang."""
        now = time.perf_counter()
        for entry in group:
            if now - entry.submitted > seconds and not entry.future.done():
                self.in_doubt([entry])
                self.fail(entry, DeadlineExceeded("the writer does not answer"), 1)

    def in_doubt(self, group: list[WaitingWrite]) -> None:
        """Note that nobody knows whether these were made; what was only tried out was not."""
        for entry in group:
            entry.ambiguous = not entry.member.preview

    def settle(self, group: list[WaitingWrite], outcomes: list[OperationOutcome], attempt: int) -> None:
        """Answer every writer of a group that was committed at this attempt."""
        self._health.group_committed(len(group))
        for entry, outcome in zip(group, outcomes, strict=True):
            answer(entry.future, outcome)
        for entry, outcome in zip(group, outcomes, strict=True):
            self._record(entry, outcome, attempt, len(group))

    def expire(
        self, entries: list[WaitingWrite], cause: DatabaseError | None, tries: int = 1
    ) -> list[WaitingWrite]:
        """Answer those whose deadline has passed; return the others."""
        now = time.perf_counter()
        left = []
        for entry in entries:
            if entry.deadline > now:
                left.append(entry)
            else:
                self.fail(entry, cause or DeadlineExceeded("waited too long for the writer"), tries)
        return left

    def fail(self, entry: WaitingWrite, error: DatabaseError, attempts: int) -> None:
        """Answer one caller with an error of its own, so that each has its own reference code."""
        operation = type(entry.member.write).__name__
        if entry.ambiguous:
            own: DatabaseError = OutcomeUnknown(error.detail, operation=operation, attempts=attempts)
            own.__cause__ = error
        else:
            own = error.for_caller(operation, attempts)
        reject(entry.future, own)
        self._record(entry, OperationOutcome(error=own), attempts, 1)

    def leave(self, entry: WaitingWrite) -> None:
        """Answer a caller whose write is still being made while the database closes."""
        if entry.ambiguous:
            reject(entry.future, OutcomeUnknown("the database closed while this write was being made"))
        else:
            reject(entry.future, ManagerClosed("the database closed before this write was made"))

    def note_retry(self, group: list[WaitingWrite], error: DatabaseError, attempt: int) -> None:
        """Note that a group is tried again, for the figures and the log."""
        self._health.retried(len(group))
        logger.bind(
            attempt=attempt,
            writes=len(group),
            operations=sorted({type(entry.member.write).__name__ for entry in group}),
            code=error.code_name,
            error=error.detail,
        ).info("write_retried")

    def _record(self, entry: WaitingWrite, outcome: OperationOutcome, attempt: int, group: int) -> None:
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

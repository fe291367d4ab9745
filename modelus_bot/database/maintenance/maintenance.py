"""Maintenance: does its tasks one after the other, one run at a time, while the database is used."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from loguru import logger

from modelus_bot.clock.clock import Clock
from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.audit.fallback_log import audit_path
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError, ManagerClosed
from modelus_bot.database.core.operation import Write
from modelus_bot.database.engine import ConnectionManager, ConnectionRole
from modelus_bot.database.maintenance.facts import FileFacts, measured, pages_of
from modelus_bot.database.maintenance.optimize import Optimise, ShrinkLog, optimise
from modelus_bot.database.maintenance.pruning import PruneTask, Pruning
from modelus_bot.database.maintenance.run_request import (
    GivenUp,
    Result,
    RunReport,
    RunRequest,
    TaskOutcome,
    Trigger,
)
from modelus_bot.database.maintenance.searches import Searches
from modelus_bot.database.maintenance.task_context import Interruptible, Log, Task, TaskContext
from modelus_bot.database.maintenance.vacuum import Vacuum, worth_it
from modelus_bot.runtime.tasks import owned

__all__ = ["Maintenance"]

Tell = Callable[[str], None]

NEAR_LIMIT_PAUSE = 6 * 3600.0
"""Seconds between two clean-ups of a file that stays near its limit."""


class WritesWaiting(Protocol):
    """The queue of writes."""

    @property
    def depth(self) -> int:
        """How many wait."""


class LogMover(Protocol):
    """Who knows who moves the -wal into the main file."""

    @property
    def log_mover(self) -> Log | None:
        """Who of ours does; None while that is somebody else."""


class RequestJournal(Protocol):
    """Where requests wait for the database."""

    def request_ids(self) -> Collection[str]:
        """Return their ids."""


class Maintenance:
    """Prunes, renews statistics, rewrites the file and shrinks its log, each when it is due.

    ``write`` and ``read`` are the database's own. ``mover`` knows who moves the -wal, ``journal`` which
    requests will be asked for again: their rows are not pruned.
    """

    def __init__(
        self,
        path: Path,
        connections: ConnectionManager,
        *,
        write: Callable[[Write[Any], Context], Awaitable[Any]],
        read: Callable[..., Awaitable[Any]],
        writes: WritesWaiting,
        mover: LogMover | None,
        journal: RequestJournal | None,
        write_deadline: float,
        clock: Clock,
    ) -> None:
        """Take over how to reach the database; nothing is done yet."""
        self._path = path
        self._connections = connections
        self._write = write
        self._read = read
        self._writes = writes
        self._mover = mover
        self._journal = journal
        self._write_deadline = write_deadline
        self._clock = clock
        self._turn = asyncio.Lock()
        self._current: asyncio.Task[RunReport] | None = None
        self._running: Interruptible | None = None
        self._step = ""
        self._closed = False
        self._wanted: Trigger | None = None
        self._near_limit_at: float | None = None
        self.last: RunReport | None = None

    def apply(self, settings: DatabaseSettings) -> None:
        """Go on with an edited deadline of writes, which is what others may have to wait."""
        self._write_deadline = settings.write_deadline

    @property
    def step(self) -> str:
        """What is being done right now, in words; empty while nothing is."""
        return self._step

    def near_limit(self, file_bytes: int, limit_bytes: int) -> None:
        """Ask for an early clean-up, since the file is near its limit; asking again soon does nothing."""
        now = time.monotonic()
        if self._near_limit_at is not None and now - self._near_limit_at < NEAR_LIMIT_PAUSE:
            return
        self._near_limit_at = now
        self._wanted = Trigger.NEAR_LIMIT
        logger.bind(bytes=file_bytes, limit=limit_bytes).warning("database_near_limit")

    def wanted(self) -> Trigger | None:
        """Return what was asked for since the last call, for whoever runs maintenance by the clock."""
        wanted, self._wanted = self._wanted, None
        return wanted

    async def facts(self) -> FileFacts:
        """Measure the file and what is around it; raises ``DatabaseError``."""
        counted = await self._connections.run(ConnectionRole.LONG_READER, pages_of)
        return await asyncio.to_thread(
            measured,
            self._path,
            counted,
            waiting=self._writes.depth,
            others_checkpoint=self._log() is None,
            write_timeout=self._write_deadline,
            trail_waits=await asyncio.to_thread(_has_content, audit_path(self._path)),
        )

    def _log(self) -> Log | None:
        return self._mover.log_mover if self._mover is not None else None

    def _repeatable(self) -> Collection[str]:
        return self._journal.request_ids() if self._journal is not None else ()

    async def needed(self) -> bool:
        """Say whether the file is worth rewriting, so that maintenance need not wait for the clock."""
        return worth_it(await self.facts(), RunRequest(Trigger.NEED))

    async def optimise(self) -> int:
        """Renew SQLite's statistics alone, as after a migration; returns how many changed."""
        return await self._connections.run(ConnectionRole.WRITER, optimise, seconds=self._write_deadline / 2)

    async def run(
        self,
        order: RunRequest,
        context: Context,
        prunings: Sequence[Pruning] = (),
        *,
        tell: Tell = lambda _: None,
    ) -> RunReport:
        """Do what is due on behalf of ``context``; a run that is under way is waited for first.

        One task's failure does not keep the next from its turn. Raises ``DatabaseError`` when the file
        cannot even be looked at, ``ManagerClosed`` when the database closes meanwhile.
        """
        async with self._turn:
            if self._closed:
                raise ManagerClosed("the database is closed")
            self._running = Interruptible()
            work = self._run(order, context, prunings, tell, self._running)
            self._current = owned(work, name="maintenance")
            try:
                self.last = await self._current
            except asyncio.CancelledError:
                self._stop()
                await asyncio.wait({self._current})
                caller = asyncio.current_task()
                if caller is not None and not caller.cancelling():
                    raise ManagerClosed("maintenance was stopped") from None
                raise
            finally:
                self._current, self._running, self._step = None, None, ""
            return self.last

    async def close(self) -> None:
        """Stop what is being done, in the middle if need be: nothing is left half done."""
        self._closed = True
        current = self._current
        if current is not None:
            self._stop()
            await asyncio.wait({current})

    def _stop(self) -> None:
        if self._running is not None:
            self._running.stop()
        if self._current is not None:
            self._current.cancel()

    async def _run(
        self,
        order: RunRequest,
        context: Context,
        prunings: Sequence[Pruning],
        tell: Tell,
        running: Interruptible,
    ) -> RunReport:
        started = time.perf_counter()
        tasks: list[Task] = [*map(PruneTask, prunings), Searches(), Optimise(), Vacuum(), ShrinkLog()]

        def say(step: str) -> None:
            self._step = step
            tell(step)

        async def write(item: Write[Any]) -> Any:
            return await self._write(item, replace(context, request_id=None, at=int(self._clock())))

        results = []
        for task in tasks:
            facts, run = await self.facts(), self._connections.run
            work = TaskContext(
                facts, run, self._read, write, self._log, self._repeatable, say, running, self._clock
            )
            results.append(await _done(task, work, order))
        report = RunReport(order, tuple(results), time.perf_counter() - started)
        log = logger.bind(why=order.why.value, seconds=round(report.seconds, 2), results=list(report.lines))
        log.log("INFO" if report.ok else "WARNING", "maintenance_done")
        return report


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


async def _done(task: Task, work: TaskContext, order: RunRequest) -> Result:
    """Decide about a task and do it; its failure is its result, and the next task has its turn."""
    decision = task.decide(work.facts, order)
    if not decision.due:
        outcome = TaskOutcome.REFUSED if decision.refused else TaskOutcome.NOT_DUE
        return Result(task.name, outcome, decision.because)
    try:
        words = await task.run(work, order)
    except ManagerClosed:
        raise
    except GivenUp as reason:
        return Result(task.name, TaskOutcome.REFUSED, str(reason))
    except DatabaseError as error:
        logger.bind(task=task.name, reference=error.reference, error=error.detail).warning(
            "maintenance_failed"
        )
        return Result(task.name, TaskOutcome.FAILED, f"{error.user_message} Reference {error.reference}.")
    return Result(task.name, TaskOutcome.DONE, words)

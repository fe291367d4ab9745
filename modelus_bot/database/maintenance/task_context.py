"""TaskContext: how a maintenance task reaches the database, its writer's thread, and who waits for it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from modelus_bot.clock.clock import Clock
from modelus_bot.database.core.errors import DatabaseBusy, ManagerClosed
from modelus_bot.database.core.operation import Write
from modelus_bot.database.engine import ConnectionRole
from modelus_bot.database.maintenance.facts import FileFacts
from modelus_bot.database.maintenance.run_request import RunRequest, TaskDecision

__all__ = ["Interruptible", "Log", "Task", "TaskContext"]

T = TypeVar("T")

BUSY_TRIES = 20
BUSY_PAUSE = 0.1
"""Seconds between two tries while another program has the file locked; others write meanwhile."""

BREATH = 0.01
"""Seconds between two batches, in which others' writes go first."""


class Run(Protocol):
    """How a function gets to a role's connection: ``ConnectionManager.run``."""

    def __call__(
        self,
        role: ConnectionRole,
        function: Callable[[sqlite3.Connection], T],
        *,
        seconds: float | None = None,
    ) -> Awaitable[T]:
        """Run it there."""
        ...


class Log(Protocol):
    """Who gives the -wal's space back: a ``Checkpointer``."""

    async def shrink(self) -> tuple[bool, int]:
        """Move everything; returns whether that was possible, and the bytes left."""
        ...


class Interruptible:
    """Lets another thread stop what the writer's thread runs for maintenance, and nothing else."""

    def __init__(self) -> None:
        """Nothing runs."""
        self._guard = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._stopped = False

    def run(self, function: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection) -> T:
        """Run ``function`` so that ``stop`` ends it; raises ``ManagerClosed`` after that."""
        with self._guard:
            if self._stopped:
                raise ManagerClosed("maintenance was stopped")
            self._connection = connection
        try:
            return function(connection)
        finally:
            with self._guard:
                self._connection = None

    def stop(self) -> None:
        """End what runs, and refuse everything after it."""
        with self._guard:
            self._stopped = True
            if self._connection is not None:
                self._connection.interrupt()


@dataclass(slots=True)
class TaskContext:
    """What the tasks of one run share. ``facts`` are those of the moment that the task was decided about.

    ``log`` returns who moves the -wal's content into the file, None while that is nobody of ours.
    ``repeatable`` returns the ids of requests that wait in the journal and will be asked for again.
    """

    facts: FileFacts
    run_on: Run
    read: Callable[..., Awaitable[Any]]
    write_one: Callable[[Write[Any]], Awaitable[Any]]
    log: Callable[[], Log | None]
    repeatable: Callable[[], Collection[str]]
    tell: Callable[[str], None]
    running: Interruptible = field(default_factory=Interruptible)
    clock: Clock = field(default_factory=Clock)

    async def write(self, write: Write[int]) -> int:
        """Make a write and return its result."""
        return int(await self.write_one(write))

    async def on_writer(
        self, function: Callable[[sqlite3.Connection], T], *, seconds: float | None = None
    ) -> T:
        """Run ``function`` on the writer's thread, where nobody else writes; ``seconds`` bound it.

        Another program's lock, such as that of the archive's checkpoint, is tried again a few times.
        """
        tries = 0
        while True:
            tries += 1
            try:
                return await self.run_on(
                    ConnectionRole.WRITER,
                    lambda connection: self.running.run(function, connection),
                    seconds=seconds,
                )
            except DatabaseBusy:
                if tries == BUSY_TRIES:
                    raise
            await asyncio.sleep(BUSY_PAUSE)

    async def breathe(self) -> None:
        """Let others go first."""
        await asyncio.sleep(BREATH)


class Task(Protocol):
    """One piece of maintenance: ``decide`` is pure, ``run`` does it and returns what came of it in words."""

    name: str
    why: str

    def decide(self, facts: FileFacts, order: RunRequest) -> TaskDecision:
        """Say whether to do it now."""
        ...

    async def run(self, work: TaskContext, order: RunRequest) -> str:
        """Do it; raises ``DatabaseError``, or ``GivenUp`` when it had to be undone."""
        ...

"""One copy at a time; who asks for one of a kind that still waits for its turn gets that one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from modelus_bot.database.backup.failures import Stopping
from modelus_bot.runtime.tasks import Outside

if TYPE_CHECKING:
    from modelus_bot.database.core.child_process import Report

__all__ = ["Turns"]

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class _Shared(Generic[T]):
    """Work that several callers wait for."""

    def __init__(self) -> None:
        self.task: asyncio.Task[T] | None = None
        self._callers = 0
        self._listeners: list[Report] = []

    def tell(self, progress: dict[str, Any]) -> None:
        for listener in self._listeners:
            listener(progress)

    async def wait(self, on_progress: Report | None) -> T:
        """Wait for the result; the work is given up when the last one who waits is cancelled."""
        assert self.task is not None  # noqa: S101 - it is begun before anybody waits
        self._callers += 1
        if on_progress is not None:
            self._listeners.append(on_progress)
        try:
            return await asyncio.shield(self.task)
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if self.task.cancelled() and caller is not None and not caller.cancelling():
                raise Stopping("the copy was given up because the bot stops") from None
            if self._callers == 1:
                await _stopped(self.task)
            raise
        finally:
            self._callers -= 1
            if on_progress is not None:
                self._listeners.remove(on_progress)


class Turns(Generic[K, T]):
    """Runs pieces of work one after the other, in tasks of their own.

    A caller may share work that was asked for before but has not begun: what it finds is then as new
    as what the caller would have found itself.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting: dict[K, _Shared[T]] = {}
        self._outside = Outside()
        self._tasks: set[asyncio.Task[T]] = set()

    async def run(
        self, key: K, work: Callable[[Report], Awaitable[T]], on_progress: Report | None = None
    ) -> T:
        """Wait for the turn and for ``work``, or for work with the same ``key`` that has not begun."""
        shared = self._waiting.get(key)
        if shared is None:
            shared = self._waiting[key] = _Shared()
            shared.task = self._outside.start(self._in_turn(key, shared, work), name=f"backup-{key}")
            self._tasks.add(shared.task)
            shared.task.add_done_callback(self._done)
        elif on_progress is not None:
            on_progress({"step": "waiting"})
        return await shared.wait(on_progress)

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Do something while no work runs."""
        async with self._turn:
            yield

    async def stop(self) -> None:
        """Give up all work that runs or waits, and wait until that is done."""
        for task in tuple(self._tasks):
            await _stopped(task)

    async def _in_turn(self, key: K, shared: _Shared[T], work: Callable[[Report], Awaitable[T]]) -> T:
        try:
            if self._turn.locked():
                await asyncio.sleep(0)
                shared.tell({"step": "waiting"})
            async with self._turn:
                self._waiting.pop(key, None)
                return await work(shared.tell)
        finally:
            if self._waiting.get(key) is shared:
                del self._waiting[key]

    def _done(self, task: asyncio.Task[T]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()


async def _stopped(task: asyncio.Task[T]) -> None:
    task.cancel()
    await asyncio.wait({task})

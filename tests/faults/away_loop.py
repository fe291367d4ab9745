"""How long the event loop was held by single steps of its tasks, and whose they were."""

from __future__ import annotations

import asyncio
import contextlib
import time
from asyncio import events
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Held", "Holder", "watched_loop"]

SLEEP = 0.005


@dataclass(frozen=True, order=True)
class Holder:
    """One step: seconds until it let go, seconds of them in which it really worked, and whose it was."""

    seconds: float
    worked: float
    who: str


@dataclass
class Held:
    """The longest steps since it was last asked, and how late a task was that wants to run every 5 ms.

    It may be late without any long step: threads share the interpreter, programs the processors.
    """

    longest: list[Holder] = field(default_factory=list)
    late: float = 0.0

    def take(self) -> tuple[float, list[Holder]]:
        """Return the lateness in seconds and the longest steps, longest first, and begin anew."""
        found, late = sorted(self.longest, reverse=True)[:5], self.late
        self.longest, self.late = [], 0.0
        return late, found

    async def sleep_on(self) -> None:
        """Be the task that wants to run every 5 ms."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(SLEEP)
            self.late = max(self.late, time.perf_counter() - began - SLEEP)


@asynccontextmanager
async def watched_loop() -> AsyncIterator[Held]:
    """Time every step of the event loop in this thread."""
    held = Held()
    sleeping = asyncio.create_task(held.sleep_on())
    run = events.Handle._run

    def timed(handle: Any) -> None:
        began, worked = time.perf_counter(), time.thread_time()
        run(handle)
        seconds = time.perf_counter() - began
        if seconds > 0.005:
            held.longest.append(Holder(seconds, time.thread_time() - worked, _who(handle)))

    events.Handle._run = timed  # type: ignore[method-assign]
    try:
        yield held
    finally:
        sleeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sleeping
        events.Handle._run = run  # type: ignore[method-assign]


def _who(handle: Any) -> str:
    owner = getattr(handle._callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        coroutine = owner.get_coro()
        return f"{owner.get_name()}: {getattr(coroutine, '__qualname__', coroutine)}"
    return getattr(handle._callback, "__qualname__", repr(handle._callback))

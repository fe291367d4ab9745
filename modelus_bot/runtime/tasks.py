"""How a task that outlives whoever asked for it is started, and how the owner of a task ends it."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ["Outside", "ended", "owned"]

T = TypeVar("T")

_RUNNING: set[asyncio.Task[Any]] = set()


class Outside:
    """Starts tasks where it was made itself, and not inside the request that asks for them.

    A task keeps the surroundings (``contextvars``) that it was started in: those of a person's interaction,
    say, which whoever looks after interactions then takes for unfinished as long as the task lives.
    """

    def __init__(self) -> None:
        """Keep the present surroundings; to be made where the program is built, before anybody asks."""
        self._context = contextvars.copy_context()

    def start(self, work: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        """Start a task that goes on when whoever asks for it has been answered."""
        return self._context.copy().run(owned, work, name=name)


def owned(work: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
    """Start a task that its caller keeps, and awaits or ends; it has the caller's surroundings.

    What goes on after its caller is started by ``Outside``. Python itself keeps no hold of a task, so one
    that nobody else holds could vanish in the middle: here each is held until it is over.
    """
    task = asyncio.create_task(work, name=name)
    _RUNNING.add(task)
    task.add_done_callback(_RUNNING.discard)
    return task


async def ended(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancel tasks and return once all are over; None stands for one that was never started.

    What a task raised instead comes out. A caller that is cancelled meanwhile is cancelled: whoever
    awaits a task and suppresses ``CancelledError`` takes its own cancellation for the end of the task.
    """
    ending = [task for task in tasks if task is not None]
    for task in ending:
        task.cancel()
    if ending:
        await asyncio.wait(ending)
    for task in ending:
        if not task.cancelled():
            task.result()

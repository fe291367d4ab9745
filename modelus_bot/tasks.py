"""How the owner of a task ends it."""

from __future__ import annotations

import asyncio
from typing import Any

__all__ = ["ended"]


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

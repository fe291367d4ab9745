"""The desk: who is being answered, and closing it without leaving anybody standing."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from loguru import logger

__all__ = ["Desk"]


class Desk:
    """Knows the tasks that answer somebody.

    Each begins with ``enter``. Once ``closing``, newcomers are only told so.
    """

    def __init__(self) -> None:
        """Open, with nobody there."""
        self.closing = False
        self._tasks: set[asyncio.Task[Any]] = set()

    def open(self) -> None:
        """Take people again."""
        self.closing = False

    def enter(self) -> None:
        """Count the present task as answering somebody until it ends."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self, patience: float) -> None:
        """Take nobody new and wait until everybody has their answer, for ``patience`` seconds at most."""
        self.closing = True
        until = time.monotonic() + patience
        while waiting := self._others():
            left = until - time.monotonic()
            if left <= 0:
                logger.bind(people=len(waiting), seconds=patience).warning("answers_cut_off")
                return
            await asyncio.wait(waiting, timeout=left)

    def _others(self) -> set[asyncio.Task[Any]]:
        return self._tasks - {asyncio.current_task()}

"""ChangeCounter: how often the data changed, for whoever keeps what a change makes stale."""

from __future__ import annotations

import asyncio

__all__ = ["ChangeCounter"]


class ChangeCounter:
    """Counts COMMITs, and files that take another one's place; on the event loop's thread.

    Who keeps something remembers the ``count`` of which it is right, and compares. A change is counted before
    anybody hears that it was made.
    """

    def __init__(self) -> None:
        """Start with none."""
        self.count = 0
        self._counted = asyncio.Event()

    def add(self) -> None:
        """Count one."""
        self.count += 1
        self._counted.set()

    async def beyond(self, count: int) -> None:
        """Wait until there were more than ``count``; for one who waits at a time."""
        while self.count <= count:
            self._counted.clear()
            await self._counted.wait()

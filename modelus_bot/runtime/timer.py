"""Timer: a wait between two turns of something regular, cut short when its settings are edited."""

from __future__ import annotations

import asyncio

__all__ = ["Timer"]


class Timer:
    """Waits for one task at a time."""

    def __init__(self) -> None:
        """Nothing waits yet."""
        self._cut = asyncio.Event()

    def cut(self) -> None:
        """End the wait now, or the next one at once: how long it should be has changed."""
        self._cut.set()

    async def over(self, seconds: float | None) -> bool:
        """Wait, None until it is cut short; False when it was, and the time has to be reckoned anew."""
        try:
            async with asyncio.timeout(seconds):
                await self._cut.wait()
        except TimeoutError:
            return True
        self._cut.clear()
        return False

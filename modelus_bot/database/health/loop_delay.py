"""LoopDelay: how much later than asked the event loop goes on."""

from __future__ import annotations

import asyncio
import time
from typing import Self

from modelus_bot.database.health.monitor import HealthMonitor
from modelus_bot.runtime.tasks import ended, owned

__all__ = ["LoopDelay"]

PAUSE = 0.1


class LoopDelay:
    """Sleeps a tenth of a second again and again and notes by how much it overslept; owned by the app."""

    def __init__(self, health: HealthMonitor) -> None:
        """Note delays in ``health``; ``async with`` starts and ends it."""
        self._health = health
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start."""
        self._task = owned(self._measure(), name="loop-delay")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await ended(self._task)
        self._task = None

    async def _measure(self) -> None:
        while True:
            asked = time.perf_counter() + PAUSE
            await asyncio.sleep(PAUSE)
            self._health.loop_delays.add(max(0.0, time.perf_counter() - asked))

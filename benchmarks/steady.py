"""Writes and reads that arrive at a steady pace, whether or not those before them are answered."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

__all__ = ["Latencies", "steadily"]


@dataclass(slots=True)
class Latencies:
    """What was measured, in seconds from the moment a call was due; so a stall counts for all it delays."""

    writes: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)

    def milliseconds(self, what: str, share: float) -> float:
        """Return a percentile (``share`` 0 to 1) of ``writes`` or ``reads``."""
        ordered = sorted(self.writes if what == "writes" else self.reads)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


async def steadily(
    write: Callable[[int], Awaitable[object]],
    read: Callable[[int], Awaitable[object]],
    stop: asyncio.Event,
    *,
    per_second: int = 100,
    keys: int = 1000,
) -> Latencies:
    """Start ``per_second`` writes and as many reads each second, of random keys, until ``stop`` is set."""
    found = Latencies()
    dice = random.Random(1)
    begun = time.perf_counter()

    async def timed(kept: list[float], call: Callable[[int], Awaitable[object]], due: float) -> None:
        await call(dice.randrange(keys))
        kept.append(time.perf_counter() - due)

    number = 0
    async with asyncio.TaskGroup() as group:
        while not stop.is_set():
            due = begun + number / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(timed(found.writes, write, due))
            group.create_task(timed(found.reads, read, due))
            number += 1
    return found

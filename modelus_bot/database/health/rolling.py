"""Latencies of the last minutes: counted per slot of time, so that old ones leave and memory is bounded."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import random

__all__ = ["NO_SAMPLES", "WINDOW", "Percentiles", "Rolling", "percentiles"]

WINDOW = 300.0
"""Seconds that a look back covers at most."""
SLOT = 10.0
"""Seconds of one slot: the window moves in steps of it."""
KEPT = 128
"""How many latencies of a slot are kept: all of them, or as many picked evenly at random."""


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Latencies in milliseconds over the latest minutes; None while there are none."""

    count: int
    p50: float | None
    p95: float | None
    p99: float | None
    highest: float | None


NO_SAMPLES = Percentiles(0, None, None, None, None)


@dataclass(slots=True)
class _Slot:
    """What came in during one slot: some latencies, how many there were, and how many failed."""

    begins: float
    kept: list[float] = field(default_factory=list)
    count: int = 0
    failed: int = 0
    highest: float = 0.0


class Rolling:
    """Takes durations in seconds; ``clock`` gives seconds and never goes back."""

    __slots__ = ("_begun", "_ends", "_now", "_slots", "clock")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start empty."""
        self.clock = clock
        self._begun = clock()
        self._slots: deque[_Slot] = deque(maxlen=int(WINDOW / SLOT) + 1)
        self._turn(self._begun)

    def add(self, seconds: float) -> None:
        """Count one."""
        self.take(seconds, self.clock())

    def take(self, seconds: float, now: float) -> None:
        """Count one; ``now`` is what the clock says, for those who count several things at once."""
        if now >= self._ends:
            self._turn(now)
        slot = self._now
        slot.count = count = slot.count + 1
        if seconds > slot.highest:  # noqa: PLR1730 - a third of the time that max() takes
            slot.highest = seconds
        if count <= KEPT:
            slot.kept.append(seconds)
        elif random() * count < KEPT:
            slot.kept[int(random() * KEPT)] = seconds

    def fail(self) -> None:
        """Note that the one counted last failed."""
        self._now.failed += 1

    def count(self, seconds: float = WINDOW) -> int:
        """How many came in during the last ``seconds``."""
        return sum(slot.count for slot in self._since(seconds))

    def failed(self, seconds: float = WINDOW) -> int:
        """How many of them failed."""
        return sum(slot.failed for slot in self._since(seconds))

    def per_second(self, seconds: float = WINDOW) -> float:
        """How many came in a second on average; since the start, while that is not as long ago."""
        running = self.clock() - self._begun
        return self.count(seconds) / max(1.0, min(running, seconds + running % SLOT))

    def percentiles(self, seconds: float = WINDOW) -> Percentiles:
        """Return the percentiles of the last ``seconds``, in steps of ten."""
        return percentiles(self, seconds=seconds)

    def slots(self, seconds: float) -> list[_Slot]:
        """Return the slots that lie within the last ``seconds``, at least in part."""
        return self._since(seconds)

    def _since(self, seconds: float) -> list[_Slot]:
        earliest = self.clock() - seconds - SLOT
        return [slot for slot in self._slots if slot.begins > earliest]

    def _turn(self, now: float) -> None:
        begins = now - (now - self._begun) % SLOT
        self._now = _Slot(begins)
        self._ends = begins + SLOT
        self._slots.append(self._now)


def percentiles(*taken: Rolling, seconds: float = WINDOW) -> Percentiles:
    """Return nearest-rank percentiles of what came in during the last ``seconds``, of all together."""
    slots = [slot for rolling in taken for slot in rolling.slots(seconds) if slot.count]
    total = sum(slot.count for slot in slots)
    if not total:
        return NO_SAMPLES
    weighed = sorted((item, slot.count / len(slot.kept)) for slot in slots for item in slot.kept)
    p50, p95, p99 = _ranked(weighed, [min(total - 1, int(share * total)) for share in (0.50, 0.95, 0.99)])
    return Percentiles(total, p50 * 1000, p95 * 1000, p99 * 1000, max(slot.highest for slot in slots) * 1000)


def _ranked(weighed: list[tuple[float, float]], ranks: Iterable[int]) -> list[float]:
    """Return the values at rising ``ranks`` where each stands for as many as it weighs."""
    found: list[float] = []
    place, passed = -1, 0.0
    for rank in ranks:
        while passed <= rank and place + 1 < len(weighed):
            place += 1
            passed += weighed[place][1]
        found.append(weighed[place][0])
    return found

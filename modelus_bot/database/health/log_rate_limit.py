"""Storms: when hundreds of operations end badly at once, telling of it holds nobody up.

A record in the log costs up to a millisecond. Two hundred of them in one turn of the event loop would
keep everybody waiting who has nothing to do with them.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable

__all__ = ["Allowance", "Spread"]

AT_ONCE = 10
"""Records that are written in one turn of the event loop."""
A_SECOND = 50
"""Slow operations that are told of one by one in a second; the others are counted."""


class Spread:
    """Does small things in order: a few at once, the rest a few in each turn of the event loop."""

    def __init__(self) -> None:
        """Nothing waits."""
        self._waiting: deque[Callable[[], None]] = deque()
        self._left = AT_ONCE
        self._scheduled = False

    def do(self, work: Callable[[], None]) -> None:
        """Do it now, or soon when much was done in this turn; at once where no event loop runs."""
        if not self._scheduled:
            try:
                asyncio.get_running_loop().call_soon(self._next_turn)
            except RuntimeError:
                work()
                return
            self._scheduled = True
        if self._waiting or not self._left:
            self._waiting.append(work)
            return
        self._left -= 1
        work()

    def _next_turn(self) -> None:
        self._left, self._scheduled = AT_ONCE, bool(self._waiting)
        if self._scheduled:
            asyncio.get_running_loop().call_soon(self._next_turn)
        while self._waiting and self._left:
            self._left -= 1
            self._waiting.popleft()()


class Allowance:
    """Lets so many through in a second and counts the others by name; ``clock`` gives seconds."""

    def __init__(self, most: int = A_SECOND, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with everything allowed."""
        self._most = most
        self._clock = clock
        self._second = -1
        self._left = most
        self._counted: Counter[str] = Counter()

    def take(self, name: str) -> bool:
        """Say whether one more may go through; if not it is counted."""
        second = int(self._clock())
        if second != self._second:
            self._second, self._left = second, self._most
        if self._left:
            self._left -= 1
            return True
        self._counted[name] += 1
        return False

    def counted(self) -> dict[str, int]:
        """Return how many were not let through since the last call, by name."""
        counted, self._counted = self._counted, Counter()
        return dict(counted)

"""How long the audit table is left alone after it failed: pauses that double."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Rest"]

FIRST, LONGEST = 1.0, 60.0


class Rest:
    """Pauses of ``first`` seconds, then twice as long each time, up to ``longest``."""

    def __init__(
        self,
        first: float = FIRST,
        longest: float = LONGEST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start without a pause."""
        self.begun = False
        self._first, self._longest, self._clock = first, longest, clock
        self._pause = first
        self._until = 0.0

    @property
    def over(self) -> bool:
        """Whether the next try is due."""
        return self._clock() >= self._until

    def begin(self) -> None:
        """Pause, longer than the last time."""
        self.begun = True
        self._until = self._clock() + self._pause
        self._pause = min(self._longest, self._pause * 2)

    def end(self) -> None:
        """Forget all pauses: it worked, or there is another file."""
        self.begun, self._pause, self._until = False, self._first, 0.0

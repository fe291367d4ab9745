"""How far the machine's clock is from somebody else's, by the quickest of their answers of late."""

from __future__ import annotations

from collections import deque

__all__ = ["TOLD_FROM", "Apart"]

TOLD_FROM = 30.0
"""Seconds apart from which people notice it, though nothing is wrong enough to be doubted."""
SEEN_LATELY, ENOUGH = 5, 3


class Apart:
    """Takes what others' clocks say, in seconds of which nobody can set the machine's part.

    An answer that was long on its way makes the other clock look behind, never ahead.
    """

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._seen: deque[float] = deque(maxlen=SEEN_LATELY)

    def seen(self, offset: float) -> None:
        """Take what another clock says minus the seconds since the machine was started."""
        self._seen.append(offset)

    def seconds(self, offset: float) -> float | None:
        """Return how far a clock of that offset is ahead (negative: behind); None with too few answers."""
        return offset - max(self._seen) if len(self._seen) >= ENOUGH else None

"""Round values beside an axis. Pure."""

from __future__ import annotations

__all__ = ["round_ticks"]

STEPS = (1, 2, 5)


def round_ticks(least: int, most: int, count: int = 6) -> tuple[int, ...]:
    """Return at most ``count`` round whole numbers, evenly apart, from about ``least`` to about ``most``.

    The first and the last are within the range unless it holds no round number.
    """
    step = _step(max(most - least, 1), count)
    first = -(-least // step) * step
    return tuple(range(first, most + 1, step)) or (least,)


def _step(span: int, count: int) -> int:
    size = 1
    while True:
        for step in STEPS:
            if span // (step * size) < count:
                return step * size
        size *= 10

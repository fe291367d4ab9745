"""What a -wal looks like from outside, and when an unchanged look proves that nothing was written.

Two changes within one tick of the kernel's clock leave the same time of change on a file, so a look that
comes right after a change proves nothing about the next one.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["SETTLED_NANOSECONDS", "TICK_NANOSECONDS", "WalStamp", "glance", "settled"]

SETTLED_NANOSECONDS = 100_000_000
"""Ten ticks of the slowest clock that kernels have: for who may not look again."""

TICK_NANOSECONDS = 15_000_000
"""One and a half: enough on a local disk, for who asks SQLite itself a moment later all the same."""

WalStamp = tuple[int, ...]
"""Device, inode, size and time of change (nanoseconds); nothing for a file that is not there."""


def glance(wal: Path | str) -> WalStamp:
    """Return how a file looks now, in a microsecond or two; raises ``OSError`` when nobody can say."""
    try:
        found = os.stat(wal)  # noqa: PTH116 - half the time, and it runs at every look
    except FileNotFoundError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def settled(stamp: WalStamp, now: int, margin: int = SETTLED_NANOSECONDS) -> bool:
    """Say whether a file that looked so at ``now`` (wall clock, nanoseconds) shows the next change.

    Also when the clock was set back in between: it is only the distance that counts.
    """
    return not stamp or abs(now - stamp[-1]) >= margin

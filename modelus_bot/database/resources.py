"""Whether a failure is the machine's: no memory, thread, process or descriptor left. It passes by itself."""

from __future__ import annotations

import errno

__all__ = ["SHORTAGES", "short_of_resources"]

SHORTAGES = {errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE}

_THREADS = ("can't start new thread", "can't allocate lock")
"""How Python words it; these errors carry nothing else to know them by."""


def short_of_resources(error: BaseException | None) -> bool:
    """Say whether the machine had nothing left for what was asked; pure."""
    if isinstance(error, OSError):
        return error.errno in SHORTAGES
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and str(error) in _THREADS)

"""Whether a failure is the machine's: no memory, thread, process or descriptor left. It passes by itself."""

from __future__ import annotations

from modelus_bot.runtime.os_errors import Fault, fault_of

__all__ = ["short_of_resources"]

_SHORTAGES = {Fault.NO_MEMORY, Fault.TOO_MANY_FILES}

_THREADS = ("can't start new thread", "can't allocate lock")
"""How Python words it; these errors carry nothing else to know them by."""


def short_of_resources(error: BaseException | None) -> bool:
    """Say whether the machine had nothing left for what was asked; pure."""
    if isinstance(error, OSError | MemoryError):
        return fault_of(error) in _SHORTAGES
    return isinstance(error, RuntimeError) and str(error) in _THREADS

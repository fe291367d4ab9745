"""Writing a large file beside a database that is in use: slowly, and sent to the disk as it goes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from modelus_bot.database.backup.flushing import Outflow

if TYPE_CHECKING:
    from modelus_bot.database.core.child_process import Report

__all__ = ["WritePace"]

SEND_BYTES = 1024 * 1024
"""Sent to the disk this often: with 4 MiB at once, commits stall for 30 to 60 ms."""

TELL_EVERY = 0.25
LONGEST_SLEEP = 1.0


class WritePace:
    """Keeps a rate in bytes a second, and reports ``done`` of ``total``.

    With a ``descriptor`` what was written to it is sent to the disk on the way.
    """

    def __init__(self, rate: float, step: str, report: Report, *, descriptor: int | None = None) -> None:
        """Begin now; the room for the file is reserved with the first bytes."""
        self._rate = rate
        self._step = step
        self._report = report
        self._descriptor = descriptor
        self._outflow: Outflow | None = None
        self._sent = 0
        self._started = time.perf_counter()
        self._told = float("-inf")

    def at(self, done: int, total: int, *, unit: int = 1) -> None:
        """Take note of ``done`` bytes of ``total``, told in units of ``unit`` bytes; sleeps if too fast.

        Raises ``OSError`` when there is no room for all of them.
        """
        if self._descriptor is not None:
            self._outflow = self._outflow or Outflow(self._descriptor, total)
            if done - self._sent >= SEND_BYTES or done == total:
                self._outflow.send()
                self._sent = done
        now = time.perf_counter()
        if now - self._told >= TELL_EVERY or done == total:
            self._told = now
            self._report({"step": self._step, "done": done // unit, "total": total // unit})
        ahead = done / self._rate - (time.perf_counter() - self._started)
        if ahead > 0:
            time.sleep(min(ahead, LONGEST_SLEEP))

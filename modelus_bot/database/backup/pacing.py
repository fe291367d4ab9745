"""Writing a large file beside a database that is in use: slowly, and flushed as it goes."""

from __future__ import annotations

import os
import time

from modelus_bot.database.child import Report

__all__ = ["Pace"]

FLUSH_BYTES = 1024 * 1024
"""Flushed this often. What is not flushed is flushed by the database's next commit, which waits for it:
with 4 MiB commits stall for 30 to 60 ms. ``sync_file_range`` is worse: it leaves the file's size to them."""

TELL_EVERY = 0.25
LONGEST_SLEEP = 1.0


class Pace:
    """Keeps a rate in bytes a second, flushes what was written, and reports ``done`` of ``total``."""

    def __init__(self, descriptor: int, rate: float, step: str, report: Report) -> None:
        """Begin now; ``descriptor`` is the file that is flushed."""
        self._descriptor = descriptor
        self._rate = rate
        self._step = step
        self._report = report
        self._flushed = 0
        self._started = time.perf_counter()
        self._told = float("-inf")

    def at(self, done: int, *, units_done: int, units: int) -> None:
        """Take note of ``done`` bytes, ``units_done`` of ``units``; sleeps when that was too fast."""
        if done - self._flushed >= FLUSH_BYTES:
            os.fdatasync(self._descriptor)
            self._flushed = done
        now = time.perf_counter()
        if now - self._told >= TELL_EVERY or units_done == units:
            self._told = now
            self._report({"step": self._step, "done": units_done, "total": units})
        ahead = done / self._rate - (time.perf_counter() - self._started)
        if ahead > 0:
            time.sleep(min(ahead, LONGEST_SLEEP))

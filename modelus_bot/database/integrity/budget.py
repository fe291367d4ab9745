"""How long a file may be looked at: a small one that keeps the processor busy for long was made to do so."""

from __future__ import annotations

import _thread
import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Budget"]

LEAST_SECONDS = 3.0
"""Seconds of processor time that a check of any file may take; one of the bot's takes a tenth of one."""

SLOWEST = 1_000_000.0
"""Bytes a second of processor time below which a check does not read but goes in circles."""

EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Budget:
    """Ends at a moment of ``time.perf_counter``, or of ``time.process_time`` when that comes first."""

    ends: float
    worked: float

    @classmethod
    def of(cls, path: Path, seconds: float, *, least: float | None = None) -> Budget:
        """Return at most ``seconds`` of waiting, and processor time by what ``path`` takes up on the disk.

        It is ``least`` seconds for the smallest file, ``LEAST_SECONDS`` by default. Holes of a file count for
        nothing: there is nothing in them to be read.
        """
        try:
            size = path.stat().st_blocks * 512
        except (OSError, ValueError):
            size = 0
        work = min(seconds, (LEAST_SECONDS if least is None else least) + size / SLOWEST)
        return cls(time.perf_counter() + seconds, time.process_time() + work)

    @property
    def over(self) -> bool:
        """Whether nothing more should be asked."""
        return time.perf_counter() > self.ends or time.process_time() > self.worked

    @contextlib.contextmanager
    def ending(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Interrupt whatever the connection does when the budget is over.

        A progress handler is not enough: some single steps of SQLite go in circles without asking it.
        """
        turn = threading.Lock()
        open_ = True

        def watch() -> None:
            while True:
                time.sleep(EVERY)
                with turn:
                    if not open_:
                        return
                    if self.over:
                        connection.interrupt()

        # Starting a Thread object waits for it to run, for ever if memory is too short for that.
        with contextlib.suppress(RuntimeError):
            _thread.start_new_thread(watch, ())
        try:
            yield
        finally:
            with turn:
                open_ = False

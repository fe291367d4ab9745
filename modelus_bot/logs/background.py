"""BackgroundWriter: a thread that writes lines, so that a slow or full destination holds up nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Protocol

from loguru import logger

from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.threads import DaemonThread
from modelus_bot.runtime.tunables import Pause, Tunable

__all__ = ["BackgroundWriter", "Destination"]

QUEUE_LIMIT = Tunable(10_000)
"""Lines that may wait; when more come, the newest are counted instead of kept."""

BATCH = 500
PAUSE_FIRST = Pause(0.5)
PAUSE_CAP = Pause(10.0)


class Destination(Protocol):
    """Where lines go."""

    name: str
    patient: bool
    """Whether a failed write is tried again; otherwise its lines are given up."""

    def write(self, lines: list[str]) -> None:
        """Write lines, taking out of the list what is written; raises ``OSError`` or ``ValueError``."""

    def close(self) -> None:
        """Let go of what is open."""


class BackgroundWriter:
    """Owns a destination and the thread that writes to it, from now until ``retire``."""

    def __init__(self, destination: Destination) -> None:
        """Start the thread; it does not keep the process from ending."""
        self._destination = destination
        self._queue: SimpleQueue[str | Callable[[], None] | None] = SimpleQueue()
        self._dropped = 0
        self._failed: float | None = None
        self._retired = threading.Event()
        self._thread = DaemonThread(self._run, name=f"log-{destination.name}")
        self._thread.start()

    def put(self, line: str) -> None:
        """Have a line written soon; never waits."""
        if self._queue.qsize() >= QUEUE_LIMIT.value:
            self._dropped += 1
        else:
            self._queue.put(line)

    def call(self, function: Callable[[], None]) -> None:
        """Run ``function`` on the thread after the lines that wait now and before those that follow."""
        self._queue.put(function)

    def retire(self) -> None:
        """Write what waits, then end; returns at once."""
        self._retired.set()
        self._queue.put(None)

    def join(self, seconds: float) -> bool:
        """Wait for the end; False when the destination still holds the thread up after ``seconds``."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        going = True
        while going:
            lines: list[str] = []
            try:
                call, going = self._take(lines)
                self._write(lines)
                if call is not None:
                    call()
                self._tell_dropped()
            except MemoryError:  # it passes, and then there is a log again
                self._dropped += len(lines)
                self._retired.wait(PAUSE_FIRST.value)
        self._destination.close()

    def _take(self, lines: list[str]) -> tuple[Callable[[], None] | None, bool]:
        """Wait for something to do: lines, then perhaps a call; False for the end."""
        item = self._queue.get()
        while True:
            if not isinstance(item, str):
                return item, item is not None
            lines.append(item)
            if len(lines) >= BATCH:
                return None, True
            try:
                item = self._queue.get_nowait()
            except Empty:
                return None, True

    def _write(self, lines: list[str]) -> None:
        """Write the lines; a patient destination gets them again and again."""
        pause = PAUSE_FIRST.value
        while lines:
            try:
                self._destination.write(lines)
            except (OSError, ValueError) as error:
                self._complain(error)
                if not self._destination.patient or self._retired.wait(pause):
                    self._dropped += len(lines)
                    return
                pause = min(PAUSE_CAP.value, pause * 2)
            else:
                self._praise()

    def _complain(self, error: Exception) -> None:
        """Tell of a failure, once until the next success."""
        if self._failed is None:
            self._failed = time.monotonic()
            if self._destination.patient:
                logger.bind(destination=self._destination.name, error=in_words(error)).error(
                    "log_not_written"
                )

    def _praise(self) -> None:
        if self._failed is not None:
            seconds = round(time.monotonic() - self._failed, 1)
            self._failed = None
            logger.bind(destination=self._destination.name, seconds=seconds).info("log_written_again")

    def _tell_dropped(self) -> None:
        if self._dropped and self._destination.patient:
            dropped, self._dropped = self._dropped, 0
            logger.bind(destination=self._destination.name, records=dropped).warning("log_records_dropped")

"""How long files may be looked at: small ones that keep the processor busy for long were made to do so."""

from __future__ import annotations

import _thread
import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelus_bot.database.core.child_process import Report

__all__ = ["Budget", "LookAllowance"]

SPARE_SECONDS = 3.0
"""Seconds of processor time that one operation has for files that take more than their bytes justify."""

SLOWEST = 500_000.0
"""Bytes a second of processor time below which a check does not read but goes in circles.

The bot's smallest database is read sixteen times as fast by a process that has just begun.
"""

EVERY = 0.05


class Budget:
    """What files made to waste time may cost one operation in all: a start, a restore, a request, a command.

    Whoever begins the operation makes it and hands it to each look. A look has the time that the bytes of
    its file justify, whatever was looked at before: no sound file is cut short because of a bad one. What
    it takes beyond that comes out of the budget, half of what is left at most, so that a second look sees
    nearly as much as the first, and all looks together cost no more than the budget.
    """

    def __init__(self, spare: float | None = None) -> None:
        """Begin with ``spare`` seconds of processor time, by default those of a whole operation."""
        self.spare = SPARE_SECONDS if spare is None else spare

    @contextlib.contextmanager
    def look(self, files: Iterable[Path], seconds: float) -> Iterator[LookAllowance]:
        """Allow a look at ``files`` at most ``seconds`` of waiting, and take what it overdraws."""
        allowance = LookAllowance.of(files, seconds, self.spare / 2)
        try:
            yield allowance
        finally:
            self.spare = max(0.0, self.spare - allowance.overdrawn)

    async def child(
        self, job: str, task: dict[str, Any], *, seconds: float, on_progress: Report | None = None
    ) -> dict[str, Any]:
        """Let a child look with what is left; its job answers with ``left``. Raises ``ChildFailed``."""
        # Here and not above: a child spends its budget, too, and loads no event loop for that.
        from modelus_bot.database.core.child_process import ChildFailed, run_child

        try:
            answer = await run_child(
                job, task | {"spare": self.spare}, on_progress=on_progress, seconds=seconds
            )
        except ChildFailed as error:
            if error.kind == TimeoutError.__name__:
                self.spare = 0.0
            raise
        self.spare = min(self.spare, answer.pop("spare"))
        return answer

    @property
    def left(self) -> dict[str, float]:
        """What a child adds to its answer, so that the next one has no more than it left."""
        return {"spare": self.spare}


@dataclass(frozen=True, slots=True)
class LookAllowance:
    """Of one look: ends at a moment of ``time.perf_counter``, or of ``time.process_time`` if first."""

    ends: float
    due: float
    """The moment of ``time.process_time`` from which on it overdraws what its bytes justify."""
    worked: float

    @classmethod
    def of(cls, files: Iterable[Path], seconds: float, spare: float) -> LookAllowance:
        """Return what ``files`` justify by what they take up on the disk, and ``spare`` seconds more.

        Holes of a file count for nothing: there is nothing in them to be read.
        """
        now = time.process_time()
        due = now + sum(map(_on_disk, files)) / SLOWEST
        return cls(time.perf_counter() + seconds, due, min(now + seconds, due + spare))

    @property
    def over(self) -> bool:
        """Whether nothing more should be asked."""
        return time.perf_counter() > self.ends or time.process_time() > self.worked

    @property
    def overdrawn(self) -> float:
        """Seconds of processor time that it has taken beyond what the bytes justify."""
        return max(0.0, time.process_time() - self.due)

    @contextlib.contextmanager
    def ending(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Interrupt whatever the connection does when the allowance is over.

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


def _on_disk(file: Path) -> int:
    try:
        return file.stat().st_blocks * 512
    except (OSError, ValueError):
        return 0

"""Copying: the program takes over what was committed when the bot tells it to, and never by itself.

While it takes over, it may checkpoint, which writes to the main file. Because it does so at no other time,
any other write to the main file is a stranger's, or damage.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from modelus_bot.database.archive.control import Control, Copied
from modelus_bot.database.archive.failures import ArchiveUnavailable
from modelus_bot.database.archive.incidents import Lag

__all__ = ["Copying"]

ANSWER_SECONDS = 5.0
SETTLED_NANOSECONDS = 100_000_000
"""Two changes within one tick of the kernel's clock leave the same time of change on a file."""

MOST_WAITING = 100
"""Of more answers whose transactions are not archived yet, only the oldest and the newest are remembered."""


class Copying:
    """Tells the program of one database to copy, one request at a time, and notes how far the archive is.

    ``check`` raises ``ArchiveUnavailable`` when the program works on another file. ``may_checkpoint`` says
    whether the next request may make it checkpoint, ``being_written`` is entered around such a request;
    both may be set later.
    """

    def __init__(
        self,
        control: Control,
        database: Path,
        lag: Lag,
        check: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        """Nothing is asked yet; ``clock`` gives UTC seconds."""
        self.may_checkpoint: Callable[[], bool] = lambda: True
        self.being_written: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext
        self._control = control
        self._wal = database.with_name(database.name + "-wal")
        self._lag = lag
        self._check = check
        self._clock = clock
        self._turn = asyncio.Lock()
        self._waiting: deque[tuple[int, float]] = deque()
        self._copied: tuple[int, ...] = ()
        self._first = True
        self._writing: AbstractContextManager[None] | None = None

    def began(self) -> None:
        """Note that the program was started: nothing of what it did before holds any more."""
        self._waiting.clear()
        self._copied = ()
        self._first = True

    def wrote(self) -> None:
        """Note that it does not write any more: it has answered, or ended."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.__exit__(None, None, None)

    async def again(self) -> None:
        """Have it take over what was committed since the last time; costs next to nothing if nothing was.

        Raises ``ArchiveUnavailable``.
        """
        asked, now, found = self._clock(), time.time_ns(), self._look()
        if found and found == self._copied and not self._waiting:
            self._check()
            self._lag.archived(asked)
            return
        copied = await self._ask(ANSWER_SECONDS, wait=False)
        settled = bool(found) and now - found[-1] > SETTLED_NANOSECONDS
        self._copied = found if settled else ()
        self._note(copied, asked)

    async def everything(self, seconds: float) -> None:
        """Return when all that was committed before the call is archived; raises ``ArchiveUnavailable``."""
        asked = self._clock()
        await self._ask(seconds, wait=True)
        self._lag.archived(asked)

    async def _ask(self, seconds: float, *, wait: bool) -> Copied:
        try:
            async with asyncio.timeout(seconds), self._turn:
                self._check()
                if self._first or self.may_checkpoint():
                    self._may_write()
                copied = await self._control.sync(seconds, wait=wait)
                self._check()
        except TimeoutError as error:
            raise ArchiveUnavailable(f"the program did not answer within {seconds:g} s") from error
        self._first = False
        self.wrote()
        return copied

    def _may_write(self) -> None:
        """Let it write to the main file until a request was answered: it works on after a failed one."""
        if self._writing is None:
            self._writing = self.being_written()
            self._writing.__enter__()

    def _note(self, copied: Copied, asked: float) -> None:
        if len(self._waiting) > MOST_WAITING:
            self._waiting.pop()
        self._waiting.append((copied.taken, asked))
        while self._waiting and self._waiting[0][0] <= copied.archived:
            self._lag.archived(self._waiting.popleft()[1])

    def _look(self) -> tuple[int, ...]:
        """Return what changes when something is committed, nothing when nobody can say."""
        try:
            found = os.stat(self._wal)  # noqa: PTH116 - half the time, and it runs five times a second
        except OSError:
            return ()
        return found.st_ino, found.st_size, found.st_mtime_ns

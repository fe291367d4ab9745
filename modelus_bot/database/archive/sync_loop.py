"""Copying: the program takes over what was committed, and checkpoints, when the bot tells it to.

It writes to the main file at no other time, so that any other write to it is a stranger's, or damage. How it
is told to checkpoint is ``checkpoint_trigger``'s.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from modelus_bot.database.archive.checkpoint_trigger import CheckpointTrigger
from modelus_bot.database.archive.failures import ArchiveUnavailable
from modelus_bot.database.archive.incidents import Lag
from modelus_bot.database.archive.ipc_client import Control, Copied
from modelus_bot.database.core.wal_stamp import WalStamp, glance, settled
from modelus_bot.runtime.os_errors import in_words

__all__ = ["NO_CHECKPOINTS", "CheckpointPolicy", "Copying"]

ANSWER_SECONDS = 10.0
"""Longer than the program waits for somebody's transaction."""

CHECKPOINT_PAUSE = 1.0
"""Seconds before a checkpoint is asked for again: while somebody reads, it cannot empty the log."""

WAITING_PAUSE = 1.0
"""Seconds before it is asked again how far the archive is, when nothing else is to be done."""


MOST_WAITING = 100
"""Of more answers whose transactions are not archived yet, only the oldest and the newest are remembered."""


class CheckpointPolicy(Protocol):
    """Decides when the program checkpoints, and hears when it may write to the main file."""

    def due(self) -> bool:
        """Say whether the log is so long that a checkpoint is wanted; asked at most once a second."""

    def being_written(self) -> AbstractContextManager[None]:
        """Return what is entered around each request during which the main file may be written to."""


class _NoCheckpoints:
    def due(self) -> bool:
        """Never."""
        return False

    def being_written(self) -> AbstractContextManager[None]:
        """Nobody has to know."""
        return contextlib.nullcontext()


NO_CHECKPOINTS: CheckpointPolicy = _NoCheckpoints()


class Copying:
    """Tells the program of one database to copy, one request at a time, and notes how far the archive is.

    ``check`` raises ``ArchiveUnavailable`` while the program may not be asked.
    """

    def __init__(
        self,
        control: Control,
        database: Path,
        lag: Lag,
        check: Callable[[], None],
        clock: Callable[[], float],
        checkpoints: CheckpointPolicy = NO_CHECKPOINTS,
    ) -> None:
        """Nothing is asked yet; ``clock`` gives UTC seconds."""
        self._checkpoints = checkpoints
        self._control = control
        self._trigger = CheckpointTrigger(database)
        self._wal = database.with_name(database.name + "-wal")
        self._lag = lag
        self._check = check
        self._clock = clock
        self._turn = asyncio.Lock()
        self._window: AbstractContextManager[None] | None = None
        self._waiting: deque[tuple[int, float]] = deque()
        self._seen: WalStamp = ()
        self._first = True
        self._unmoved = False
        self._asked_at = self._checkpoint_at = float("-inf")

    def being_written(self) -> AbstractContextManager[None]:
        """Enter what the program is given while it may write to the main file."""
        return self._checkpoints.being_written()

    def began(self) -> None:
        """Note that the program was started: nothing of what it did before holds any more."""
        self._waiting.clear()
        self._seen = ()
        self._first = True

    def wrote(self) -> None:
        """Note that it does not write any more: it has answered, or ended."""
        window, self._window = self._window, None
        if window is not None:
            window.__exit__(None, None, None)

    async def again(self, pace: float) -> None:
        """Have it do what there is to do since the last time; costs next to nothing if that is nothing.

        What was committed is copied at most every ``pace`` seconds. Raises ``ArchiveUnavailable``.
        """
        asked, now, found = self._clock(), time.time_ns(), self._look()
        changed = not found or found != self._seen
        self._unmoved = self._unmoved or changed
        if not (self._unmoved and self._checkpoint_wanted()):
            if not changed and not self._waiting:
                self._check()
                self._lag.archived(asked)
                return
            if time.monotonic() < self._asked_at + (pace if changed else WAITING_PAUSE):
                return
        copied = await self._ask(ANSWER_SECONDS, wait=False)
        self._seen = found if settled(found, now) else ()
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
                self._asked_at = time.monotonic()
                wanted = not wait and self._checkpoint_wanted()
                with self._with_checkpoint() if wanted else self._without():
                    copied = await self._control.sync(seconds, wait=wait)
                self._check()
        except TimeoutError as error:
            raise ArchiveUnavailable(f"the program did not answer within {seconds:g} s") from error
        except OSError as error:
            raise ArchiveUnavailable(f"the database file cannot be reached: {in_words(error)}") from error
        self._first = False
        self.wrote()
        return copied

    def _checkpoint_wanted(self) -> bool:
        return time.monotonic() >= self._checkpoint_at + CHECKPOINT_PAUSE and self._checkpoints.due()

    def _note(self, copied: Copied, asked: float) -> None:
        if len(self._waiting) > MOST_WAITING:
            self._waiting.pop()
        self._waiting.append((copied.taken, asked))
        while self._waiting and self._waiting[0][0] <= copied.archived:
            self._lag.archived(self._waiting.popleft()[1])

    @contextlib.contextmanager
    def _without(self) -> Iterator[None]:
        """Ask without wanting a checkpoint, which a file that was not written to for long provokes anyway."""
        if self._first or self._trigger.pulled_anyway():
            self._may_write()
        yield

    @contextlib.contextmanager
    def _with_checkpoint(self) -> Iterator[None]:
        self._checkpoint_at, self._unmoved = time.monotonic(), False
        self._may_write()
        with self._trigger.pulled(self.being_written):
            yield

    def _may_write(self) -> None:
        """Let it write to the main file until a request was answered: after a failed one it may work on."""
        if self._window is None:
            self._window = self.being_written()
            self._window.__enter__()

    def _look(self) -> WalStamp:
        """Return what changes when something is committed, nothing when nobody can say."""
        try:
            return glance(self._wal)
        except OSError:
            return ()

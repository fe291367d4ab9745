"""Copies by the clock: due from when the newest one was made, so that a restart delays nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from loguru import logger

from modelus_bot.config import BackupSettings
from modelus_bot.database.core.errors import BackupFailed
from modelus_bot.runtime.tasks import ended, owned

__all__ = ["Schedule", "due_in"]

SET_BACK = 60.0
"""A copy that is this many seconds from the future was made before the clock was set back."""

LONGEST_WAIT = 60.0
"""The clock may be set, and machines sleep: it is looked at again at least this often."""

PAUSE = 300.0
"""Seconds until the next try after a copy failed with all its attempts."""


def due_in(newest: float | None, every: float, now: float) -> float:
    """Return the seconds until the next copy, after the one made at ``newest``; 0 when it is due."""
    if newest is None or newest > now + SET_BACK:
        return 0.0
    return min(max(0.0, newest + every - now), every)


class Schedule:
    """Calls ``make`` when a copy is due; ``newest`` says when the newest whole copy was made."""

    def __init__(
        self,
        settings: BackupSettings,
        clock: Callable[[], float],
        newest: Callable[[], float | None],
        make: Callable[[], Awaitable[object]],
    ) -> None:
        """Prepare; ``start`` begins."""
        self._settings = settings
        self._clock = clock
        self._newest = newest
        self._make = make
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; the first copy is made at once when one is due."""
        self._task = owned(self._run(), name="backups")

    async def stop(self) -> None:
        """End; a copy under way is given up."""
        task, self._task = self._task, None
        await ended(task)

    def apply(self, settings: BackupSettings) -> None:
        """Go on with other settings, from now."""
        self._settings = settings
        self._changed.set()

    async def _run(self) -> None:
        while True:
            try:
                await self._wait_until_due()
                await self._make()
            except BackupFailed:
                await asyncio.sleep(min(PAUSE, self._settings.every))
            except Exception as error:  # noqa: BLE001 - the clock must outlive any fault of a copy
                logger.opt(exception=error).error("backup_fault")
                await asyncio.sleep(min(PAUSE, self._settings.every))

    async def _wait_until_due(self) -> None:
        while True:
            self._changed.clear()
            seconds = await self._seconds_left()
            if seconds <= 0:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(seconds, LONGEST_WAIT)):
                    await self._changed.wait()

    async def _seconds_left(self) -> float:
        if self._settings.schedule == "off":
            return LONGEST_WAIT
        newest = await asyncio.to_thread(self._newest)
        return due_in(newest, self._settings.every, self._clock())

"""SpaceWatch: gives the reserve up before a disk is filled to the last byte, and fills it up again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self

from loguru import logger

from modelus_bot.database.core.errors import DiskFull
from modelus_bot.database.offline.reserve import Reserve
from modelus_bot.runtime.tasks import ended, owned

__all__ = ["SpaceWatch"]

LOOK_EVERY = 0.5
"""Seconds between two looks at the free space."""

HOLD_EVERY = 60.0
"""Seconds between two tries at a reserve that there was never space for, or whose size was edited."""


class SpaceWatch:
    """Owns the task that looks at the free space; ``on_full`` is told when there is next to none.

    Without it an idle bot would notice a full disk by its log failing, not by a write. ``on_room`` is told,
    again and again, while a reserve that was given up fits again: whoever probes need not wait longer.
    """

    def __init__(
        self, reserve: Reserve, on_full: Callable[[DiskFull], None], on_room: Callable[[], None]
    ) -> None:
        """Prepare; ``async with`` sets the reserve aside and starts looking."""
        self._reserve = reserve
        self._on_full = on_full
        self._on_room = on_room
        self._task: asyncio.Task[None] | None = None
        self._edited = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Hold the reserve, if there is space, and look from now on.

        On a disk that is full already it is given up at once: opening the database takes some space, too.
        One that an earlier run gave up is still owed: until it fits again the disk counts as full.
        """
        await asyncio.to_thread(self._reserve.claim)
        if await asyncio.to_thread(self._released) or self._reserve.owed:
            self._tell_full()
        self._task = owned(self._watch(), name="space-watch")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop looking; the reserve stays for the next start."""
        await ended(self._task)
        self._task = None

    def apply(self, megabytes: int) -> None:
        """Take an edited size over within a second."""
        self._reserve.apply(megabytes)
        self._edited.set()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        tried = loop.time()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                if await asyncio.to_thread(self._released):
                    self._tell_full()
                elif self._reserve.owed:
                    if await asyncio.to_thread(self._reserve.room):
                        self._on_room()
                elif self._edited.is_set() or loop.time() - tried >= HOLD_EVERY:
                    self._edited.clear()
                    tried = loop.time()
                    await asyncio.to_thread(self._fill_up)
            except Exception as error:  # noqa: BLE001 - the watch must outlive any fault of its own
                logger.opt(exception=error).error("space_watch_fault")

    def _tell_full(self) -> None:
        self._on_full(DiskFull("next to nothing is free beside the reserve"))

    def _released(self) -> bool:
        return self._reserve.low() and self._reserve.release()

    def _fill_up(self) -> None:
        """Set aside what is missing; what was given up to a full disk waits for the write probe instead."""
        if self._reserve.missing and self._reserve.room():
            self._reserve.hold()

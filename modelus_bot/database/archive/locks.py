"""Locks that make sure one archive works on one database and on one folder."""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from pathlib import Path

from modelus_bot.database.core.errors import AlreadyRunning
from modelus_bot.runtime.tunables import Tunable

__all__ = ["Locks"]

TIMEOUT = Tunable(3.0)
"""Seconds a lock is waited for: what a killed bot leaves behind dies within moments, not at once."""

STEP = 0.05


class Locks:
    """Advisory locks on files, inherited by the archiving program.

    The kernel drops a lock when the last process that inherited it is gone, so one that outlives its bot
    keeps the next bot from starting a second one.
    """

    def __init__(self, *paths: Path) -> None:
        """Prepare the locks; nothing is created yet."""
        self._paths = paths
        self._descriptors: list[int] = []

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What a child has to inherit."""
        return tuple(self._descriptors)

    async def acquire(self) -> None:
        """Take all locks or none; raises ``AlreadyRunning`` with the file that another process holds."""
        if self._descriptors:
            return
        deadline = time.monotonic() + TIMEOUT.value
        try:
            for path in self._paths:
                self._descriptors.append(await _taken(path, deadline))
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Give the locks back; safe to call again."""
        while self._descriptors:
            os.close(self._descriptors.pop())


async def _taken(path: Path, deadline: float) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while not _locked(descriptor):
            if time.monotonic() >= deadline:
                raise AlreadyRunning(f"another archive holds {path}")
            await asyncio.sleep(STEP)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

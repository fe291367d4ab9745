"""One bot per database file: an advisory lock that dies with its process."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from modelus_bot.database.errors import AlreadyRunning

__all__ = ["InstanceLock"]


class InstanceLock:
    """A lock on ``<database>.lock``, held until released or until the process ends.

    The kernel drops it when the process dies, so a lock is never left behind; the process number in
    the file is for people.
    """

    def __init__(self, database: Path) -> None:
        """Prepare the lock that belongs to ``database``; nothing is created yet."""
        self.path = database.with_name(database.name + ".lock")
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock or raise ``AlreadyRunning`` with the owner's process number."""
        if self._descriptor is not None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise AlreadyRunning(f"process {owner or 'unknown'}") from error
        self._descriptor = descriptor
        with contextlib.suppress(OSError):  # on a full disk the lock holds, and only the number is missing
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)

    def renew(self) -> None:
        """Take the lock again if its file is not the one that was locked; raises ``AlreadyRunning``."""
        if self._descriptor is None:
            return
        held = os.fstat(self._descriptor)
        try:
            found = self.path.stat()
        except OSError:
            found = None
        if found is None or (found.st_dev, found.st_ino) != (held.st_dev, held.st_ino):
            self.release()
            self.acquire()

    def release(self) -> None:
        """Give the lock back; safe to call again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

"""One bot per database file: which file is meant, and an advisory lock that dies with its process."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from modelus_bot.database.core.errors import AlreadyRunning, AmbiguousFile

__all__ = ["InstanceLock", "meant", "require_one_name"]

_MOUNTS = Path("/proc/self/mountinfo")


def meant(path: Path) -> Path:
    """Return the file that ``path`` leads to, through links; whatever lies beside a database lies beside it.

    A path without links comes back as it is.
    """
    real = os.path.realpath(path)
    return path if real == str(path.absolute()) else Path(real)


def require_one_name(path: Path) -> None:
    """Raise ``AmbiguousFile`` where another program could have the file under a name that shares no lock.

    That is a hard link, a file that is mounted by itself, and a link whose target is not there: whoever made
    a database in its place would hide the one that is meant.
    """
    if (link := _dangling(path)) is not None:
        raise AmbiguousFile(
            f"{link} is a link to {_target(link)}, and nothing is there. Look whether a disk is not mounted;"
            " to begin elsewhere, remove the link."
        )
    file = meant(path)
    with contextlib.suppress(OSError):
        if file.stat().st_nlink > 1 and file.is_file():
            raise AmbiguousFile(
                f"{file} has a second name on its disk (a hard link), under which another program could"
                " change it unseen. Remove the other name: “find FOLDER -xdev -samefile"
                f" {file}” shows it. For a copy, use “modelus-bot backup create”."
            )
    if _is_mounted(file):
        raise AmbiguousFile(
            f"{file} is mounted by itself, so that what belongs beside it would lie elsewhere for others."
            " Mount its whole folder instead."
        )


class InstanceLock:
    """A lock on ``<database>.lock``, held until released or until the process ends.

    It lies beside the file that is meant, whatever links lead there. The kernel drops it when the process
    dies, so a lock is never left behind; the process number in the file is for people.
    """

    def __init__(self, database: Path) -> None:
        """Prepare the lock that belongs to ``database``; nothing is created yet."""
        self._database = database
        file = meant(database)
        self.path = file.with_name(file.name + ".lock")
        self._descriptor: int | None = None
        self._for_reading = False

    def acquire(self) -> None:
        """Take the lock or raise ``AlreadyRunning`` with the owner's process number.

        Raises ``AmbiguousFile`` where the lock would not keep others out, ``OSError`` when it cannot be made.
        """
        if self._descriptor is not None and not self._for_reading:
            return
        require_one_name(self._database)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = self._locked(os.O_RDWR | os.O_CREAT)
        self._for_reading = False
        with contextlib.suppress(OSError):  # on a full disk the lock holds, and only the number is missing
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)

    def hold_for_reading(self) -> None:
        """Take the lock without writing, where that is possible; raises ``AlreadyRunning``.

        Where nobody could make the lock's file there is none to take, and nobody else has it either.
        """
        if self._descriptor is None:
            require_one_name(self._database)
            with contextlib.suppress(OSError):
                self._locked(os.O_RDONLY)
                self._for_reading = True

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

    def _locked(self, flags: int) -> int:
        descriptor = os.open(self.path, flags | os.O_CLOEXEC, 0o600)
        self.release()  # what is held for reading, now that the file can be written to
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise AlreadyRunning(f"process {owner or 'unknown'}") from error
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return descriptor


def _dangling(path: Path) -> Path | None:
    """Return the first link on the way to ``path`` that leads nowhere."""
    steps = (*reversed(path.absolute().parents), path.absolute())
    return next((step for step in steps if step.is_symlink() and not os.path.exists(step)), None)  # noqa: PTH110


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return "somewhere"


def _is_mounted(file: Path) -> bool:
    """Say whether a file is a mount of its own; False where the system does not tell."""
    try:
        mounts = _MOUNTS.read_text("utf-8", "surrogateescape")
    except OSError:
        return False
    here = str(file.absolute()).replace(" ", "\\040")
    return any(line.split(" ", 5)[4:5] == [here] for line in mounts.splitlines())

"""Bringing a large file to the disk in small pieces, so that nobody else's flush has to bring it along.

A file that grows changes its size and place on the disk with every write, and the file system saves such
changes for all files together: each flush of the database's log then waits for the copy as well. So room is
reserved for the whole file first, and what is written into it is sent to the disk piece by piece. Where the
system offers neither, the file is flushed as any other.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from functools import cache

from modelus_bot.runtime.os_errors import call_failed

__all__ = ["Outflow"]

_WAIT_WRITE_WAIT = 1 | 2 | 4
_NOT_OFFERED = {errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EPERM}


class Outflow:
    """Sends what is written to a file to the disk; who makes the file still flushes it at its end."""

    def __init__(self, descriptor: int, size: int) -> None:
        """Reserve ``size`` bytes, which the file has from now on; raises ``OSError`` without the room."""
        self._descriptor = descriptor
        self._reserved = size > 0 and _reserve(descriptor, size)

    def send(self) -> None:
        """Wait until all that was written is with the disk; raises ``OSError``."""
        if not (self._reserved and _send(self._descriptor)):
            os.fdatasync(self._descriptor)


@cache
def _library() -> ctypes.CDLL | None:
    """Return the C library where it has both calls, with sizes of 64 bits."""
    if sys.platform != "linux" or ctypes.sizeof(ctypes.c_long) < ctypes.sizeof(ctypes.c_int64):
        return None
    library = ctypes.CDLL(None, use_errno=True)
    length = ctypes.c_int64
    library.fallocate.argtypes = (ctypes.c_int, ctypes.c_int, length, length)
    library.sync_file_range.argtypes = (ctypes.c_int, length, length, ctypes.c_uint)
    return library


def _reserve(descriptor: int, size: int) -> bool:
    library = _library()
    return library is not None and _done(library.fallocate(descriptor, 0, 0, size))


def _send(descriptor: int) -> bool:
    library = _library()
    return library is not None and _done(library.sync_file_range(descriptor, 0, 0, _WAIT_WRITE_WAIT))


def _done(result: int) -> bool:
    """Say whether a call worked; False where the system or the file system does not offer it."""
    if result == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_OFFERED:
        return False
    raise call_failed(number)

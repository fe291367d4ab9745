"""Become another program that dies with the process that started it.

Run as a file by a bare interpreter: ``python -I -S launching.py PARENT PROGRAM ARGUMENT...``. The kernel's
death signal is kept over ``exec``, so even a parent that is killed leaves nothing behind. Done here and
not between fork and exec of the bot, where its other threads could hold any lock.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
OPEN_FILES = 1_048_576
"""Merging archived files opens all of them at once: after a long outage it needs as many as it may."""
PRIVATE = 0o077


def become(parent: int, arguments: list[str]) -> None:
    """Replace this process by ``arguments``; ends at once if ``parent`` is already gone."""
    os.umask(PRIVATE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    os.execv(arguments[0], arguments)  # noqa: S606 - there is no shell, and the program was looked for


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2:])

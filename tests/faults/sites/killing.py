"""Children that are killed: one process imports everything once and forks a child for each task.

Each line on its standard input is ``TASK FIRST SECONDS``: the child is killed so many seconds after it is
ready; with a negative number it ends by itself. What it says comes line by line, then ``ended``.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.waiting import blocking_scene_of

__all__ = ["Family", "fork_children"]


class Family:
    """The process whose children are killed: a module of tests that calls ``fork_children``."""

    def __init__(self, module: str, path: Path) -> None:
        """Start it; ``path`` is the database its children work on."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=Path(__file__).parents[3],
        )

    def run(self, task: str, first: int = 0, seconds: float = -1.0) -> list[str]:
        """Let a child do a task, kill it so many seconds after it is ready; returns what it said."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{task} {first} {seconds}\n")
        self._process.stdin.flush()
        return list(iter(self._next, "ended"))

    def _next(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process ended by itself"
        return line.strip()

    def close(self) -> None:
        """End the process."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        assert self._process.wait(30) == 0


def fork_children(work: Callable[[str, int, int], None]) -> None:
    """Fork a child for each line on standard input, and kill it in time.

    ``work`` is called in the child with the task, the first number, and the end of a pipe to write to once
    it is ready. A child ends without what its parent would do at its end.
    """
    for line in sys.stdin:
        task, first, seconds = line.split()
        looking, ready = os.pipe()
        pid = os.fork()
        if pid == 0:
            work(task, int(first), ready)
            os._exit(0)
        os.close(ready)
        os.read(looking, 1)
        os.close(looking)
        if float(seconds) >= 0:
            blocking_scene_of(float(seconds))
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.write(1, b"ended\n")

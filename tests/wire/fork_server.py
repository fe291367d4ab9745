"""Starts ``modelus-bot`` without importing everything anew: a process that has done so forks for each start.

Run as ``python -m tests.wire.fork_server``. Each line on standard input is a request in JSON, answered by one
line: a start, by the number of the new process; a number, by how that process ended, None while it runs.
What is forked is the whole program in a process of its own, in a session, folder and environment of its
own, to its normal end. Ends when its input does.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

__all__ = ["ForkServer", "Forked"]

ROOT = Path(__file__).resolve().parents[2]


class Forked:
    """A process that the server started, used as ``subprocess.Popen`` is."""

    def __init__(self, server: ForkServer, pid: int) -> None:
        """Nothing is asked yet."""
        self._server = server
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return how it ended; None while it runs."""
        if self.returncode is None:
            self.returncode = self._server.ask(self.pid)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def wait(self) -> int:
        """Wait until it is over and return how it ended."""
        while (code := self.poll()) is None:
            time.sleep(0.005)
        return code


class ForkServer:
    """The process that forks; begun when it is first needed, once for all tests of a process."""

    _only: ForkServer | None = None

    def __init__(self) -> None:
        """Start it."""
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.wire.fork_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            start_new_session=True,
        )

    @classmethod
    def get(cls) -> ForkServer:
        """Return the one of this process; it ends with it."""
        if cls._only is None:
            cls._only = cls()
            atexit.register(cls._only.close)
        return cls._only

    def start(self, arguments: list[str], folder: Path, environment: dict[str, str], output: Path) -> Forked:
        """Start the program; what it writes is added to ``output``."""
        request = {
            "arguments": arguments,
            "folder": str(folder),
            "output": str(output),
            "variables": environment,
        }
        return Forked(self, int(self.ask(request) or 0))

    def ask(self, request: dict[str, Any] | int) -> int | None:
        """Ask for a start, or how a process ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            answer: int | None = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def serve() -> dict[str, Any] | None:
    """Answer until the input ends; in a child return what was asked for instead."""
    running: set[int] = set()
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        if isinstance(request, int):
            found, status = os.waitpid(request, os.WNOHANG) if request in running else (0, 0)
            running.discard(found)
            answer = os.waitstatus_to_exitcode(status) if found else None
        else:
            answer = os.fork()
            if answer == 0:
                return request
            running.add(answer)
        os.write(1, json.dumps(answer).encode() + b"\n")
    return None


def become(request: dict[str, Any]) -> None:
    """Be what a new process would be: its session, folder, environment, arguments and streams."""
    os.setsid()
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["variables"])
    time.tzset()
    sys.argv = ["modelus-bot", *request["arguments"]]
    with open(os.devnull, "rb") as nothing, open(request["output"], "ab") as output:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)


def load() -> None:
    """Import what a bot imports until it serves."""
    from modelus_bot.subjects import DECLARED

    DECLARED.screens()
    gc.collect()
    gc.freeze()


def main() -> None:
    """Fork for each request; a child goes on as the program that it was started for."""
    load()
    request = serve()
    if request is None:
        return
    become(request)
    from modelus_bot.cli import main as program
    from tests.wire.launch import point_at

    point_at(os.environ["WIRE_DISCORD"])
    program()


if __name__ == "__main__":
    main()

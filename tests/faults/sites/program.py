"""Programs that are killed: each in a process of its own, heard to the last whole line it said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["Program"]

ROOT = Path(__file__).parents[3]


class Program:
    """A program of this folder, by its name, or a text of Python after ``-c``; what it says are lines."""

    def __init__(self, name: str, *words: object) -> None:
        """Start it."""
        called = [name] if name == "-c" else ["-m", f"tests.faults.sites.{name}"]
        command = [sys.executable, *called, *map(str, words)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)

    def line(self) -> str:
        """Wait for what it says next; fails when it has ended by itself."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.endswith(b"\n"), "the program ended by itself"
        return line.decode().rstrip("\n")

    def ready(self) -> Program:
        """Wait until it says that it is ready; returns it."""
        assert self.line() == "ready"
        return self

    def kill(self) -> list[str]:
        """Kill it at once; returns what it had said since, without a last line that was cut off."""
        self.process.kill()
        return self.ended()

    def ended(self) -> list[str]:
        """Wait until it is over; returns what it had said since."""
        assert self.process.stdout is not None
        said = self.process.stdout.read()
        self.process.wait()
        self.process.stdout.close()
        return said[: said.rfind(b"\n") + 1].decode().splitlines()

"""Failing disk calls: the library that makes them, plans in words, and setting them while a process runs.

What a plan says, and which calls and actions there are, stands at the top of ``preload/disk_faults.c``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import pytest

__all__ = ["Fault", "Hit", "arm", "built", "disarm", "environment", "read_hits"]

SOURCE = Path(__file__).with_name("preload") / "disk_faults.c"
FOR_EVER = -1


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of a plan: ``times`` calls from the ``start``-th on, at most ``seconds`` after the first."""

    pattern: str
    call: str
    start: int
    times: int
    action: str
    seconds: float | None = None
    each_thread: bool = False
    process: str = ""

    @classmethod
    def of(cls, text: str, *, seconds: float | None = None, each_thread: bool = False) -> Self:
        """Read ``PATTERN|CALL|FROM|TIMES|ACTION``."""
        pattern, call, start, times, action = text.split("|")
        return cls(pattern, call, int(start), int(times), action, seconds, each_thread)

    def line(self) -> str:
        """Return it as the library takes it."""
        words = [self.pattern, self.call, str(self.start), str(self.times), self.action]
        if self.seconds is not None:
            words.append(f"seconds={self.seconds}")
        if self.each_thread:
            words.append("each=thread")
        if self.process:
            words.append(f"process={self.process}")
        return "|".join(words)

    def __str__(self) -> str:
        name = errno.errorcode.get(int(self.action)) if self.action.isdigit() else None
        words = f"{self.pattern}|{self.call}|{self.start}|{self.times}|{self.action}"
        more = [
            f"for {self.seconds} s" if self.seconds is not None else "",
            "each thread" if self.each_thread else "",
            self.process,
            name or "",
        ]
        return " ".join([words, *filter(None, more)])


@dataclass(frozen=True, slots=True)
class Hit:
    """One call that was hit: in which process, by which fault of the plan, at which count."""

    process: int
    fault: int
    call: str
    count: int
    action: str
    path: str


@cache
def compiler() -> str | None:
    """Return the C compiler of this machine."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def built(folder: Path) -> Path:
    """Compile the library into ``folder``; skips the test where there is no compiler for it."""
    found = compiler()
    if found is None:
        pytest.skip("there is no C compiler (cc) to build the library of failing calls with")
    library = folder / "disk_faults.so"
    flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden"]
    command = [found, *flags, "-pthread", "-o", str(library), str(SOURCE)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode and "fatal error" in said.stderr:
        pytest.skip(f"the C library's headers are missing (libc6-dev): {said.stderr.strip()[:200]}")
    assert not said.returncode, said.stderr
    return library


def environment(library: Path, hits: Path | None = None, faults: Iterable[Fault] = ()) -> dict[str, str]:
    """Return an environment in which programs start with the library, and with faults from the start."""
    added = {"LD_PRELOAD": str(library), "DISK_FAULTS": "\n".join(fault.line() for fault in faults)}
    return dict(os.environ) | added | ({"DISK_FAULTS_HITS": str(hits)} if hits is not None else {})


def arm(faults: Sequence[Fault]) -> None:
    """Let calls fail from now on, in this process, which has the library, and in those that it starts."""
    lines = "\n".join(fault.line() for fault in faults)
    os.environ["DISK_FAULTS"] = lines
    assert _loaded().disk_faults_arm(lines.encode()) >= 0, lines


def record(hits: Path) -> None:
    """Have hits written to a file, in this process and in those that it starts."""
    os.environ["DISK_FAULTS_HITS"] = str(hits)
    _loaded().disk_faults_record(str(hits).encode())


def disarm() -> None:
    """Let everything work again."""
    os.environ["DISK_FAULTS"] = ""
    _loaded().disk_faults_disarm()


def read_hits(path: Path) -> list[Hit]:
    """Return what was hit."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return []
    words = [line.split(" ", 5) for line in lines]
    return [Hit(int(pid), int(fault), call, int(n), act, where) for pid, fault, call, n, act, where in words]


def counted(hits: Iterable[Hit]) -> Counter[int]:
    """Return how often each fault of a plan was hit."""
    return Counter(hit.fault for hit in hits)


def _loaded() -> ctypes.CDLL:
    return ctypes.CDLL(None)

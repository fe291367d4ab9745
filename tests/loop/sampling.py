"""A thread that looks at another one again and again: does it run, sleep or wait, and where is it."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
import traceback
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

__all__ = ["Look", "Watcher", "look_at"]

PAUSE = 0.005
KEPT = 4000
"""Looks that are remembered: 20 seconds."""
WHOLE_EVERY = 8
"""Looks of which one is at all threads."""
DEPTH = 14
ASLEEP = frozenset("SD")
TASKS = Path("/proc/self/task")
OWN = Path("/proc/thread-self/schedstat")


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one moment; times in seconds, by the system's numbers of the threads.

    ``worked`` is how long each thread has been on a processor, ``queued`` how long it has waited for one.
    """

    at: float
    worked: dict[int, float]
    queued: dict[int, float]
    state: str = ""
    """Of the watched thread: R runs or waits for a processor, S and D sleep; empty where nobody can tell."""
    whole: bool = True
    """Whether all threads were looked at, or the watched one alone."""
    looker: float = 0.0
    """How long the thread that looks has waited for a processor."""
    stack: tuple[str, ...] = ()
    """Where the watched thread was, innermost place first, when it was busy."""
    others: dict[int, str] = field(default_factory=dict)
    """Where the other threads were, when this look came late."""


def look_at(
    watched: int, *, whole: bool = True, stack: tuple[str, ...] = (), others: dict[int, str] | None = None
) -> Look:
    """Look at one thread of this process, or at the ``whole`` of them."""
    worked: dict[int, float] = {}
    queued: dict[int, float] = {}
    state = ""
    tasks = (TASKS.iterdir() if TASKS.is_dir() else ()) if whole else (TASKS / str(watched),)
    for task in tasks:
        try:
            ran, waited, _ = (task / "schedstat").read_text().split()
            if int(task.name) == watched:
                state = (task / "stat").read_text().rpartition(") ")[2][:1]
        except (OSError, ValueError):
            continue
        worked[int(task.name)], queued[int(task.name)] = int(ran) / 1e9, int(waited) / 1e9
    looker = 0.0
    with contextlib.suppress(OSError):
        looker = int(OWN.read_text().split()[1]) / 1e9
    return Look(time.perf_counter(), worked, queued, state, whole, looker, stack, others or {})


class Watcher:
    """Looks every 5 ms at the thread that enters it; ``busy`` is set by that thread while it is in a step."""

    def __init__(self) -> None:
        """Nothing is looked at yet."""
        self.looks: deque[Look] = deque(maxlen=KEPT)
        self.busy = False
        self.watched = 0
        self._ident = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="loop-watcher", daemon=True)

    def __enter__(self) -> Self:
        """Watch the thread that calls."""
        self._ident, self.watched = threading.get_ident(), threading.get_native_id()
        self.looks.append(look_at(self.watched))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._stop.set()
        self._thread.join()

    @property
    def number(self) -> int:
        """The system's number of the watching thread itself."""
        return self._thread.native_id or 0

    def between(self, began: float, ended: float) -> list[Look]:
        """Return the looks of a span, with the last whole one before it first."""
        found: list[Look] = []
        for look in reversed(self.looks):
            if look.at <= ended:
                found.append(look)
            if look.at <= began and look.whole:
                break
        return found[::-1]

    def name_of(self, number: int) -> str:
        """Return what a thread is called."""
        named = {item.native_id: item.name for item in threading.enumerate()}
        return named.get(number, f"thread {number}")

    def _watch(self) -> None:
        before, turn = time.perf_counter(), 0
        while not self._stop.wait(PAUSE):
            turn += 1
            late = time.perf_counter() - before > 4 * PAUSE
            frames = sys._current_frames() if late or self.busy else {}
            frame = frames.get(self._ident)
            stack = stack_of(frame) if self.busy and frame is not None else ()
            others = self._others(frames) if late else None
            self.looks.append(
                look_at(self.watched, whole=late or turn % WHOLE_EVERY == 0, stack=stack, others=others)
            )
            before = time.perf_counter()

    def _others(self, frames: dict[int, Any]) -> dict[int, str]:
        """Return where the other threads are, by the system's numbers."""
        mine = {self._ident, threading.get_ident()}
        return {
            item.native_id: " < ".join(stack_of(frames[item.ident])[:5])
            for item in threading.enumerate()
            if item.ident in frames and item.ident not in mine and item.native_id is not None
        }


def stack_of(frame: Any) -> tuple[str, ...]:
    """Return the innermost places of a frame."""
    places = []
    for item, line in traceback.walk_stack(frame):
        places.append(f"{short(item.f_code.co_filename)}:{line} {item.f_code.co_name}")
        if len(places) == DEPTH:
            break
    return tuple(places)


def short(filename: str) -> str:
    """Return a file's name without what is the same for all of its library."""
    for mark in ("/site-packages/", "/lib/python3"):
        _, found, after = filename.rpartition(mark)
        if found:
            return after.partition("/")[2] if mark == "/lib/python3" else after
    return "/".join(Path(filename).parts[-4:])

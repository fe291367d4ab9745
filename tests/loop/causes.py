"""Why the event loop was late: what a span of time was spent on, told apart by what each thread did in it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.loop.sampling import ASLEEP, PAUSE, Look

__all__ = ["Cause", "Share", "Step", "spent"]

ON_TIME = 4 * PAUSE
"""A look that came this soon after the one before had the interpreter when it wanted it."""
STILL = 0.05
"""A thread that worked less than this part of the time between two looks did nothing in it."""


class Cause(StrEnum):
    """What held the loop up."""

    WORK = "work of its own"
    COLLECTING = "garbage collection"
    WAITING = "a wait of its own, for a disk or a lock"
    INTERPRETER = "another thread had the interpreter"
    MACHINE = "other programs had the processors"
    UNKNOWN = "nobody knows"


@dataclass(frozen=True, order=True)
class Step:
    """One callback: seconds until it returned, seconds of work in them, and whose it was."""

    seconds: float
    worked: float
    who: str


@dataclass(frozen=True, slots=True)
class Share:
    """How many seconds of a span went where."""

    seconds: float
    by: dict[Cause, float]

    @property
    def cause(self) -> Cause:
        """What most of it went into."""
        return max(self.by, key=lambda item: self.by[item])

    def words(self, most: int = 9) -> str:
        """Return where most of it went, in milliseconds."""
        parts = sorted(((seconds, cause) for cause, seconds in self.by.items()), reverse=True)[:most]
        return ", ".join(f"{cause} {seconds * 1000:.0f}" for seconds, cause in parts if seconds >= 0.001)

    @property
    def own(self) -> float:
        """Seconds that the thread itself has to answer for."""
        return self.by[Cause.WORK] + self.by[Cause.COLLECTING] + self.by[Cause.WAITING]

    @property
    def waited(self) -> float:
        """Seconds in which it slept although nobody kept the interpreter from it."""
        return self.by[Cause.WAITING]


def spent(
    watched: int, looks: Sequence[Look], *, seconds: float, worked: float, collected: float, ignored: int = 0
) -> Share:
    """Divide a span of ``seconds``, in which the watched thread ``worked`` and ``collected`` so long.

    ``looks`` begin just before the span and end with it; ``ignored`` is a thread that does not count.
    """
    first, last = looks[0], looks[-1]
    waited = min(_waited(watched, looks), max(0.0, seconds - worked))
    queued = last.queued.get(watched, 0.0) - first.queued.get(watched, 0.0)
    rest = max(0.0, seconds - worked - waited)
    machine = min(queued, rest)
    rest -= machine
    others = sum(
        last.worked[item] - first.worked.get(item, 0.0)
        for item in last.worked
        if item not in {watched, ignored}
    )
    interpreter = min(others, rest)
    rest -= interpreter
    behind = sum(
        last.queued[item] - first.queued.get(item, 0.0)
        for item in last.queued
        if item not in {watched, ignored}
    )
    held_up = min(behind, rest)
    return Share(
        seconds,
        {
            Cause.WORK: max(0.0, worked - collected),
            Cause.COLLECTING: collected,
            Cause.WAITING: waited,
            Cause.INTERPRETER: interpreter,
            Cause.MACHINE: machine + held_up,
            Cause.UNKNOWN: rest - held_up,
        },
    )


def _waited(watched: int, looks: Sequence[Look]) -> float:
    """Add up what lies between two timely looks that both found the thread asleep, and nothing done.

    The watcher got the interpreter as soon as it had a processor, so that it was not what the thread
    waited for.
    """
    total = 0.0
    for before, after in itertools.pairwise(looks):
        seconds = after.at - before.at
        done = after.worked.get(watched, 0.0) - before.worked.get(watched, 0.0)
        asleep = before.state in ASLEEP and after.state in ASLEEP and before.stack and after.stack
        wanting = seconds - max(0.0, after.looker - before.looker)
        if asleep and wanting < ON_TIME and done < STILL * seconds:
            total += seconds
    return total

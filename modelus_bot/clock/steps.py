"""How old something is, whatever the clock was set to since: pure arithmetic over the clock's steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Step", "age_of", "cutoff_of", "present_terms"]


@dataclass(frozen=True, slots=True)
class Step:
    """The clock was set ahead: what it had said until then at most, and by how many seconds; no time passed.

    Stamps from before ``after`` are of a time when it had been right.
    """

    before: float
    seconds: float
    after: float = 0.0


def present_terms(stamp: float, now: float, steps: Iterable[Step]) -> float:
    """Return what the clock of now would have said then; never later than ``now``.

    Steps back are not counted, and a stamp of a future that did not come is as young as can be: whatever
    is deleted by age stays rather longer than shorter.
    """
    return min(now, stamp + sum(step.seconds for step in steps if step.after <= stamp <= step.before))


def age_of(stamp: float, now: float, steps: Iterable[Step]) -> float:
    """Return how many seconds have passed since ``stamp``, without those that the clock only jumped."""
    return now - present_terms(stamp, now, steps)


def cutoff_of(seconds: float, now: float, steps: Iterable[Step]) -> float:
    """Return a moment so that everything stamped before it is older than ``seconds``."""
    cutoff, left = now - seconds, list(steps)
    while (
        reached := next((item for item in left if item.before >= cutoff - item.seconds), None)
    ) is not None:
        left.remove(reached)
        cutoff -= reached.seconds
    return cutoff

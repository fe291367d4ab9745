"""Tunables: the program's pauses, patience and other such numbers, which only tests may change.

A module states its number as a constant, ``RETRY_FIRST = Pause(0.05)``, and reads ``RETRY_FIRST.value``
where it is needed. Nothing in the environment or the settings changes it, so no bot that serves people can
run in the mode of tests by accident: a program that is tested enters ``tuned`` itself, and a test of the
house's floors sees to it that nothing in the package does.

    with tuned(RETRY_CAP.at(0.02), pauses=0.01):
        ...
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

__all__ = ["Pause", "Pauses", "Tunable", "TunedValue", "is_tuned", "tuned"]

T = TypeVar("T")


class Tunable(Generic[T]):
    """A number that only tests change: how long others are waited for, how large something may be."""

    __slots__ = ("_stated",)

    def __init__(self, stated: T) -> None:
        """State it."""
        self._stated = stated

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._stated!r})"

    @property
    def value(self) -> T:
        """What holds now; ask for it when it is needed and keep no copy."""
        mode = _mode
        return self._stated if mode is None else mode.value_of(self)

    def at(self, value: T) -> TunedValue:
        """Return this number changed, for ``tuned``."""
        return TunedValue(self, value)

    def within(self, longest: float) -> T:
        """Return what it is where no pause is longer than so many seconds: what was stated, if it is none."""
        return self._stated


class Pause(Tunable[float]):
    """Seconds that the program waits by itself before it does something (again)."""

    __slots__ = ()

    def within(self, longest: float) -> float:
        """Return the shorter one."""
        return min(self._stated, longest)


class Pauses(Tunable[tuple[float, ...]]):
    """Seconds before the second attempt, the third, and so on; their number is the number of attempts."""

    __slots__ = ()

    def within(self, longest: float) -> tuple[float, ...]:
        """Return as many, each no longer than that."""
        return tuple(min(pause, longest) for pause in self._stated)


@dataclass(frozen=True, slots=True)
class TunedValue:
    """A tunable and what it is in a test; made by ``Tunable.at``."""

    tunable: Tunable[Any]
    value: Any


@dataclass(frozen=True, slots=True)
class _Mode:
    changed: dict[int, TunedValue]
    pauses: float

    def value_of(self, tunable: Tunable[T]) -> T:
        change = self.changed.get(id(tunable))
        if change is not None:
            return change.value  # type: ignore[no-any-return]
        return tunable.within(self.pauses)


_mode: _Mode | None = None


def is_tuned() -> bool:
    """Say whether ``tuned`` is entered anywhere in this process."""
    return _mode is not None


@contextmanager
def tuned(*changes: TunedValue, pauses: float = math.inf) -> Iterator[None]:
    """For tests only: let these numbers be others, and every pause at most so many seconds.

    Holds for all threads and tasks until it is left; entered again inside, it adds to what holds already,
    and pauses become no longer again.
    """
    global _mode  # noqa: PLW0603 - read by every thread, and therefore one word
    before = _mode
    changed = dict(before.changed) if before else {}
    changed |= {id(change.tunable): change for change in changes}
    _mode = _Mode(changed, min(pauses, before.pauses) if before else pauses)
    try:
        yield
    finally:
        _mode = before

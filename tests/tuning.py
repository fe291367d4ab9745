"""What a test says to have the program's pauses, patience and sizes others until it is over."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from modelus_bot.runtime.tunables import TunedValue, tuned

__all__ = ["Tuning", "open_tuning"]


class Tuning:
    """``tuning(TIMEOUT.at(0.1), pauses=0.01)``: more of it may follow in the same test."""

    def __init__(self, stack: ExitStack) -> None:
        """Everything ends with the stack."""
        self._stack = stack

    def __call__(self, *changes: TunedValue, pauses: float = math.inf) -> None:
        """Let these hold from now on."""
        self._stack.enter_context(tuned(*changes, pauses=pauses))


@contextmanager
def open_tuning() -> Iterator[Tuning]:
    """Return it; everything is as it was when this is left."""
    with ExitStack() as stack:
        yield Tuning(stack)

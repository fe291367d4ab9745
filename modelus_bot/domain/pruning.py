"""What subjects share that remove rows which have served their time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Priority, Write

__all__ = ["BATCH_LIMIT", "Ids", "Prune", "as_ranges"]

BATCH_LIMIT = 2000


Ids = Annotated[tuple[int, ...], Field(min_length=1, max_length=BATCH_LIMIT)]


class Prune(Write[int]):
    """Remove rows by key if they are still old enough; returns how many."""

    priority = Priority.LOW

    before: int


def as_ranges(ids: Sequence[int]) -> str:
    """Return sorted numbers as a short text: ``4-9,12``."""
    runs: list[list[int]] = []
    for number in ids:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)

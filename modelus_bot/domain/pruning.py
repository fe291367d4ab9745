"""What subjects share that remove rows which have served their time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from modelus_bot.config import MaintenanceSettings
from modelus_bot.database import Priority, Pruning, Write

__all__ = ["BATCH_LIMIT", "Ids", "Prune", "as_ranges", "prunings_under"]

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


def prunings_under(prunings: Iterable[Pruning], settings: MaintenanceSettings) -> tuple[Pruning, ...]:
    """Return those by which something goes, for as many days as the settings say."""
    return tuple(found for pruning in prunings if (found := _under(pruning, settings)).days)


def _under(pruning: Pruning, settings: MaintenanceSettings) -> Pruning:
    if not pruning.setting:
        return pruning
    days = int(getattr(settings, pruning.setting))
    return replace(pruning, days=days, early_days=min(days, pruning.early_days))

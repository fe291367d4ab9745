"""Runs of audit entries: which numbers a log has, as the first and the last of each run without a gap."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Runs", "count_of", "joined", "lacking", "runs_of"]

Runs = tuple[tuple[int, int], ...]
"""Sorted, apart from each other, both ends included."""

MOST = 10_000
"""How many runs are told of one file; the bot's own logs have a few."""


def runs_of(numbers: Iterable[object]) -> Runs:
    """Return the runs of numbers that come in rising order, at most ``MOST``; others are passed over."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if not isinstance(number, int):
            continue
        if found and number == found[-1][1] + 1:
            found[-1] = found[-1][0], number
        elif len(found) < MOST:
            found.append((number, number))
    return tuple(found)


def joined(runs: Iterable[tuple[int, int]]) -> Runs:
    """Return all of these runs as few ones."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)


def lacking(wanted: Runs, held: Runs) -> Runs:
    """Return what is in ``wanted`` and not in ``held``."""
    left: list[tuple[int, int]] = []
    for first, last in wanted:
        at = first
        for begin, end in held:
            if end < at or begin > last:
                continue
            if begin > at:
                left.append((at, begin - 1))
            at = max(at, end + 1)
        if at <= last:
            left.append((at, last))
    return tuple(left)


def count_of(runs: Runs) -> int:
    """Return how many entries there are."""
    return sum(last - first + 1 for first, last in runs)

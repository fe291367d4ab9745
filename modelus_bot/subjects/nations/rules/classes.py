"""Values in a few classes of about as many each, as a map tints them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["class_of", "classes_of"]

MOST = 5

Class = tuple[int, int]
"""The least and the largest value in it."""


def classes_of(values: Iterable[int]) -> tuple[Class, ...]:
    """Return at most five classes from little to much; equal values are in the same one."""
    ordered = sorted(values)
    different = sorted(set(ordered))
    if len(different) <= MOST:
        return tuple((value, value) for value in different)
    firsts = sorted({ordered[len(ordered) * number // MOST] for number in range(MOST)})
    return tuple(
        (first, max(value for value in different if following is None or value < following))
        for first, following in zip(firsts, (*firsts[1:], None), strict=True)
    )


def class_of(value: int, classes: tuple[Class, ...]) -> int:
    """Return the number of the class that a value is in, from 0."""
    return next(number for number, (_, most) in enumerate(classes) if value <= most)

"""Groups of nations in the colours that a map has. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from modelus_bot.domain.map_tints import MapGroup

__all__ = ["MOST_TINTED", "places_in", "tinted"]

MOST_TINTED = 12
"""Colours with their patterns that can be told apart."""
OTHERS = "…"


def tinted(groups: Sequence[MapGroup]) -> tuple[MapGroup, ...]:
    """Return the groups as they are tinted: where there are too many, the last ones together."""
    if len(groups) <= MOST_TINTED:
        return tuple(groups)
    rest = groups[MOST_TINTED - 1 :]
    numbers = dict.fromkeys(number for group in rest for number in group.nations)
    return (*groups[: MOST_TINTED - 1], MapGroup(OTHERS, f"{len(rest)} more", tuple(numbers)))


def places_in(nation_id: int, groups: Sequence[MapGroup]) -> tuple[int, ...]:
    """Return which of the groups a nation is in, by their places."""
    return tuple(place for place, group in enumerate(groups) if nation_id in group.nations)

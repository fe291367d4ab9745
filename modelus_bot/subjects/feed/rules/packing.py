"""Which events leave as one message, and by what it is found again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modelus_bot.subjects.feed.model import Event

__all__ = ["MOST", "fitting", "mark_of", "ready"]

MOST = 15
"""Events that one message tells of."""
ROOM = 3600
"""Characters of a card that they may take; the rest is left to the line about the database."""
PERSON, AROUND = 204, 40
"""Characters that a person's name takes at most, and what stands around an event."""


def fitting(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the first events that a message can show whole, however much of them has to be escaped."""
    found: list[Event] = []
    left = ROOM
    for event in events:
        left -= 2 * len(event.headline) + AROUND + (PERSON if event.user_id is not None else 0)
        if len(found) == MOST or (found and left < 0):
            break
        found.append(event)
    return tuple(found)


def mark_of(ids: Sequence[int]) -> str:
    """Return the foot of a message, by which it is found again."""
    return f"Event {ids[0]}" if len(ids) == 1 else f"Events {ids[0]} to {ids[-1]}"


def ready(oldest_at: int | None, waiting: int, now: int, gathering: float) -> bool:
    """Say whether what waits may leave: after a few seconds, in which more of it, or its end, may come.

    One of a time that is still to come was told of while the clock was wrong.
    """
    return oldest_at is not None and (waiting >= MOST or not 0 <= now - oldest_at < gathering)

"""How long a nation has to wait between two changes of a kind; told by the clock in UTC seconds. Pure."""

from __future__ import annotations

from typing import Literal

__all__ = ["WAITS", "Waiting", "ready_at"]

HOUR, DAY = 3600, 86_400
Waiting = Literal["name", "tax", "flag"]
WAITS: dict[Waiting, int] = {"name": DAY, "tax": 7 * DAY, "flag": 3 * HOUR}
"""Seconds; a new name and a new prefix share theirs."""


def ready_at(until: int | None, at: int, command: Waiting) -> int | None:
    """Return when a change is possible again; None when it is possible ``at`` this moment.

    A wait longer than it can be was begun by a clock that was wrong, and does not count.
    """
    if until is None or until <= at or until - at > WAITS[command]:
        return None
    return until

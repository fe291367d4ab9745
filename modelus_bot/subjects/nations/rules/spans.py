"""How far back the history of a figure is shown. Pure."""

from __future__ import annotations

__all__ = ["MOST_DAYS", "begin_of"]

DAY = 86_400
MOST_DAYS = 90


def begin_of(days: int, at: int) -> int:
    """Return when the last ``days`` began that end at an instant, both in UTC seconds.

    What counts in turns of the simulation instead changes this, and what the option is called: whatever
    shows a history only knows from which instant on.
    """
    return at - days * DAY

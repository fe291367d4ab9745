"""For how long somebody was not heard, and what that makes of whoever holds an office. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from modelus_bot.subjects.activity.model import Leave, Standing
from modelus_bot.subjects.nations.model import OfficeName

__all__ = ["Limits", "judged", "last_there", "silence"]

Limits = Mapping[OfficeName, int]
"""After how many days of silence whoever holds an office is inactive; 0: never."""


def last_there(heard: date | None, taken: date, leave: Leave | None) -> date:
    """Return the last day on which somebody was there: they wrote, took the office, or spoke of a leave."""
    said = leave.said_on if leave is not None else None
    return max(taken, said or taken, heard or taken)


def silence(since: date, today: date, days: Iterable[date], leave: Leave | None) -> int:
    """Return how many of the ``days`` on which anybody was heard somebody was silent after ``since``.

    Today is not over, so it does not count, and neither do days of leave. Days on which the bot heard
    nobody at all, because it was away or nobody wrote, are held against no one.
    """
    return sum(1 for day in days if since < day < today and not (leave is not None and leave.covers(day)))


def judged(silent: int, limit: int, today: date, leave: Leave | None, *, nation_on_leave: bool) -> Standing:
    """Return how somebody in office stands after so many silent days."""
    if nation_on_leave or (leave is not None and leave.covers(today)):
        return "leave"
    if limit and silent >= limit:
        return "inactive"
    return "silent" if silent else "heard"

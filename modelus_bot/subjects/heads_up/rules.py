"""When a hand-over is told of. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from modelus_bot.domain.calendar import Calendar

__all__ = ["heads_up_at"]

SATURDAY = 5


def heads_up_at(handover: date, calendar: Calendar, minute: int) -> int:
    """Return the instant of ``minute`` (after midnight) on the last working day before a day's hand-over.

    That day itself counts where its hand-over is later than the minute.
    """
    clock, day = replace(calendar, handoff_minute=minute), handover
    while day.weekday() >= SATURDAY or clock.handoff(day) >= calendar.handoff(handover):
        day -= timedelta(days=1)
    return clock.handoff(day)

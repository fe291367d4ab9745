"""The server's calendar: local days, hand-over instants, and which sprint is current. Pure functions.

A sprint lasts from the hand-over of its first day to the hand-over of its last: on the day two
sprints share, the earlier one holds before the hand-over and the later one from it. In a gap
between two sprints the earlier one goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["Calendar", "Span", "choose_current", "days_left", "latest_weekly"]


@dataclass(frozen=True, slots=True)
class Calendar:
    """A time zone and the minute of the day at which duty passes on (480 is 08:00)."""

    zone: str = "America/New_York"
    handoff_minute: int = 480

    def day_of(self, at: int) -> date:
        """Return the local calendar day of an instant (UTC seconds)."""
        return datetime.fromtimestamp(at, ZoneInfo(self.zone)).date()

    def handoff(self, day: date) -> int:
        """Return the instant (UTC seconds) of a day's hand-over.

        On the day clocks go forward, a local time that does not exist is moved on by the hour that
        was skipped; on the day they go back, the first of the two is meant.
        """
        clock = time(self.handoff_minute // 60, self.handoff_minute % 60)
        local = datetime.combine(day, clock, ZoneInfo(self.zone))
        return int(local.astimezone(UTC).timestamp())

    def duty_day(self, at: int) -> date:
        """Return the day whose hand-over came last: before today's hand-over, that is yesterday."""
        today = self.day_of(at)
        return today if at >= self.handoff(today) else today - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """What the choice of the current sprint needs to know of one: its id, first and last day."""

    id: int
    start: date
    end: date


def choose_current(spans: Iterable[Span], at: int, calendar: Calendar) -> Span | None:
    """Return the sprint on duty at an instant: the latest one whose first hand-over has come.

    None before the first sprint's hand-over. After the last sprint's end, that one goes on.
    """
    duty_day = calendar.duty_day(at)
    begun = [span for span in spans if span.start <= duty_day]
    return max(begun, key=lambda span: (span.start, span.id), default=None)


def days_left(end: date, at: int, calendar: Calendar) -> int:
    """Return the whole days until a sprint's last day; 0 on that day, negative in a gap after it."""
    return (end - calendar.day_of(at)).days


def latest_weekly(at: int, weekday: int, minute: int, zone: ZoneInfo) -> int:
    """Return the newest weekly moment that is not after an instant, in UTC seconds; Monday is weekday 0.

    A time that does not exist on that day, or exists twice, is taken as the first of its two readings.
    """
    today = datetime.fromtimestamp(at, zone).date()
    hours, minutes = divmod(minute, 60)
    day = today - timedelta(days=(today.weekday() - weekday) % 7)
    while True:
        moment = int(datetime.combine(day, time(hours, minutes), zone).timestamp())
        if moment <= at:
            return moment
        day -= timedelta(days=7)

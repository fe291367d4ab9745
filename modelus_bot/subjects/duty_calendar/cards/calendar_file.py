"""The file for calendar programs (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import icalendar

from modelus_bot.subjects.duty_calendar.model import CalendarEntry

__all__ = ["calendar_file"]

PRODUCT = "-//Model US Bot//Duty calendar//EN"
YEAR = 366 * 86_400


def calendar_file(entries: Iterable[CalendarEntry], zone: str, name: str) -> bytes:
    """Return the file of some entries, with their times in ``zone`` and what that zone is.

    Imported again, entries replace those of the same ``uid`` and a lower sequence, and cancelled ones remove
    them.
    """
    calendar = icalendar.Calendar()
    for key, value in (
        ("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH"),
        ("name", name), ("x-wr-calname", name), ("x-wr-timezone", zone),
    ):  # fmt: skip
        calendar.add(key, value)
    known = list(entries)
    for entry in known:
        calendar.add_component(_event(entry, ZoneInfo(zone)))
    if known:
        # A year around them, so that each day's offset is there whichever way a program reads it.
        first = min(entry.published.starts_at for entry in known) - YEAR
        last = max(entry.published.ends_at for entry in known) + YEAR
        calendar.add_missing_timezones(*(datetime.fromtimestamp(at, UTC).date() for at in (first, last)))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry, zone: ZoneInfo) -> icalendar.Event:
    known = entry.published
    changed = datetime.fromtimestamp(known.updated_at, UTC)
    event = icalendar.Event()
    for key, value in (
        ("uid", known.uid),
        ("sequence", known.sequence),
        ("dtstamp", changed),
        ("created", datetime.fromtimestamp(known.created_at, UTC)),
        ("last-modified", changed),
        ("dtstart", datetime.fromtimestamp(known.starts_at, zone)),
        ("dtend", datetime.fromtimestamp(known.ends_at, zone)),
        ("summary", entry.summary),
        ("description", entry.description),
        ("status", "CANCELLED" if known.is_cancelled else "CONFIRMED"),
        ("transp", "TRANSPARENT"),
    ):
        event.add(key, value)
    return event

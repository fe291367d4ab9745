"""Quiet hours: whether it is quiet at an instant, and when that ends, on any day of any time zone. Pure.

It is quiet while a clock on somebody's wall shows a minute from the first to before the last. So an hour
that a clock shows twice is as quiet as it is the first time, and one that it skips is not there.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from modelus_bot.subjects.notices.model import QuietHours

__all__ = ["is_known_zone", "quiet_until"]

DAY = 1440
LONGEST = 2 * DAY
"""Minutes after which the end of quiet hours is not looked for any more: no day is that long."""


def is_known_zone(name: str) -> bool:
    """Say whether a time zone of that name is known here."""
    return _zone(name) is not None


def quiet_until(hours: QuietHours | None, at: int, fallback: str) -> int | None:
    """Return the instant (UTC seconds) at which the quiet hours around ``at`` end; None when it is not quiet.

    ``fallback`` is the time zone that counts where the one chosen is not known here any more.
    """
    if hours is None or hours.begin == hours.end:
        return None
    zone = _zone(hours.zone) or ZoneInfo(fallback)
    first = datetime.fromtimestamp(at, zone)
    if not _is_quiet(hours, first):
        return None
    minute = at - at % 60
    expected = minute + (hours.end - _minute(first)) % DAY * 60
    if datetime.fromtimestamp(expected, zone).utcoffset() == first.utcoffset():
        return expected
    for later in range(minute + 60, minute + LONGEST * 60, 60):
        if not _is_quiet(hours, datetime.fromtimestamp(later, zone)):
            return later
    return expected


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def _is_quiet(hours: QuietHours, moment: datetime) -> bool:
    return (_minute(moment) - hours.begin) % DAY < (hours.end - hours.begin) % DAY


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None

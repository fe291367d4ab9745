"""What people type or pick about their inbox: times of the day, time zones, and one of their notices."""

from __future__ import annotations

import functools
import importlib.resources
import re
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.notices.cards import clock_words, kind_label
from modelus_bot.subjects.notices.model import Notice
from modelus_bot.subjects.notices.rules.quiet_hours import is_known_zone
from modelus_bot.text.escaping import folded, plain, undrawn
from modelus_bot.text.likeness import nearest
from modelus_bot.ui.cards import clip
from modelus_bot.ui.commands.suggestions import SHOWN, Choices, choices, picks
from modelus_bot.ui.picks import unpicked

__all__ = [
    "OFF",
    "number_of",
    "suggest_minutes",
    "suggest_notices",
    "suggest_zones",
    "typed_minute",
    "typed_zone",
]

OFF = "off"
"""What is typed instead of a time to end quiet hours."""
TIME = re.compile(r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))? ?(?P<half>am|pm)?", re.ASCII)
RULE = "Write a time of the day as 22:00, 7:30 or 10 pm."
OFTEN = (
    *("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "Pacific/Honolulu", "America/Sao_Paulo", "Europe/London", "Europe/Paris"),
    *("Europe/Berlin", "Europe/Moscow", "Africa/Johannesburg", "Asia/Kolkata", "Asia/Shanghai"),
    *("Asia/Tokyo", "Australia/Sydney", "UTC"),
)
"""Time zones that are suggested before anything is typed."""


def typed_minute(text: str) -> int:
    """Return the minute of the day that was typed; raises ``InvalidInput`` with the ways to write one."""
    found = TIME.fullmatch(" ".join(text.lower().split()))
    hour, minute = (int(found["hour"]), int(found["minute"] or 0)) if found is not None else (99, 0)
    if found is not None and found["half"] is not None:
        hour = hour % 12 + (12 if found["half"] == "pm" else 0) if 1 <= hour <= 12 else 99
    if hour > 23 or minute > 59:
        raise InvalidInput(f"“{plain(clip(text, 40))}” is not a time of the day. {RULE}", rule="time")
    return hour * 60 + minute


def typed_zone(text: str) -> str:
    """Return the time zone that was picked or typed, whatever the case; raises ``InvalidInput``."""
    wanted = folded(text)
    for spelling in (folded, _spoken):
        found = next((name for name in _zones() if wanted == spelling(name)), None)
        if found is not None:
            return found
    if is_known_zone(text.strip()):
        return text.strip()
    near = list(_alike(wanted))[:3]
    hint = (
        f" Did you mean {' or '.join(near)}?" if near else " Pick one from the list, such as Europe/Berlin."
    )
    raise InvalidInput(f"“{plain(clip(text, 60))}” is not a time zone.{hint}", rule="quiet.zone")


def suggest_minutes(typed: str, *, off: bool) -> Choices:
    """Suggest the time that was typed, then whole hours; ``off`` offers to end quiet hours as well."""
    pairs = [("No quiet hours", OFF)] if off else []
    try:
        exact = [clock_words(typed_minute(typed))]
    except InvalidInput:
        exact = []
    hours = [f"{hour % 24:02}:00" for hour in range(20, 44)]
    times = [*exact, *(hour for hour in hours if hour not in exact)]
    return [*choices(pairs, typed), *choices(((item, item) for item in times), "" if exact else typed)][
        :SHOWN
    ]


def suggest_zones(typed: str) -> Choices:
    """Suggest time zones with the time it is there; what is misspelt finds what is like it."""
    wanted = folded(typed) if typed.strip() else ""
    if not wanted:
        found: Sequence[str] = OFTEN
    else:
        found = [name for name in _zones() if wanted in folded(name) or wanted in _spoken(name)]
    names = [*found, *(name for name in _alike(wanted) if name not in found)] if wanted else found
    now = time.time()
    return choices(((f"{name} (now {_there(name, now)})", name) for name in names[:SHOWN]), "")


def suggest_notices(found: Sequence[Notice], typed: str) -> Choices:
    """Suggest notices by number, title and kind."""
    named = (
        (f"{item.id}: {clip(undrawn(item.title), 70)} ({kind_label(item.type)})", item.id) for item in found
    )
    return picks("notice", named, typed)


def number_of(value: str) -> int:
    """Return a notice's number from what was picked or typed; raises ``InvalidInput``."""
    digits = unpicked("notice", value) or value.partition(":")[0].strip().lstrip("#")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 18 or int(digits) == 0:
        raise InvalidInput(
            f"“{plain(clip(value, 60))}” is not a notice. Pick one from the list or type its number.",
            rule="notice.unknown",
        )
    return int(digits)


@functools.cache
def _zones() -> tuple[str, ...]:
    return tuple((importlib.resources.files("tzdata") / "zones").read_text("utf-8").split())


def _spoken(name: str) -> str:
    """Return a zone as people would type it: its city, with spaces."""
    return folded(name.replace("_", " ").rpartition("/")[2])


def _alike(wanted: str) -> Iterator[str]:
    by_city = {_spoken(name): name for name in reversed(_zones())}
    city = wanted.replace("_", " ").rpartition("/")[2]
    for found in nearest(city, by_city, most=5):
        yield by_city[found]


def _there(name: str, now: float) -> str:
    return f"{datetime.fromtimestamp(now, ZoneInfo(name)):%H:%M}"

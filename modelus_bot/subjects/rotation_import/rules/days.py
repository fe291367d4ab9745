"""Days as the files write them: alone, or as an instant that stands for a day of the server. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

__all__ = ["Taken", "day_taken", "remarks_on"]

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SHOWN = 3
_RULE = "is not a day between 2000 and 2199, written like 2025-01-14"


@dataclass(frozen=True, slots=True)
class Taken:
    """A day, and what is to be said of how it was found; ``why`` is empty for a day written alone."""

    day: date
    written: str
    why: str = ""


def day_taken(value: Any, zone: ZoneInfo) -> Taken:
    """Return the day that a text means.

    Programs write a local day as the instant of its midnight: the day of ``zone`` is meant, which in UTC
    may be the one before. Midnight in UTC is what is left of a day without a time, so the day that is
    written counts. Raises ``ValueError`` for what is no day.
    """
    text = value.strip() if isinstance(value, str) else ""
    if not re.match(r"\d{4}-\d\d-\d\d(?:[T ]|$)", text, re.ASCII):
        raise ValueError(_RULE)
    try:
        written = date.fromisoformat(text[:10])
    except ValueError as error:
        raise ValueError(_RULE) from error
    found = Taken(written, text) if _DAY.fullmatch(text) else _of_instant(text, written, zone)
    if not 2000 <= found.day.year < 2200:
        raise ValueError(_RULE)
    return found


def remarks_on(days: Iterable[Taken], file: str, zone: str) -> Iterator[str]:
    """Yield a sentence for each way in which instants were taken for days, with some of them."""
    ways: dict[str, dict[str, date]] = {}
    for item in days:
        if item.why:
            ways.setdefault(item.why, {})[item.written] = item.day
    for why, found in ways.items():
        shown = ", ".join(f"{text} as {day}" for text, day in list(found.items())[:_SHOWN])
        more = f", and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        yield f"{file}: {why.format(zone=zone)} taken as days: {shown}{more}."


def _of_instant(text: str, written: date, zone: ZoneInfo) -> Taken:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(_RULE) from error
    if at.tzinfo is None:
        return Taken(written, text, "" if at.time() == time() else "times without a zone were")
    local = at.astimezone(zone)
    if local == datetime.combine(local.date(), time(), zone):
        return Taken(local.date(), text, "midnights in {zone} were")
    if at.astimezone(UTC).time() == time():
        return Taken(at.astimezone(UTC).date(), text, "midnights in UTC were")
    return Taken(local.date(), text, "times of day were, in {zone},")

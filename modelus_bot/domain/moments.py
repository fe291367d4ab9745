"""Past moments as people type them. Pure."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.text.escaping import plain

__all__ = ["parse_moment", "suggest_moments"]

AGO = re.compile(r"(\d{1,4}) ?(seconds?|s|minutes?|min|m|hours?|h|days?|d) ago", re.ASCII)
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
RULE = "Write a moment as 2026-03-31 14:30, 14:30 (today), or “20 minutes ago”."


def parse_moment(text: str, now: float, zone: ZoneInfo) -> float:
    """Return the moment that was meant in UTC seconds, at most ``now``.

    A time that daylight saving repeats is the first of the two. Raises ``InvalidInput`` with the
    ways a moment can be written.
    """
    words = (
        " ".join(text.lower().replace("t", " ", 1).split()) if text[:4].isdigit() else text.lower().strip()
    )
    found = _relative(" ".join(words.split()), now, zone)
    if found is None:
        try:
            written = datetime.fromisoformat(words.upper())
            found = (written if written.tzinfo else written.replace(tzinfo=zone)).timestamp()
        except (ValueError, OverflowError, OSError) as error:
            raise InvalidInput(f"“{plain(text[:40])}” is not a moment. {RULE}", rule="moment") from error
    if found > now + 1:
        raise InvalidInput(f"“{plain(text[:40])}” is in the future. {RULE}", rule="moment")
    return min(found, now)


def _relative(words: str, now: float, zone: ZoneInfo) -> float | None:
    if ago := AGO.fullmatch(words):
        return now - int(ago[1]) * UNITS[ago[2][0]]
    if clock := CLOCK.fullmatch(words):
        today = datetime.fromtimestamp(now, zone)
        hour, minute, second = (int(part or 0) for part in clock.groups())
        return today.replace(hour=hour, minute=minute, second=second, microsecond=0).timestamp()
    return None


def suggest_moments(text: str, now: float, zone: ZoneInfo) -> list[tuple[str, str]]:
    """Return (label, value) pairs for autocomplete: what was typed, if it is a moment, and some others."""
    pairs = []
    with contextlib.suppress(InvalidInput):
        pairs.append(_pair(parse_moment(text, now, zone), zone))
    for label, ago in (
        ("5 minutes ago", timedelta(minutes=5)),
        ("1 hour ago", timedelta(hours=1)),
        ("1 day ago", timedelta(days=1)),
    ):
        _, value = _pair(now - ago.total_seconds(), zone)
        pairs.append((f"{label} ({value})", value))
    return list(dict.fromkeys(pairs))


def _pair(moment: float, zone: ZoneInfo) -> tuple[str, str]:
    text = datetime.fromtimestamp(moment, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return text, text

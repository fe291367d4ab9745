"""How people, days and changes are written in replies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.fields import PLACEHOLDER_LIMIT
from modelus_bot.text.escaping import plain, plain_lines

__all__ = ["moment", "name_of", "quoted", "when"]


def quoted(text: str) -> str:
    """Return what somebody wrote as a quotation."""
    return "\n".join(f"> {line}" for line in plain_lines(text).splitlines())


def name_of(user_id: int | None, names: Mapping[int, str]) -> str:
    """Return a person's name, a mention that Discord turns into it if it is not known, or "nobody"."""
    if user_id is None:
        return "nobody"
    if user_id in names:
        return plain(names[user_id])
    return f"<@{user_id}>" if user_id >= PLACEHOLDER_LIMIT else f"member {user_id}"


def moment(at: int, style: str = "f") -> str:
    """Return an instant (UTC seconds) as Discord shows it in the reader's own time."""
    return f"<t:{at}:{style}>"


def when(day: date, calendar: Calendar) -> str:
    """Return a day of the server's calendar as Discord shows it."""
    noon = datetime.combine(day, time(12), ZoneInfo(calendar.zone))
    return f"<t:{int(noon.timestamp())}:D>"

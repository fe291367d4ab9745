"""Days as people type them. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.text.escaping import plain

__all__ = ["parse_day", "suggest_days"]

NAMED = {"today": 0, "tomorrow": 1, "yesterday": -1}
ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
IN_DAYS = re.compile(r"in (\d{1,3}) (days?|weeks?)", re.ASCII)
AGO = re.compile(r"(\d{1,3}) (days?|weeks?) ago", re.ASCII)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if name[3:] else name for name in MONTHS)
DAY_OF_MONTH = re.compile(
    rf"(?:(?P<month>{MONTH}) (?P<day>\d{{1,2}})|(?P<day_>\d{{1,2}}) (?P<month_>{MONTH}))", re.ASCII
)
"""“dec 3” and “3 december”."""
BACK = timedelta(days=90)
"""How long ago a day without a year can be, about; one that would be earlier is next year's."""
FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)
RULE = "Write a day as 2026-03-31, today, tomorrow, a weekday like friday, “in 3 days” or “2 weeks ago”."


def parse_day(text: str, today: date) -> date:
    """Return the day that was meant, from 2000 to 2199; a weekday is the next one after today.

    A day without a year, such as “Dec 3”, is one of the last three months or later.
    Raises ``InvalidInput`` with the ways a day can be written.
    """
    words, typed = " ".join(text.lower().split()), plain(text[:40])
    try:
        day = _relative(words, today) or (date.fromisoformat(words) if ISO.fullmatch(words) else None)
    except ValueError as error:
        raise InvalidInput(f"“{typed}” is not a day of the calendar. {RULE}", rule="date") from error
    if day is None:
        raise InvalidInput(f"“{typed}” is not a day. {RULE}", rule="date")
    if not FIRST <= day <= LAST:
        raise InvalidInput(f"“{typed}” is too far away: days go from {FIRST} to {LAST}.", rule="date")
    return day


def _relative(words: str, today: date) -> date | None:
    """Return the day that is named by its distance from today, or None."""
    if words in NAMED:
        return today + timedelta(days=NAMED[words])
    if words in WEEKDAYS:
        return today + timedelta(days=(WEEKDAYS.index(words) - today.weekday() - 1) % 7 + 1)
    for pattern, sign in ((IN_DAYS, 1), (AGO, -1)):
        if found := pattern.fullmatch(words):
            return today + timedelta(days=sign * int(found[1]) * (7 if found[2].startswith("week") else 1))
    if found := DAY_OF_MONTH.fullmatch(words):
        return _of_month(found["month"] or found["month_"], int(found["day"] or found["day_"]), today)
    return None


def _of_month(month: str, day: int, today: date) -> date:
    """Return the day of a month that is meant today; raises ``ValueError`` if there is none."""
    earliest = today - BACK
    number = next(place for place, name in enumerate(MONTHS, 1) if name.startswith(month[:3]))
    same_year = date(earliest.year, number, min(day, 28))
    return date(earliest.year + (same_year < earliest.replace(day=1)), number, day)


def suggest_days(text: str, today: date) -> list[tuple[str, str]]:
    """Return (label, value) pairs for autocomplete: what was typed, if it is a day, and the next ones."""
    choices: list[tuple[str, str]] = []
    try:
        day = parse_day(text, today)
        choices.append((f"{day:%A, %B} {day.day}, {day.year}", day.isoformat()))
    except InvalidInput:
        pass
    for offset in (0, 1, 7, 14, 21, 28):
        day = today + timedelta(days=offset)
        choices.append((f"{day:%A, %B} {day.day}, {day.year}", day.isoformat()))
    return list(dict.fromkeys(choices))

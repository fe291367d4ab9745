"""Days in a row as people type them: one day, or the first and the last. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from modelus_bot.domain.cover_days import Days, days_words
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.text.escaping import plain
from modelus_bot.ui.dates import DAY_OF_MONTH, MONTH, WEEKDAYS, parse_day

__all__ = ["each_of", "parse_days", "typed_within"]

DASH = " ?[-–—] ?"
OF_ONE_MONTH = (
    re.compile(rf"(?P<month>{MONTH}) (?P<first>\d{{1,2}}){DASH}(?P<last>\d{{1,2}})", re.ASCII),
    re.compile(rf"(?P<first>\d{{1,2}}){DASH}(?P<last>\d{{1,2}}) (?P<month>{MONTH})", re.ASCII),
)
"""“dec 3–5” and “3-5 dec”."""
BETWEEN = re.compile(r" (?:to|until|till|-) | ?[–—] ?| ?\.\. ?")
RULE = (
    "Write one day, as 2026-03-31, Mar 31, tomorrow or friday, or a first and a last one:"
    " “2026-03-31 to 2026-04-02” or “Mar 3-5”."
)


def parse_days(text: str, today: date) -> Days:
    """Return the day, or the days from one to another, that were meant; both are included.

    A weekday at the end is the next one after the first day. Raises ``InvalidInput`` with the ways days
    can be written.
    """
    words = " ".join(text.lower().split())
    parts = _parts(words)
    try:
        first = parse_day(parts[0], today)
        last = _last(parts[-1], first, today) if len(parts) > 1 else first
    except InvalidInput as error:
        raise InvalidInput(f"“{plain(text[:40])}” is not a day. {RULE}", rule="date") from error
    if last < first:
        raise InvalidInput(f"The last day, {last}, is before the first, {first}. {RULE}", rule="date")
    return Days(first, last)


def _parts(words: str) -> list[str]:
    """Return the words for the first day and, if there is another, those for the last."""
    for shape in OF_ONE_MONTH:
        if found := shape.fullmatch(words):
            return [f"{found['month']} {found['first']}", f"{found['month']} {found['last']}"]
    return BETWEEN.split(words, maxsplit=1)


def _last(words: str, first: date, today: date) -> date:
    """Return the last day that was meant: a weekday or a day without a year follows the first day."""
    follows = words in WEEKDAYS or DAY_OF_MONTH.fullmatch(words) is not None
    return parse_day(words, first if follows else today)


def each_of(days: Days) -> Iterator[tuple[str, str]]:
    """Yield (label, value) pairs of every day."""
    for number in range((days.last - days.first).days + 1):
        yield _pair(days.first + timedelta(days=number))


def typed_within(text: str, days: Days, today: date) -> list[tuple[str, str]]:
    """Return the (label, value) pair of what was typed, if these are some of the days."""
    try:
        typed = parse_days(text, today)
    except InvalidInput:
        return []
    if typed.first not in days or typed.last not in days:
        return []
    if typed.first == typed.last:
        return [_pair(typed.first)]
    return [(days_words(typed), f"{typed.first} to {typed.last}")]


def _pair(day: date) -> tuple[str, str]:
    return f"{day:%A, %B} {day.day}", day.isoformat()

"""Cells: the values of one row, taken as what they should be, and what had to be mended for that. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from modelus_bot.subjects.rotation_import.rules.days import day_taken

__all__ = ["Cells", "Unusable"]

T = TypeVar("T")

FIRST, LAST = 946_684_800, 7_258_118_400
"""The years 2000 to 2199."""
MOST_PARTS = 10**24
MILLISECONDS = 100_000_000_000
NOON = time(12)
_NO_LETTER = re.compile("[\ud800-\udfff\0]")
_NUMBER = re.compile(r"[\w.:-]{1,50}", re.ASCII)
_FLAGS = {"t": True, "true": True, "1": True, "f": False, "false": False, "0": False}


class Unusable(Exception):
    """A row that cannot be taken in; the text says which column is why."""


class Cells:
    """One row. Each method takes a column; ``notes`` say what it had to mend."""

    def __init__(self, values: Mapping[str, Any], zone: ZoneInfo) -> None:
        """Take the row's values; times without a zone are ``zone``'s."""
        self._values = values
        self.zone = zone
        self.notes: list[str] = []

    def note(self, why: str) -> None:
        """Say what was mended."""
        self.notes.append(_NO_LETTER.sub("\N{REPLACEMENT CHARACTER}", why))

    def value(self, column: str) -> Any:
        """Return what stands there, as it is."""
        return self._values.get(column)

    def number(self, column: str) -> str:
        """Return the source's number of something; raises ``Unusable`` without."""
        found = self.reference(column)
        if found is None:
            raise Unusable(f"{column} is empty")
        return found

    def reference(self, column: str) -> str | None:
        """Return the source's number of something, if there is one; raises ``Unusable`` for what is none."""
        value = self._values.get(column)
        if value is None or value == "":
            return None
        text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
        if not _NUMBER.fullmatch(text):
            raise Unusable(f"{column} is no number and no UUID")
        return text

    def text(self, column: str, limit: int, empty: str = "") -> str:
        """Return at most ``limit`` characters, or ``empty``; raises ``Unusable`` for a list or object."""
        value = self._values.get(column)
        if isinstance(value, dict | list):
            raise Unusable(f"{column} is nested, where a text is expected")
        whole = "" if value is None else str(value).strip()
        sound = _NO_LETTER.sub("\N{REPLACEMENT CHARACTER}", whole)
        if sound != whole:
            self.note(f"what is no letter in {column} was replaced")
        if len(sound) > limit:
            self.note(f"{column} was cut to {limit} characters")
            sound = sound[: limit - 1].rstrip() + "…"
        if not sound and empty:
            self.note(f"{column} is empty; “{empty}” stands there")
        return sound or empty

    def label(self, column: str, limit: int) -> str | None:
        """Return a short text, or None where there is none."""
        return self.text(column, limit) or None

    def choice(self, column: str, known: Mapping[str, T], otherwise: T) -> T:
        """Return what a word stands for, whatever its case and spaces."""
        value = self._values.get(column)
        word = "" if value is None else re.sub(r"[\s-]+", "_", str(value).strip().lower())
        if word in known:
            return known[word]
        if word:
            self.note(f"{column} “{word[:30]}” is not known here; {otherwise or 'none'} counts")
        return otherwise

    def flag(self, column: str, otherwise: bool) -> bool:
        """Return yes or no."""
        value = self._values.get(column)
        if value is None:
            return otherwise
        found = _FLAGS.get(str(value).strip().lower())
        if found is None:
            self.note(f"{column} is neither true nor false; {str(otherwise).lower()} counts")
        return otherwise if found is None else found

    def count(self, column: str, low: int, high: int, otherwise: int) -> int:
        """Return a whole number between two."""
        found = self._number(column)
        if found is None:
            return otherwise
        if not low <= found <= high:
            self.note(f"{column} is outside {low} to {high}, and was moved there")
        return min(max(found, low), high)

    def scaled(self, column: str, unit: int, most: int, otherwise: int) -> int:
        """Return a number with a point as a whole number of ``unit`` parts, from 0 to ``most``."""
        value = self._values.get(column)
        if value is None:
            return otherwise
        try:
            if isinstance(value, bool) or not isinstance(value, int | float | str):
                raise InvalidOperation
            found = Decimal(str(value).strip()) * unit
            if not found.is_finite() or abs(found) > MOST_PARTS:
                raise InvalidOperation
        except InvalidOperation:
            self.note(f"{column} is no number, and counts as not given")
            return otherwise
        if not 0 <= found <= most:
            self.note(f"{column} is outside what is possible here, and was moved there")
        return min(max(round(found), 0), most)

    def hours(self, column: str, high: int) -> int | None:
        """Return whole hours from 1 on, or None."""
        found = self._number(column)
        return None if found is None or found < 1 else self.count(column, 1, high, 1)

    def instant(self, column: str) -> int | None:
        """Return a time as UTC seconds; None, with a note, for what is none."""
        value = self._values.get(column)
        if value is None:
            return None
        found = _instant(value, self.zone)
        if found is None:
            self.note(f"{column} is no time between 2000 and 2199, and counts as not given")
        return found

    def noon(self, day: date | None) -> int | None:
        """Return the middle of a day of the zone as UTC seconds."""
        return None if day is None else int(datetime.combine(day, NOON, self.zone).timestamp())

    def day(self, column: str) -> date | None:
        """Return a day of the zone; raises ``Unusable`` for what is none."""
        value = self._values.get(column)
        if value is None:
            return None
        try:
            if isinstance(value, str):
                taken = day_taken(value, self.zone)
                return taken.day
            at = _instant(value, self.zone)
        except ValueError as error:
            raise Unusable(f"{column} {error}") from error
        if at is None:
            raise Unusable(f"{column} is not a day between 2000 and 2199, written like 2025-01-14")
        return datetime.fromtimestamp(at, self.zone).date()

    def _number(self, column: str) -> int | None:
        value = self._values.get(column)
        if value is None:
            return None
        try:
            return round(float(value))
        except (TypeError, ValueError, OverflowError):
            self.note(f"{column} is no number, and counts as not given")
            return None


def _instant(value: Any, zone: ZoneInfo) -> int | None:
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value.strip())
            seconds = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC).timestamp()
        elif isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if value > MILLISECONDS else float(value)
        else:
            return None
        return int(seconds) if FIRST <= seconds < LAST else None
    except (ValueError, OverflowError):
        return None

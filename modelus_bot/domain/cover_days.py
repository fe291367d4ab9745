"""Days of a turn, and whose each of them is when covers take some. Pure.

A day of duty lasts from its own hand-over to that of the next day, as a sprint lasts from the hand-over
of its first day to that of its last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from modelus_bot.domain.calendar import Calendar

__all__ = ["CoveredDays", "Days", "StandIn", "Stretch", "Turn", "days_between", "days_words", "in_the_way"]

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Calendar days in a row, both ends included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        """Say whether a day is one of them."""
        return self.first <= day <= self.last

    def meet(self, other: Days) -> bool:
        """Say whether both have a day in common."""
        return self.first <= other.last and other.first <= self.last

    def begin(self, calendar: Calendar) -> int:
        """Return the hand-over at which they begin, in UTC seconds."""
        return calendar.handoff(self.first)

    def end(self, calendar: Calendar) -> int:
        """Return the hand-over at which they are over, in UTC seconds."""
        return calendar.handoff(self.last + DAY)


@dataclass(frozen=True, slots=True)
class StandIn:
    """An approved cover: its number, who steps in, and on which days (None: the whole turn)."""

    cover_id: int
    user_id: int
    username: str
    days: Days | None = None


@dataclass(frozen=True, slots=True)
class CoveredDays:
    """Days of a turn that somebody covers."""

    cover_id: int
    user_id: int
    username: str
    days: Days


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of a turn that one person has, and why: ``override``, ``manual``, ``rotation`` or ``none``.

    ``covering`` says that they are an approved cover of some days.
    """

    days: Days
    user_id: int | None
    source: str
    covering: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose a discipline's slot is without covers of days, and who stands in on which days."""

    user_id: int | None
    source: str
    stand_ins: tuple[StandIn, ...] = ()

    def holder(self, day: date | None = None) -> tuple[int | None, str]:
        """Return who has it on a day and why; without a day, whoever has the turn as a whole."""
        for item in self.stand_ins:
            if item.days is None or (day is not None and day in item.days):
                return item.user_id, "override"
        return self.user_id, self.source

    def has_any(self, user_id: int | None, days: Days) -> bool:
        """Say whether somebody has one of some days; of no days nobody has any."""
        each = range((days.last - days.first).days + 1)
        return any(self.holder(days.first + number * DAY)[0] == user_id for number in each)

    def stretches(self, start: date, end: date) -> tuple[Stretch, ...]:
        """Return whose each day of a sprint is, in order; ``end`` is the day the next sprint takes over."""
        found: list[Stretch] = []
        day, last = start, end - DAY
        for item in self.by_days():
            if item.days.last < day or item.days.first > last:
                continue
            if item.days.first > day:
                found.append(Stretch(Days(day, item.days.first - DAY), *self.holder()))
            found.append(
                Stretch(
                    Days(max(day, item.days.first), min(last, item.days.last)), item.user_id, "override", True
                )
            )
            day = item.days.last + DAY
        if day <= last:
            found.append(Stretch(Days(day, last), *self.holder()))
        return tuple(found)

    def by_days(self) -> tuple[CoveredDays, ...]:
        """Return the covers of some days, the earliest first."""
        found = [
            CoveredDays(item.cover_id, item.user_id, item.username, item.days)
            for item in self.stand_ins
            if item.days is not None
        ]
        return tuple(sorted(found, key=lambda item: item.days.first))

    def beginnings(self, start: date, end: date) -> Iterator[Stretch]:
        """Yield the stretches with which somebody's duty begins.

        That is each cover, and the first that whoever has the turn has; days after one's own are no
        beginning.
        """
        before: int | None = None
        begun = False
        for stretch in self.stretches(start, end):
            if stretch.user_id != before and (stretch.covering or not begun):
                yield stretch
            begun = begun or not stretch.covering
            before = stretch.user_id

    def until(self, day: date, end: date) -> date:
        """Return the day at whose hand-over somebody else takes over from who has it on ``day``."""
        holder, _ = self.holder(day)
        later = (
            (stretch for stretch in self.stretches(day, end) if stretch.user_id != holder)
            if day < end
            else ()
        )
        return next((item.days.first for item in later), end)


def days_between(first: date | None, last: date | None) -> Days | None:
    """Return the days from one to another, both included; None without any."""
    return Days(first, last) if first is not None and last is not None else None


def in_the_way(stand_ins: Iterable[StandIn], days: Days | None) -> StandIn | None:
    """Return the approved cover that has a day in common with some days (None: the whole turn), or None."""
    return next(
        (item for item in stand_ins if item.days is None or days is None or item.days.meet(days)), None
    )


def days_words(days: Days) -> str:
    """Return days as people write them: “Dec 3”, “Dec 3–5”, “Nov 30–Dec 2”."""
    first, last = days.first, days.last
    words = f"{first:%b} {first.day}"
    if first == last:
        return words
    same_month = (first.year, first.month) == (last.year, last.month)
    return f"{words}–{last.day}" if same_month else f"{words}–{last:%b} {last.day}"

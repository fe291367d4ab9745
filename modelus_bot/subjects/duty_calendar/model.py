"""Entries of a calendar, as they were handed out and as they are, and what a calendar shows."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.domain.cover_days import Days
from modelus_bot.subjects.assignments.model import DealtTurn
from modelus_bot.subjects.coverage.model import AwayDays
from modelus_bot.subjects.sprints.model import Sprint

__all__ = ["CalendarEntry", "DutyCalendar", "PlannedEntry", "PublishedEntry"]


@dataclass(frozen=True, slots=True)
class PlannedEntry:
    """Days in a row that somebody has of a turn; instants are UTC seconds.

    ``digest`` is of everything that a calendar program shows of it.
    """

    uid: str
    sprint_id: int
    discipline: str
    user_id: int
    starts_at: int
    ends_at: int
    summary: str
    description: str
    digest: str


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """An entry as it was last handed out; ``sequence`` counts how often it has changed since."""

    uid: str
    sprint_id: int
    discipline: str
    user_id: int
    starts_at: int
    ends_at: int
    digest: str
    sequence: int
    is_cancelled: bool
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An entry with its words, as a calendar program is told of it."""

    published: PublishedEntry
    summary: str
    description: str


@dataclass(frozen=True, slots=True)
class DutyCalendar:
    """Everything a calendar of some days shows: of the team, or of one person.

    ``unpublished`` says that some entry is not yet known as it is here.
    """

    days: Days
    today: int
    sprints: tuple[Sprint, ...]
    turns: tuple[DealtTurn, ...]
    away: tuple[AwayDays, ...]
    entries: tuple[CalendarEntry, ...]
    names: dict[int, str]
    whose: int | None
    unpublished: bool

"""Who is on duty, somebody's turns, and what a hand-over did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from modelus_bot.domain.cover_days import CoveredDays, Days, days_between
from modelus_bot.domain.subject import Topic
from modelus_bot.subjects.assignments.writes.notices import HolderChange
from modelus_bot.subjects.sprints.model import HolderView, Sprint

__all__ = ["TOPIC", "Duty", "HandoffNoteSaved", "HandoffReport", "OnCall"]

TOPIC = Topic("duty", "On duty", "who is on duty, your own turns, and the note for the next one", 1)
"""Where /help shows what is about duty."""


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who is on duty, and who is next; ``days_left`` is negative in a gap after the sprint's end."""

    sprint: Sprint | None
    holders: tuple[HolderView, ...]
    days_left: int
    handoff_at: int | None
    next_sprint: Sprint | None
    next_holders: tuple[HolderView, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """A turn somebody has: the sprint, the discipline, and why it is theirs.

    With a first and a last day it is a cover of these days only; ``covers`` are the days of a turn of
    theirs that others have. ``is_current`` says that they are on duty now.
    """

    sprint: Sprint
    discipline: str
    label: str
    source: str
    is_current: bool
    first_day: date | None = None
    last_day: date | None = None
    covers: tuple[CoveredDays, ...] = ()

    @property
    def days(self) -> Days:
        """The days they have, from the first to the last."""
        return days_between(self.first_day, self.last_day) or self.sprint.days


@dataclass(frozen=True, slots=True)
class HandoffReport:
    """What a hand-over did; ``changes`` is empty when everything was as it should be."""

    sprint: Sprint | None
    changes: tuple[HolderChange, ...]
    new_sprint: bool


@dataclass(frozen=True, slots=True)
class HandoffNoteSaved:
    """The names of the disciplines, to whom the note goes, and when (UTC seconds) the first gets it."""

    disciplines: tuple[str, ...]
    recipients: tuple[int, ...]
    at: int
    times: tuple[int, ...] = ()
    """When each recipient gets it."""

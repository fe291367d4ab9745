"""What a sprint is, who holds its turns, and what an edit of it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from modelus_bot.domain.cover_days import DAY, CoveredDays, Days
from modelus_bot.subjects.assignments.rules import Move

__all__ = ["HolderView", "PlannedSprint", "Sprint", "SprintChange", "SprintView"]


@dataclass(frozen=True, slots=True)
class HolderView:
    """Who holds a discipline's slot and why: override, manual, rotation or none.

    The days away are those of the holder, where they touch days of the sprint that are theirs; ``covers``
    are the days that others have of the turn that is ``original``'s as a whole.
    """

    discipline: str
    label: str
    user_id: int | None
    username: str | None
    source: str
    away_from: date | None = None
    away_to: date | None = None
    covers: tuple[CoveredDays, ...] = ()
    original: str | None = None

    @property
    def is_away(self) -> bool:
        """True if the holder is away on some day of the sprint that nobody covers."""
        return self.away_from is not None


@dataclass(frozen=True, slots=True)
class Sprint:
    """A sprint; ``index`` is None once archived, ``end`` is the day the next one takes over."""

    id: int
    index: int | None
    name: str
    start: date
    end: date

    @property
    def days(self) -> Days:
        """The days of its turns: all but the one on which the next sprint takes over."""
        return Days(self.start, self.end - DAY)


@dataclass(frozen=True, slots=True)
class SprintView:
    """A sprint with its holders; ``days_left`` is negative in a gap after its end."""

    sprint: Sprint
    holders: tuple[HolderView, ...]
    days_left: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class PlannedSprint:
    """A new sprint and who gets its turns; None for one so far ahead that its turns are not dealt yet."""

    sprint: Sprint
    holders: tuple[HolderView, ...] | None


@dataclass(frozen=True, slots=True)
class SprintChange:
    """A sprint before and after, whose turns move, and the sprints that are new."""

    before: Sprint | None
    after: Sprint
    moves: tuple[Move, ...]
    digest: str
    planned: tuple[PlannedSprint, ...] = ()

"""How the work of a sprint shrinks: what was left at each of its hand-overs, and at the present. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.tasks.model import SprintWork

__all__ = ["Burndown", "BurndownMark", "WorkUnit", "burndown_of"]

WorkUnit = Literal["hours", "tasks"]


@dataclass(frozen=True, slots=True)
class BurndownMark:
    """An instant (UTC seconds), what was left then, and how much there was in all."""

    at: int
    left: int
    scope: int


@dataclass(frozen=True, slots=True)
class Burndown:
    """A sprint's marks up to the present, from its first hand-over (``begin``) to its last (``end``).

    ``uncounted`` tasks have no estimate where hours are counted.
    """

    begin: int
    end: int
    unit: WorkUnit
    marks: tuple[BurndownMark, ...]
    uncounted: int

    @property
    def planned(self) -> int:
        """What there was at the beginning; of a sprint that began empty what there is now."""
        return self.marks[0].scope or self.marks[-1].scope

    def guide(self, at: int) -> float:
        """Return what would be left at an instant if the work shrank evenly to nothing at the end."""
        share = (self.end - at) / (self.end - self.begin)
        return self.planned * min(1.0, max(0.0, share))


def burndown_of(
    work: Sequence[SprintWork], days: tuple[date, date], now: int, calendar: Calendar, unit: WorkUnit | None
) -> Burndown:
    """Return how the work of a sprint, by its first and last day, shrinks; without a unit one that fits all.

    A sprint that has not begun has one mark, at its beginning, with what is planned for it.
    """
    start, last = days
    chosen = unit or ("tasks" if any(item.estimate_h is None for item in work) or not work else "hours")
    begin, end = calendar.handoff(start), calendar.handoff(last)
    instants = [calendar.handoff(start + timedelta(days=day)) for day in range((last - start).days + 1)]
    past = [at for at in instants if at <= now]
    if past and now < end:
        past.append(now)
    ahead = not past
    marks = tuple(_mark(work, at, chosen, ahead=ahead) for at in past or [begin])
    uncounted = sum(item.estimate_h is None for item in work) if chosen == "hours" else 0
    return Burndown(begin, end, chosen, marks, uncounted)


def _mark(work: Sequence[SprintWork], at: int, unit: WorkUnit, *, ahead: bool) -> BurndownMark:
    known = [item for item in work if ahead or item.created_at <= at]
    left = [item for item in known if item.completed_at is None or item.completed_at > at]
    return BurndownMark(at, sum(_size(item, unit) for item in left), sum(_size(item, unit) for item in known))


def _size(item: SprintWork, unit: WorkUnit) -> int:
    return 1 if unit == "tasks" else item.estimate_h or 0

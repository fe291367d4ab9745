"""Shares of duty, loads of disciplines, and gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from modelus_bot.domain.cover_days import Days

__all__ = ["AwayDays", "CoverGiven", "Gap", "GapKind", "Load", "Share"]


@dataclass(frozen=True, slots=True)
class CoverGiven:
    """An approved cover: whose turn it was, who stepped in, and on which days."""

    original_id: int
    replacement_id: int
    days: Days


@dataclass(frozen=True, slots=True)
class Share:
    """What one person had of duty in a span.

    ``days`` counts each discipline of a day, ``weekends`` counts each weekend once. A cover that is
    ``given`` was somebody else's turn, one that is ``taken`` was their own.
    """

    user_id: int
    duties: int = 0
    days: int = 0
    weekends: int = 0
    given: int = 0
    given_days: int = 0
    taken: int = 0
    taken_days: int = 0

    @property
    def balance(self) -> int:
        """Days covered for others minus days that others covered; below 0 is a debt."""
        return self.given_days - self.taken_days


@dataclass(frozen=True, slots=True)
class Load:
    """How the days of one discipline in a span fell on people, the most first; ``empty`` had nobody."""

    discipline: str
    label: str
    shares: tuple[tuple[int, int], ...]
    empty: int

    @property
    def days(self) -> int:
        """All days that somebody had."""
        return sum(days for _, days in self.shares)

    @property
    def even(self) -> float:
        """The days that each would have had if all had had as many."""
        return self.days / len(self.shares) if self.shares else 0.0


GapKind = Literal["unplanned", "nobody", "away", "waiting"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Days ahead without somebody who is there, or whose cover is not decided yet.

    ``unplanned`` days are in no sprint; of a turn that has ``nobody``, whose holder is ``away``, or for which
    a cover request is ``waiting``, the sprint, the discipline and the person are known.
    """

    kind: GapKind
    days: Days
    sprint: str = ""
    label: str = ""
    user_id: int | None = None
    cover_id: int | None = None


@dataclass(frozen=True, slots=True)
class AwayDays:
    """When somebody on a roster is away; without a last day it is not known how long."""

    user_id: int
    discipline: str
    first: date
    last: date | None

    def within(self, days: Days) -> Days | None:
        """Return which of some days they are away on, or None."""
        first, last = max(self.first, days.first), min(self.last or days.last, days.last)
        return Days(first, last) if first <= last else None

"""Which days ahead nobody has who is there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from modelus_bot.domain.cover_days import DAY, Days
from modelus_bot.subjects.assignments.model import DealtTurn
from modelus_bot.subjects.coverage.model import AwayDays, Gap

__all__ = ["away_of", "gaps_of_turns", "unplanned"]


def unplanned(sprints: Iterable[tuple[date, date]], span: Days) -> Iterator[Gap]:
    """Yield the days of a span that are in no sprint.

    Each sprint is its first day and the day on which the next one takes over.
    """
    day = span.first
    for start, end in sorted(sprints):
        if start > day and day <= span.last:
            yield Gap("unplanned", Days(day, min(start - DAY, span.last)))
        day = max(day, end)
    if day <= span.last:
        yield Gap("unplanned", Days(day, span.last))


def gaps_of_turns(turns: Iterable[DealtTurn], away: Sequence[AwayDays], span: Days) -> Iterator[Gap]:
    """Yield the days of turns that nobody has, or whose holder is away on them."""
    for turn in turns:
        for stretch in turn.turn.stretches(turn.start, turn.end):
            days = Days(max(stretch.days.first, span.first), min(stretch.days.last, span.last))
            if days.first > days.last:
                continue
            if stretch.user_id is None:
                yield Gap("nobody", days, turn.sprint_name, turn.label)
            elif (absent := away_of(away, stretch.user_id, turn.discipline, days)) is not None:
                yield Gap("away", absent, turn.sprint_name, turn.label, stretch.user_id)


def away_of(away: Iterable[AwayDays], user_id: int, discipline: str, days: Days) -> Days | None:
    """Return on which of some days somebody is away, by their place on that roster before others."""
    theirs = [item for item in away if item.user_id == user_id]
    theirs.sort(key=lambda item: item.discipline != discipline)
    return next((found for item in theirs if (found := item.within(days)) is not None), None)

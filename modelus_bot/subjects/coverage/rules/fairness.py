"""How duty was shared in a span of days. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from modelus_bot.domain.cover_days import Days
from modelus_bot.subjects.assignments.model import DealtTurn
from modelus_bot.subjects.coverage.model import CoverGiven, Load, Share

__all__ = ["loads", "shares"]

SATURDAY = 5


def shares(
    turns: Iterable[DealtTurn], covers: Iterable[CoverGiven], people: Iterable[int], span: Days
) -> tuple[Share, ...]:
    """Return what each of ``people``, and whoever else had a part in it, had of a span; the most first."""
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for person in people:
        counts[person] += Counter()
    weekends: defaultdict[int, set[date]] = defaultdict(set)
    for turn in turns:
        holders = set()
        for holder, days in _held(turn, span):
            if holder is not None:
                counts[holder]["days"] += _length(days)
                weekends[holder].update(_weekends(days))
                holders.add(holder)
        for holder in holders:
            counts[holder]["duties"] += 1
    for item in covers:
        if (covered := _within(item.days, span)) is not None:
            counts[item.replacement_id].update(given=1, given_days=_length(covered))
            counts[item.original_id].update(taken=1, taken_days=_length(covered))
    found = (Share(person, weekends=len(weekends[person]), **counts[person]) for person in counts)
    return tuple(sorted(found, key=lambda share: (-share.days, share.user_id)))


def loads(
    turns: Iterable[DealtTurn], rosters: Iterable[tuple[str, int]], labels: dict[str, str], span: Days
) -> tuple[Load, ...]:
    """Return how each discipline of ``labels`` fell on its roster and on whoever else had days of it.

    ``rosters`` are pairs of a discipline and somebody on its roster.
    """
    days: dict[str, Counter[int | None]] = {discipline: Counter() for discipline in labels}
    for discipline, person in rosters:
        if discipline in days:
            days[discipline][person] = 0
    for turn in turns:
        for holder, part in _held(turn, span):
            if turn.discipline in days:
                days[turn.discipline][holder] += _length(part)
    return tuple(_load(discipline, label, days[discipline]) for discipline, label in labels.items())


def _load(discipline: str, label: str, counted: Counter[int | None]) -> Load:
    held = [(person, number) for person, number in counted.items() if person is not None]
    held.sort(key=lambda pair: (-pair[1], pair[0]))
    return Load(discipline, label, tuple(held), counted[None])


def _held(turn: DealtTurn, span: Days) -> Iterator[tuple[int | None, Days]]:
    """Yield who has which days of a turn that are in the span."""
    for stretch in turn.turn.stretches(turn.start, turn.end):
        days = _within(stretch.days, span)
        if days is not None:
            yield stretch.user_id, days


def _within(days: Days, span: Days) -> Days | None:
    first, last = max(days.first, span.first), min(days.last, span.last)
    return Days(first, last) if first <= last else None


def _length(days: Days) -> int:
    return (days.last - days.first).days + 1


def _weekends(days: Days) -> Iterator[date]:
    """Yield the Saturday of each weekend that some days have a day of."""
    for number in range(_length(days)):
        day = days.first + timedelta(days=number)
        if day.weekday() >= SATURDAY:
            yield day - timedelta(days=day.weekday() - SATURDAY)

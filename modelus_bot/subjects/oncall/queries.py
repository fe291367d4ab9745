"""Who is on duty now, on a day and next, and somebody's own turns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.calendar import Calendar, days_left
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.assignments.queries import turn_of
from modelus_bot.subjects.disciplines.model import Discipline
from modelus_bot.subjects.disciplines.queries import disciplines, require_discipline
from modelus_bot.subjects.oncall.model import Duty, OnCall
from modelus_bot.subjects.sprints.model import HolderView, Sprint
from modelus_bot.subjects.sprints.queries.holders import holders_of
from modelus_bot.subjects.sprints.queries.sprints import current_sprint, sprints

__all__ = ["duties", "oncall_now", "oncall_on", "sprint_after"]


@query(kept=True, hot=True)
def oncall_now(tx: ReadTransaction, at: int, calendar: Calendar, discipline: str | None = None) -> OnCall:
    """Return who is on duty at an instant and who is next, in all disciplines or in one."""
    if discipline is not None:
        require_discipline(tx, discipline)
    current = current_sprint(tx, at, calendar)
    following = sprint_after(tx, current, at, calendar)
    return OnCall(
        current,
        _only(holders_of(tx, current.id, calendar.duty_day(at)) if current else (), discipline),
        days_left(current.end, at, calendar) if current else 0,
        calendar.handoff(following.start) if following else None,
        following,
        _only(holders_of(tx, following.id) if following else (), discipline),
    )


@query(kept=True, hot=True)
def oncall_on(tx: ReadTransaction, day: date, calendar: Calendar) -> OnCall:
    """Return who is on duty on a day, after its hand-over."""
    found = oncall_now(tx, calendar.handoff(day), calendar)
    if found.sprint is not None and day > found.sprint.end and found.next_sprint is None:
        raise NotFound(
            f"No sprint is planned for {day} yet. The last one ends on {found.sprint.end}.",
            rule="sprint.unplanned",
        )
    return found


@query(kept=True, hot=True)
def duties(tx: ReadTransaction, user_id: int, at: int, calendar: Calendar) -> tuple[Duty, ...]:
    """Return somebody's turns, in the current sprint and those to come, and the days they cover."""
    current = current_sprint(tx, at, calendar)
    today = calendar.duty_day(at)
    first = current.start if current is not None else calendar.day_of(at)
    return tuple(
        duty
        for found in sprints(tx)
        if found.start >= first
        for discipline in disciplines(tx)
        for duty in _duties_in(tx, found, discipline, user_id, today if found == current else None)
    )


def _duties_in(
    tx: ReadTransaction, found: Sprint, discipline: Discipline, user_id: int, today: date | None
) -> Iterator[Duty]:
    """Yield what somebody has of one turn; ``today`` is the day of duty if the sprint is on."""
    turn = turn_of(tx, found.id, discipline.key)
    to_come = tuple(day for day in turn.by_days() if today is None or day.days.last >= today)
    holder, source = turn.holder()
    if holder == user_id:
        now = today is not None and turn.holder(today)[0] == user_id
        others = tuple(item for item in to_come if item.user_id != user_id)
        yield Duty(found, discipline.key, discipline.label, source, now, covers=others)
        return
    for item in to_come:
        if item.user_id == user_id:
            now = today is not None and today in item.days
            days = (item.days.first, item.days.last)
            yield Duty(found, discipline.key, discipline.label, "override", now, *days)


def _only(holders: tuple[HolderView, ...], discipline: str | None) -> tuple[HolderView, ...]:
    return tuple(holder for holder in holders if discipline in {None, holder.discipline})


def sprint_after(tx: ReadTransaction, current: Sprint | None, at: int, calendar: Calendar) -> Sprint | None:
    """Return the sprint that begins next."""
    after = current.start if current is not None else calendar.duty_day(at)
    return next((found for found in sprints(tx) if found.start > after), None)

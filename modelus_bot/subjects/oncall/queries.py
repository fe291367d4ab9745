"""Who is on duty now, on a day and next, and somebody's own turns."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.calendar import Calendar, days_left
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.disciplines.queries import require_discipline
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
        _only(holders_of(tx, current.id) if current else (), discipline),
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
    """Return somebody's turns, in the current sprint and those to come."""
    current = current_sprint(tx, at, calendar)
    first = current.start if current is not None else calendar.day_of(at)
    return tuple(
        Duty(found, holder.discipline, holder.label, holder.source, found == current)
        for found in sprints(tx)
        if found.start >= first
        for holder in holders_of(tx, found.id)
        if holder.user_id == user_id
    )


def _only(holders: tuple[HolderView, ...], discipline: str | None) -> tuple[HolderView, ...]:
    return tuple(holder for holder in holders if discipline in {None, holder.discipline})


def sprint_after(tx: ReadTransaction, current: Sprint | None, at: int, calendar: Calendar) -> Sprint | None:
    """Return the sprint that begins next."""
    after = current.start if current is not None else calendar.duty_day(at)
    return next((found for found in sprints(tx) if found.start > after), None)

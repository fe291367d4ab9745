"""How late and how much at risk a task is, and who may see it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.tasks.model import Risk, Scope, StaffTask, TaskStatus

__all__ = [
    "CHECK_MINUTE",
    "Level",
    "is_late",
    "level_of",
    "may_see",
    "rises",
    "risk_of",
    "risk_parts",
    "risk_points",
    "task_day",
]

CHECK_MINUTE = 6 * 60
"""Minute of the day at which a day of tasks begins, and every open task is looked at."""

HIGH, MEDIUM = 40, 20
OVERDUE = 50
NEAR = ((1, 30, "due within a day"), (3, 20, "due within 3 days"), (7, 10, "due within a week"))
"""Days left, points, and why."""
BEHIND = ((25, 15, "in progress, under 25 %"), (50, 10, "in progress, under 50 %"))
NOT_BEGUN = 20

Level = Literal["calm", "high", "delayed"]
_LEVELS: tuple[Level, ...] = ("calm", "high", "delayed")


def task_day(at: int, zone: str) -> date:
    """Return the day that tasks are in at an instant: the last one whose 06:00 has come in a zone."""
    return Calendar(zone, CHECK_MINUTE).duty_day(at)


def risk_parts(status: TaskStatus, progress: int, end: date, day: date) -> Iterator[tuple[int, str]]:
    """Yield what a task's risk is made of: points, and why. Done and cancelled ones have none."""
    if status not in {"todo", "in_progress"}:
        return
    left = (end - day).days
    if left < 0:
        yield OVERDUE, "overdue"
    else:
        yield from _first((points, why) for days, points, why in NEAR if left <= days)
    if status == "in_progress":
        yield from _first((points, why) for below, points, why in BEHIND if progress < below)
    if progress == 0:
        yield NOT_BEGUN, "nothing is done yet"


def risk_points(status: TaskStatus, progress: int, end: date, day: date) -> int:
    """Return a task's points on a day: 0 to 85."""
    return sum(points for points, _ in risk_parts(status, progress, end, day))


def risk_of(points: int) -> Risk:
    """Return the risk that points stand for."""
    if points >= HIGH:
        return "high"
    return "medium" if points >= MEDIUM else "low"


def is_late(status: TaskStatus, end: date, day: date) -> bool:
    """Say whether an open task's last day is over."""
    return status in {"todo", "in_progress"} and day > end


def level_of(risk: Risk, *, delayed: bool) -> Level:
    """Return what people are told of: a high risk, and then that it is late."""
    if delayed:
        return "delayed"
    return "high" if risk == "high" else "calm"


def rises(before: Level, after: Level) -> bool:
    """Say whether a level is worse than before."""
    return _LEVELS.index(after) > _LEVELS.index(before)


def may_see(task: StaffTask, scope: Scope) -> bool:
    """Say whether somebody may see a task: theirs, of their role, made by them; managers see all.

    For changes; what is read for a viewer is kept to the same by ``visibility``.
    """
    mine = scope.user_id in {task.user_id, task.created_by}
    return scope.everything or mine or (scope.role is not None and task.role == scope.role)


def _first(parts: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the first of several, if there is one."""
    found = next(parts, None)
    if found is not None:
        yield found

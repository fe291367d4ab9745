"""A week's post, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from modelus_bot.domain.cover_days import Days

__all__ = ["DutyWeek", "WeekDays", "WeekDuty", "WeeklyRun"]


@dataclass(frozen=True, slots=True)
class WeeklyRun:
    """What became of a week's post: ``running`` until its message is known; a ``digest`` of what it shows."""

    run_key: str
    status: str
    attempts: int
    started_at: int
    channel_id: int | None = None
    message_id: int | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class WeekDays:
    """Days of a week that one person has; ``away`` are those of them on which they are not there."""

    days: Days
    username: str | None
    cover: bool
    away: Days | None = None


@dataclass(frozen=True, slots=True)
class WeekDuty:
    """A discipline and who has it in a week."""

    label: str
    parts: tuple[WeekDays, ...]


@dataclass(frozen=True, slots=True)
class DutyWeek:
    """Seven days: the disciplines, the days that are in no sprint, and the sprints that begin (name, day)."""

    days: Days
    duties: tuple[WeekDuty, ...]
    unplanned: tuple[Days, ...]
    turning: tuple[tuple[str, date], ...]

"""Who is on duty, somebody's turns, and what a hand-over did."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.subjects.assignments.writes.notices import HolderChange
from modelus_bot.subjects.sprints.model import HolderView, Sprint

__all__ = ["Duty", "HandoffNoteSaved", "HandoffReport", "OnCall"]


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
    """A turn somebody has: the sprint, the discipline, and why it is theirs."""

    sprint: Sprint
    discipline: str
    label: str
    source: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class HandoffReport:
    """What a hand-over did; ``changes`` is empty when everything was as it should be."""

    sprint: Sprint | None
    changes: tuple[HolderChange, ...]
    new_sprint: bool


@dataclass(frozen=True, slots=True)
class HandoffNoteSaved:
    """The names of the disciplines, to whom the note goes, and when (UTC seconds)."""

    disciplines: tuple[str, ...]
    recipients: tuple[int, ...]
    at: int

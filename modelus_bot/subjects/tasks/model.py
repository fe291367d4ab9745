"""What a task is, and what became of one by a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

__all__ = [
    "BoardColumn",
    "BoardFilter",
    "BoardPage",
    "BoardPart",
    "BulkChange",
    "BulkFailure",
    "DailyCheck",
    "Risk",
    "Scope",
    "SprintWork",
    "StaffTask",
    "TaskChange",
    "TaskStatus",
]

TaskStatus = Literal["todo", "in_progress", "done", "cancelled"]
Risk = Literal["low", "medium", "high"]
BoardColumn = Literal["todo", "in_progress", "done"]


@dataclass(frozen=True, slots=True)
class StaffTask:
    """A piece of work; ``end`` is the day it is due, ``priority`` 0 (can wait) to 3 (first of all).

    Nobody has it yet while ``user_id`` is None: then it is open to those of its role or discipline.
    """

    id: int
    title: str
    status: TaskStatus
    role: str | None
    discipline: str | None
    user_id: int | None
    start: date
    end: date
    estimate_h: int | None
    progress: int
    priority: int
    is_delayed: bool
    risk: Risk
    epic: str | None
    story: str | None
    version: int
    completed_at: int | None
    created_by: int
    created_at: int
    updated_at: int
    description: str = ""
    triage_id: int | None = None
    """The report that it was made from."""

    @property
    def is_open(self) -> bool:
        """True while it is neither done nor cancelled."""
        return self.status in {"todo", "in_progress"}


@dataclass(frozen=True, slots=True)
class TaskChange:
    """A task before and after (None before: it is new), and the next one that its owner was given."""

    before: StaffTask | None
    after: StaffTask
    given: StaffTask | None = None


@dataclass(frozen=True, slots=True)
class BulkFailure:
    """A task that was not assigned, and why, in a sentence."""

    task_id: int
    why: str


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What became of each task of many."""

    assigned: tuple[TaskChange, ...]
    failed: tuple[BulkFailure, ...]


@dataclass(frozen=True, slots=True)
class DailyCheck:
    """A daily check: its day, how many tasks stand differently now, how many people were told of a rise."""

    day: date
    changed: int
    told: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose eyes a change has: ``everything``, or what is theirs, of their role, or made by them."""

    user_id: int
    role: str | None
    everything: bool


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which cards a board shows; None is any."""

    user_id: int | None = None
    epic: str | None = None
    discipline: str | None = None


@dataclass(frozen=True, slots=True)
class BoardPart:
    """A column's cards on one page, and how many it has in all."""

    column: BoardColumn
    cards: tuple[StaffTask, ...]
    count: int


@dataclass(frozen=True, slots=True)
class BoardPage:
    """One page of every column, in their order."""

    parts: tuple[BoardPart, ...]

    def cards(self, column: BoardColumn) -> tuple[StaffTask, ...]:
        """Return a column's cards on this page."""
        return next(part.cards for part in self.parts if part.column == column)

    @property
    def most(self) -> int:
        """How many cards the longest column has."""
        return max(part.count for part in self.parts)


@dataclass(frozen=True, slots=True)
class SprintWork:
    """What the burndown needs of a task of the sprint: when it came and was done, and its hours."""

    created_at: int
    completed_at: int | None
    estimate_h: int | None

"""What an item of triage is, how it stands, and what a step changes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

__all__ = [
    "CATEGORIES",
    "OPEN",
    "PRIORITIES",
    "Category",
    "ItemChange",
    "Priority",
    "Route",
    "Shelf",
    "Status",
    "ThreadState",
    "TriageItem",
]

Category = Literal["issue", "bug", "question", "rules", "event", "diplomacy", "disaster", "request"]
Priority = Literal["low", "medium", "high", "critical"]
Status = Literal["pending", "in_review", "resolved", "rejected"]
ThreadState = Literal["wanted", "open", "refused", "deleted", "unset"]
"""``wanted`` until it is opened; ``refused``: the bot may not; ``unset``: no channel is configured."""
Shelf = Literal["open", "mine", "snoozed"]
"""A part of the queue."""

CATEGORIES: tuple[Category, ...] = get_args(Category)
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
OPEN = ("pending", "in_review")
"""The statuses of what is not closed."""


@dataclass(frozen=True, slots=True)
class TriageItem:
    """A report; ``by_duty`` says that it is ``assigned_to``'s because of their duty.

    ``escalated`` is how many of the three steps of a late item were taken, ``ratings`` how often it was
    rated. Instants are UTC seconds.
    """

    id: int
    reporter_id: int
    title: str
    description: str
    category: Category
    priority: Priority
    status: Status
    discipline: str | None
    assigned_to: int | None
    by_duty: bool
    thread_id: int | None
    thread_state: ThreadState
    card_id: int | None
    shown_version: int
    duplicate_of: int | None
    snoozed_until: int | None
    respond_by: int | None
    escalated: int
    first_response_at: int | None
    resolution: str | None
    resolved_at: int | None
    rating: int | None
    ratings: int
    version: int
    created_at: int
    updated_at: int
    label: str = ""
    """The discipline's name; empty without one."""
    task_id: int | None = None
    task_status: str | None = None
    """The task that was made from it and is not called off, as far as whoever asked sees that."""

    @property
    def is_open(self) -> bool:
        """Whether it is not closed."""
        return self.status in OPEN

    @property
    def waits(self) -> bool:
        """Whether the clock of its first response runs."""
        return self.is_open and self.first_response_at is None

    def sleeps(self, at: int) -> bool:
        """Say whether it is snoozed at an instant."""
        return self.snoozed_until is not None and at < self.snoozed_until


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item before and after a step."""

    before: TriageItem
    after: TriageItem


@dataclass(frozen=True, slots=True)
class Route:
    """Which discipline gets a category (None: nobody does), and who has that duty now."""

    category: Category
    discipline: str | None
    label: str
    holder: int | None

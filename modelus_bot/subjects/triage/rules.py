"""When an item is late, who is told then, and which discipline gets what. Pure.

The clock counts real seconds, so that no change of the clocks moves a deadline; while an item is snoozed
it stands still.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from modelus_bot.subjects.triage.model import Category, Priority

__all__ = [
    "DEFAULT_ROUTES",
    "HOURS",
    "LEVELS",
    "deadline",
    "due_levels",
    "reprioritised",
    "route",
    "snoozed",
    "woken",
]

HOUR = 3600
HOURS: Mapping[Priority, int] = {"critical": 1, "high": 4, "medium": 24, "low": 72}
"""Within how many hours somebody has to answer."""
LEVELS = 3
"""Whoever has it, the next sprint's holder, the managers."""

DEFAULT_ROUTES: Mapping[Category, str] = {
    "issue": "producer",
    "bug": "be_eng",
    "question": "account",
    "rules": "po",
    "event": "producer",
    "diplomacy": "account",
    "disaster": "be_eng",
    "request": "po",
}
"""Which discipline gets a category until `/triage route` says otherwise."""


def deadline(created_at: int, priority: Priority) -> int:
    """Return by when somebody has to answer what was reported at an instant (UTC seconds)."""
    return created_at + HOURS[priority] * HOUR


def reprioritised(respond_by: int, before: Priority, after: Priority) -> int:
    """Return the deadline under another priority; what it was snoozed for still counts."""
    return respond_by + (HOURS[after] - HOURS[before]) * HOUR


def snoozed(respond_by: int, at: int, until: int, before: int | None = None) -> int:
    """Return the deadline of what sleeps from ``at`` to ``until``.

    ``before`` is until when it would have slept already: that time was added to the deadline then.
    """
    return woken(respond_by, at, before) + max(0, until - at)


def woken(respond_by: int, at: int, until: int | None) -> int:
    """Return the deadline of what wakes at ``at`` although it would have slept ``until`` then."""
    return respond_by - max(0, until - at) if until is not None else respond_by


def due_levels(
    respond_by: int | None, priority: Priority, escalated: int, at: int, snoozed_until: int | None = None
) -> range:
    """Return the levels that are due now and were not told yet, from 1; none while it sleeps.

    The first is due at the deadline, each of the others half of the priority's hours later.
    """
    if respond_by is None or at < respond_by or (snoozed_until is not None and at < snoozed_until):
        return range(0)
    reached = min(LEVELS, 1 + (at - respond_by) * 2 // (HOURS[priority] * HOUR))
    return range(escalated + 1, reached + 1)


def route(category: Category, chosen: Mapping[str, str], active: Collection[str]) -> str | None:
    """Return the discipline that gets a category; the first ``active`` one where that is not in use."""
    wanted = chosen.get(category, DEFAULT_ROUTES[category])
    return wanted if wanted in active else next(iter(active), None)

"""Turns that people keep although they are away in them: short days away move nobody."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.database import ReadTransaction
from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.sprints.queries.holders import holders_of
from modelus_bot.subjects.sprints.queries.sprints import current_sprint, sprints

__all__ = ["KeptTurn", "turns_while_away"]


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn that needs cover: the discipline's name and the sprint's."""

    label: str
    sprint_name: str


def turns_while_away(tx: ReadTransaction, user_id: int, at: int, calendar: Calendar) -> tuple[KeptTurn, ...]:
    """Return the turns, from the current sprint on, with days that somebody holds and is away on."""
    current = current_sprint(tx, at, calendar)
    first = current.start if current is not None else calendar.day_of(at)
    return tuple(
        KeptTurn(holder.label, found.name)
        for found in sprints(tx)
        if found.start >= first
        for holder in holders_of(tx, found.id)
        if holder.user_id == user_id and holder.is_away
    )

"""A place on a roster, and what an edit of a roster changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from modelus_bot.subjects.assignments.rules import Move
from modelus_bot.subjects.sprints.queries.away import KeptTurn

__all__ = ["RosterChange", "RosterEntry"]


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A person's place on a roster; ``position`` counts from 1 among those who take turns."""

    discipline: str
    user_id: int
    username: str
    position: int
    away_from: date | None
    away_to: date | None


@dataclass(frozen=True, slots=True)
class RosterChange:
    """The entry before and after, whose turns move, and the code that confirms exactly those moves.

    ``kept`` are the turns that somebody holds although they are away in them.
    """

    before: RosterEntry | None
    after: RosterEntry | None
    moves: tuple[Move, ...]
    digest: str
    kept: tuple[KeptTurn, ...] = ()

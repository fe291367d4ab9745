"""What a change of a member shows: before, after, and whose turns move."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.subjects.assignments.rules import Move
from modelus_bot.subjects.people.model import Member

__all__ = ["MemberChange"]


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A changed member, as before and after, and whose turns move because of it."""

    before: Member | None
    after: Member
    moves: tuple[Move, ...] = ()
    digest: str = ""
    tasks: int = 0
    """How many open tasks of theirs others can take now."""

"""What a change of a member shows: before, after, whose turns move, and what was blanked."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.subjects.assignments.rules import Move
from modelus_bot.subjects.people.model import Member

__all__ = ["Erased", "MemberChange"]


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A changed member, as before and after, and whose turns move because of it."""

    before: Member | None
    after: Member
    moves: tuple[Move, ...] = ()
    digest: str = ""
    tasks: int = 0
    """How many open tasks of theirs others can take now."""


@dataclass(frozen=True, slots=True)
class Erased:
    """A person who was erased, without any name: how many rows of each table were blanked, and who moves."""

    discord_id: int
    rows: dict[str, int]
    moves: tuple[Move, ...] = ()
    digest: str = ""

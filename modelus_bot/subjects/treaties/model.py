"""What a treaty is, and what became of it by a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Treaty", "TreatyChange", "TreatyKind", "TreatyStatus"]

TreatyKind = Literal["alliance", "trade", "non_aggression", "defense"]
TreatyStatus = Literal["pending", "active", "declined", "withdrawn", "expired", "ended"]


@dataclass(frozen=True, slots=True)
class Treaty:
    """A treaty of two nations, the lower number first; instants are UTC seconds.

    ``proposed_by`` is the nation that proposed it; ``proposer_id``, ``decided_by`` and ``ended_by`` are
    members, None where the bot did it or nobody knows.
    """

    id: int
    nation_a: int
    name_a: str
    nation_b: int
    name_b: str
    kind: TreatyKind
    status: TreatyStatus
    proposed_by: int
    terms: str | None
    proposer_id: int | None
    proposed_at: int
    expires_at: int
    decided_by: int | None
    decided_at: int | None
    ended_by: int | None
    ended_at: int | None
    end_reason: str | None
    version: int

    @property
    def is_open(self) -> bool:
        """Whether it waits or is in force."""
        return self.status in {"pending", "active"}

    @property
    def parties(self) -> tuple[int, int]:
        """The two nations."""
        return self.nation_a, self.nation_b

    @property
    def answerer(self) -> int:
        """The nation that answers it."""
        return self.other(self.proposed_by)

    def other(self, nation_id: int) -> int:
        """Return the other side."""
        return self.nation_b if nation_id == self.nation_a else self.nation_a

    def name_of(self, nation_id: int) -> str:
        """Return what one of the two is called now."""
        return self.name_a if nation_id == self.nation_a else self.name_b

    def days(self, now: int) -> int:
        """Return for how many whole days it was in force, or has been until ``now``."""
        if self.decided_at is None:
            return 0
        return max(0, (now if self.ended_at is None else self.ended_at) - self.decided_at) // 86_400


@dataclass(frozen=True, slots=True)
class TreatyChange:
    """A treaty after a change, and its status before (None: it is new).

    ``leaders`` counts who can answer a new proposal.
    """

    before: TreatyStatus | None
    after: Treaty
    leaders: int = 0

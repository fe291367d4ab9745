"""What a bloc is, who belongs to it, and what became of it by a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Bloc", "BlocChange", "BlocMember", "BlocSheet", "BlocStatus", "NationBloc", "Rank"]

BlocStatus = Literal["active", "disbanded"]
Rank = Literal["leader", "member", "invited"]


@dataclass(frozen=True, slots=True)
class Bloc:
    """A bloc; instants are UTC seconds."""

    id: int
    name: str
    description: str | None
    status: BlocStatus
    created_at: int
    disbanded_at: int | None
    version: int


@dataclass(frozen=True, slots=True)
class BlocMember:
    """A nation in a bloc, or invited to it, since ``at``; an invitation ends at ``expires_at``."""

    bloc_id: int
    nation_id: int
    nation: str
    rank: Rank
    at: int
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class BlocSheet:
    """A bloc with who belongs to it: the leader, members as they joined, then those who are invited."""

    bloc: Bloc
    people: tuple[BlocMember, ...]

    @property
    def members(self) -> tuple[BlocMember, ...]:
        """Who belongs to it, the leader first."""
        return tuple(one for one in self.people if one.rank != "invited")

    @property
    def invited(self) -> tuple[BlocMember, ...]:
        """Who is invited to it."""
        return tuple(one for one in self.people if one.rank == "invited")

    @property
    def leader(self) -> BlocMember | None:
        """Who leads it; None once it is disbanded."""
        return next((one for one in self.people if one.rank == "leader"), None)

    def of(self, nation_id: int) -> BlocMember | None:
        """Return how a nation stands to it."""
        return next((one for one in self.people if one.nation_id == nation_id), None)


@dataclass(frozen=True, slots=True)
class BlocChange:
    """A bloc after a change, with a sentence that says what was done."""

    after: BlocSheet
    done: str


@dataclass(frozen=True, slots=True)
class NationBloc:
    """The bloc that a nation joined first, and the other one if it is in two."""

    nation_id: int
    bloc_id: int
    bloc: str
    leads: bool
    other_id: int | None = None
    other: str | None = None

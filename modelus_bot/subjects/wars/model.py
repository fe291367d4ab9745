"""What a war is, who fights on which side of it, and what happened in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

__all__ = ["Side", "War", "WarChange", "WarEvent", "WarSheet", "WarSide", "WarStatus"]

WarStatus = Literal["active", "ended"]
Side = Literal["A", "B", "other"]
WarEventKind = Literal["started", "joined", "left", "update", "ended"]


@dataclass(frozen=True, slots=True)
class War:
    """A war; days are those of the server's calendar."""

    id: int
    name: str
    status: WarStatus
    started_on: date
    ended_on: date | None
    end_reason: str | None
    casualties: int
    description: str | None
    version: int

    def days(self, today: date) -> int:
        """Return how long it lasted, or has lasted until ``today``, counting the first day."""
        return ((self.ended_on or max(today, self.started_on)) - self.started_on).days + 1


@dataclass(frozen=True, slots=True)
class WarSide:
    """A nation in a war; it fights on until ``left_on``."""

    war_id: int
    nation_id: int
    nation: str
    side: Side
    joined_on: date
    left_on: date | None


@dataclass(frozen=True, slots=True)
class WarEvent:
    """Something that happened in a war."""

    kind: WarEventKind
    nation: str | None
    side: Side | None
    casualties: int | None
    note: str | None
    on_day: date


@dataclass(frozen=True, slots=True)
class WarSheet:
    """A war with its sides."""

    war: War
    sides: tuple[WarSide, ...]


@dataclass(frozen=True, slots=True)
class WarChange:
    """A war before (None: it has begun) and after a change."""

    before: WarSheet | None
    after: WarSheet

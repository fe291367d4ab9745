"""A turn as it was dealt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from modelus_bot.domain.cover_days import Turn

__all__ = ["DealtTurn"]


@dataclass(frozen=True, slots=True)
class DealtTurn:
    """A slot that was dealt, also to nobody: its sprint, its discipline, and whose each of its days is."""

    sprint_id: int
    sprint_name: str
    start: date
    end: date
    discipline: str
    label: str
    is_active: bool
    turn: Turn

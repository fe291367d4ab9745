"""modelus_bot.subjects.reminders.model"""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.domain.cover_days import Days

__all__ = ["ComingTurn"]


@dataclass(frozen=True, slots=True)
class ComingTurn:
    """Days that somebody will have of a sprint's turn, up to the first on which somebody else takes over.

    ``covering`` says that they are an approved cover of some days.
    """

    user_id: int
    sprint_id: int
    sprint_name: str
    discipline: str
    label: str
    days: Days
    covering: bool

"""What a request for cover is, its steps, and the messages that show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from modelus_bot.domain.cover_days import Days, days_between

__all__ = ["CardKind", "Cover", "CoverCard", "CoverChange", "StatusFilter"]

StatusFilter = Literal[
    "pending", "all", "open", "taken", "approved", "declined", "withdrawn", "expired", "revoked"
]


@dataclass(frozen=True, slots=True)
class Cover:
    """A request: whose turn (``original_id``), who asked, who would step in (None: anybody), its status."""

    id: int
    sprint_id: int
    sprint_name: str
    discipline: str
    requested_by: int
    original_id: int
    replacement_id: int | None
    status: str
    reason: str | None
    attempts: int
    decided_by: int | None
    decided_at: int | None
    message_id: int | None
    created_at: int
    label: str = ""
    """The discipline's name; empty in results that were stored by an older version."""
    first_day: date | None = None
    last_day: date | None = None

    @property
    def days(self) -> Days | None:
        """The days it is about; None for the whole turn."""
        return days_between(self.first_day, self.last_day)

    @property
    def duty(self) -> str:
        """What people call the discipline."""
        return self.label or self.discipline

    @property
    def is_pending(self) -> bool:
        """True while somebody still has to decide."""
        return self.status in {"open", "taken"}


@dataclass(frozen=True, slots=True)
class CoverChange:
    """A request after a step, how it stood before (None: it is new), and whether duty changed now."""

    cover: Cover
    before: str | None
    duty_changed: bool = False


CardKind = Literal["card", "notice"]


@dataclass(frozen=True, slots=True)
class CoverCard:
    """A message: a ``card`` shows how the request stands, a ``notice`` tells one person what happened."""

    message_id: int
    channel_id: int
    kind: CardKind

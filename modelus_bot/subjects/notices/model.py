"""What a notice is that waits for its delivery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Notice", "NoticeType"]

NoticeType = Literal["system", "oncall", "cover", "issue_reported"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for one person that has not been delivered yet; ``attempts`` counts failed tries."""

    id: int
    user_id: int
    type: str
    title: str
    message: str
    attempts: int
    created_at: int
    ref_table: str | None = None
    ref_id: int | None = None

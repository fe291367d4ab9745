"""Members see their own numbers and leave; staff see all, and what became of who fell silent."""

from __future__ import annotations

from modelus_bot.domain.visibility import STAFF, mine, those

__all__ = ["VISIBLE"]

VISIBLE = (
    those("activity", mine("user_id"), STAFF),
    those("leaves", mine("user_id"), STAFF),
    those("inactivity_items", STAFF),
)

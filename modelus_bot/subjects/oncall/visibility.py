"""Members see their own duty; staff see who is on duty."""

from __future__ import annotations

from modelus_bot.domain.visibility import STAFF, everybody, mine, those

__all__ = ["VISIBLE"]

VISIBLE = (
    everybody("current_state"),
    those("current_holders", mine("user_id"), STAFF, reported=True),
)

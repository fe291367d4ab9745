"""Members see their own places; staff see whole rosters."""

from __future__ import annotations

from modelus_bot.domain.visibility import STAFF, mine, those

__all__ = ["VISIBLE"]

VISIBLE = (those("user_disciplines", mine("user_id"), STAFF, reported=True),)

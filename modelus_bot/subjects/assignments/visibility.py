"""Members see their own turns; staff see all of them."""

from __future__ import annotations

from modelus_bot.domain.visibility import STAFF, mine, those

__all__ = ["VISIBLE"]

VISIBLE = (those("assignments", mine("user_id"), STAFF, reported=True),)

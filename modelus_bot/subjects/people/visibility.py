"""Members see themselves; staff see everybody."""

from __future__ import annotations

from modelus_bot.domain.visibility import STAFF, mine, those

__all__ = ["VISIBLE"]

VISIBLE = (those("users", mine("discord_id"), STAFF, reported=True),)

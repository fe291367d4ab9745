"""What somebody is told, and how they want to be told, is theirs alone, also in reports."""

from __future__ import annotations

from modelus_bot.domain.visibility import mine, those

__all__ = ["VISIBLE"]

VISIBLE = (
    those("notifications", mine("user_id")),
    those("notification_prefs", mine("user_id")),
)

"""Who sees which entry of a calendar: staff all of them, everybody else their own."""

from __future__ import annotations

from modelus_bot.domain.visibility import STAFF, mine, those

__all__ = ["VISIBLE"]

VISIBLE = (those("calendar_entries", mine("user_id"), STAFF, reported=True),)

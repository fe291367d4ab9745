"""What the bot goes on knowing while it has no database: the tables of its snapshot."""

from __future__ import annotations

__all__ = ["KEPT_TABLES"]

KEPT_TABLES = (
    "users",
    "settings",
    "disciplines",
    "user_disciplines",
    "sprints",
    "assignments",
    "current_state",
    "current_holders",
    "overrides",
    "notification_prefs",
)
"""Queries marked ``kept`` read these tables and no others."""

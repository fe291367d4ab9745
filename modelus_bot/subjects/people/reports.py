"""Who the bot knows."""

from __future__ import annotations

from modelus_bot.domain.reports import Report

__all__ = ["REPORTS"]

_MEMBERS = """
SELECT discord_id, username, role, timezone, is_active,
    datetime(created_at, 'unixepoch') AS known_since_utc
FROM users ORDER BY username, discord_id
"""

REPORTS = (Report("members", "members with their roles", _MEMBERS),)

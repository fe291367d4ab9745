"""Who is on which roster."""

from __future__ import annotations

from modelus_bot.domain.reports import Report

__all__ = ["REPORTS"]

_ROSTERS = """
SELECT d.discipline, d.position, d.user_id, u.username, d.is_active, d.away_from, d.away_to
FROM user_disciplines AS d JOIN users AS u ON u.discord_id = d.user_id
ORDER BY d.discipline, d.position
"""

REPORTS = (Report("rosters", "places on rosters in their order, and days away", _ROSTERS),)

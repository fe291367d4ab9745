"""Who has which turn."""

from __future__ import annotations

from modelus_bot.domain.reports import Report

__all__ = ["REPORTS"]

_TURNS = """
SELECT s.id AS sprint_id, s.name AS sprint, s.start_date, s.end_date,
    a.discipline, a.user_id, u.username, a.source
FROM assignments AS a
JOIN sprints AS s ON s.id = a.sprint_id
LEFT JOIN users AS u ON u.discord_id = a.user_id
ORDER BY s.start_date, s.id, a.discipline
"""

REPORTS = (Report("turns", "whose each turn is, sprint by sprint, without covers", _TURNS),)

"""Who covered for whom."""

from __future__ import annotations

from modelus_bot.domain.reports import Report

__all__ = ["REPORTS"]

_COVERS = """
SELECT o.id, s.name AS sprint, s.start_date, o.discipline, o.status, o.original_id,
    holder.username AS original, o.replacement_id, stand_in.username AS replacement, o.first_day, o.last_day,
    o.attempts, datetime(o.created_at, 'unixepoch') AS asked_utc,
    datetime(o.decided_at, 'unixepoch') AS decided_utc
FROM overrides AS o
JOIN sprints AS s ON s.id = o.sprint_id
JOIN users AS holder ON holder.discord_id = o.original_id
LEFT JOIN users AS stand_in ON stand_in.discord_id = o.replacement_id
ORDER BY o.id
"""

REPORTS = (Report("covers", "requests for cover and what became of them", _COVERS),)

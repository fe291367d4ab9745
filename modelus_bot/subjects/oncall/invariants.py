"""Rules over several rows that the schema alone cannot hold, in the order of their repairs.

They hold after every operation; a row that breaks one was written by something else.
"""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_STATE = Invariant(
    "state_in_calendar",
    """
    SELECT 'current_state', id, 'names a sprint that is not in the calendar' FROM current_state
    WHERE sprint_id IS NOT NULL
      AND sprint_id NOT IN (SELECT id FROM sprints WHERE sprint_index IS NOT NULL)
    """,
    "The current sprint is in the calendar; a lost one is chosen anew at the next hand-over.",
    repair="""
    UPDATE current_state SET sprint_id = NULL, version = version + 1
    WHERE sprint_id IS NOT NULL
      AND sprint_id NOT IN (SELECT id FROM sprints WHERE sprint_index IS NOT NULL)
    """,
)
_HOLDERS = Invariant(
    "holders_have_turns",
    """
    SELECT 'current_holders', h.discipline, 'is not who has the turn'
    FROM current_holders AS h
    JOIN disciplines AS d ON d.key = h.discipline AND d.is_active = 1
    LEFT JOIN current_state AS c ON c.id = 1
    LEFT JOIN assignments AS a ON a.sprint_id = c.sprint_id AND a.discipline = h.discipline
    LEFT JOIN overrides AS o ON o.sprint_id = c.sprint_id AND o.discipline = h.discipline
        AND o.status = 'approved' AND o.first_day IS NULL
    WHERE (h.user_id IS NOT coalesce(o.replacement_id, a.user_id)
        OR h.source <> CASE WHEN o.replacement_id IS NOT NULL THEN 'override'
            WHEN a.user_id IS NULL THEN 'none' WHEN a.source = 'manual' THEN 'manual' ELSE 'rotation' END)
      AND NOT EXISTS (
        SELECT 1 FROM overrides AS days
        WHERE days.sprint_id = c.sprint_id AND days.discipline = h.discipline
          AND days.status = 'approved' AND days.first_day IS NOT NULL
          AND h.source = 'override' AND h.user_id = days.replacement_id)
    """,
    "On duty is who has the current sprint's turn, or covers days of it: by an approved cover, else by hand,"
    " else by rotation. The next hand-over knows which day it is.",
    repair="""
    UPDATE current_holders SET (user_id, source) = (
        SELECT coalesce(o.replacement_id, a.user_id),
            CASE WHEN o.replacement_id IS NOT NULL THEN 'override' WHEN a.user_id IS NULL THEN 'none'
                WHEN a.source = 'manual' THEN 'manual' ELSE 'rotation' END
        FROM (SELECT 1)
        LEFT JOIN current_state AS c ON c.id = 1
        LEFT JOIN assignments AS a
            ON a.sprint_id = c.sprint_id AND a.discipline = current_holders.discipline
        LEFT JOIN overrides AS o ON o.sprint_id = c.sprint_id
            AND o.discipline = current_holders.discipline AND o.status = 'approved' AND o.first_day IS NULL)
    WHERE discipline IN (SELECT key FROM disciplines WHERE is_active = 1)
    """,
)

INVARIANTS = (
    _STATE,
    _HOLDERS,
)

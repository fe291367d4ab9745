"""Rules over several rows that the schema alone cannot hold, in the order of their repairs.

They hold after every operation; a row that breaks one was written by something else.
"""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_SPRINT_NAMES = Invariant(
    "sprints_named",
    """
    SELECT 'sprints', id, 'has no name that can be read' FROM sprints
    WHERE typeof(name) <> 'text' OR length(name) NOT BETWEEN 1 AND 60
    """,
    "Every sprint has a name.",
    repair="""
    UPDATE sprints SET name = CASE WHEN typeof(name) <> 'text' OR length(name) = 0 THEN 'Sprint ' || id
        ELSE substr(name, 1, 60) END
    WHERE typeof(name) <> 'text' OR length(name) NOT BETWEEN 1 AND 60
    """,
)
_SPRINTS_APART = Invariant(
    "sprints_apart",
    """
    SELECT 'sprints', b.id, 'overlaps with sprint ' || min(a.id) FROM sprints a JOIN sprints b ON b.id > a.id
    WHERE a.sprint_index IS NOT NULL AND b.sprint_index IS NOT NULL
      AND a.start_date < b.end_date AND b.start_date < a.end_date
    GROUP BY b.id
    """,
    "Two sprints of the calendar never overlap; the later one is taken out of the calendar.",
    repair="""
    UPDATE sprints SET sprint_index = NULL WHERE sprint_index IS NOT NULL AND EXISTS (
        SELECT 1 FROM sprints a WHERE a.id < sprints.id AND a.sprint_index IS NOT NULL
        AND a.start_date < sprints.end_date AND sprints.start_date < a.end_date)
    """,
)

INVARIANTS = (
    _SPRINT_NAMES,
    _SPRINTS_APART,
)

"""Rules over several rows that the schema alone cannot hold."""

from __future__ import annotations

from modelus_bot.database.integrity.invariants import Invariant

__all__ = ["INVARIANTS"]

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "sprints_apart",
        """
        SELECT 'sprints', b.id, 'overlaps with sprint ' || a.id FROM sprints a JOIN sprints b ON b.id > a.id
        WHERE a.sprint_index IS NOT NULL AND b.sprint_index IS NOT NULL
          AND a.start_date < b.end_date AND b.start_date < a.end_date
        """,
        "Two sprints of the calendar never overlap.",
    ),
    Invariant(
        "one_cover_a_turn",
        """
        SELECT 'overrides', max(id), 'is one of several approved covers of the same turn'
        FROM overrides WHERE status = 'approved' GROUP BY sprint_id, discipline HAVING count(*) > 1
        """,
        "At most one cover of a turn is approved.",
    ),
    Invariant(
        "audit_without_gaps",
        """
        SELECT 'audit_logs', a.id, 'the entry before it is missing' FROM audit_logs a
        WHERE a.id > 1 AND NOT EXISTS (SELECT 1 FROM audit_logs b WHERE b.id = a.id - 1)
        """,
        "Audit entries are numbered without gaps.",
    ),
)

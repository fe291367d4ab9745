"""Rules over several rows that the schema alone cannot hold, in the order of their repairs.

They hold after every operation; a row that breaks one was written by something else.
"""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_ANSWERS = Invariant(
    "requests_answered",
    "SELECT 'requests', request_id, 'has no stored result' FROM requests WHERE typeof(outcome) = 'null'",
    "Every request that is known has its result, with which a repetition is answered.",
)
_AUDIT = Invariant(
    "audit_without_gaps",
    """
    SELECT 'audit_logs', id, 'the entry before it is missing' FROM (
        SELECT id, operation, table_name, lag(id, 1, 0) OVER (ORDER BY id) AS before FROM audit_logs
        WHERE (SELECT count(*) FROM audit_logs) <> (SELECT max(id) FROM audit_logs) - coalesce(
            (SELECT id - 1 FROM audit_logs WHERE id = (SELECT min(id) FROM audit_logs)
             AND operation = 'RESTORE' AND table_name = 'audit_logs'), 0))
    WHERE before <> id - 1 AND NOT (before = 0 AND operation = 'RESTORE' AND table_name = 'audit_logs')
    """,
    "Audit entries are numbered without gaps, from 1 or from the one that begins a new log after damage.",
)

INVARIANTS = (
    _ANSWERS,
    _AUDIT,
)

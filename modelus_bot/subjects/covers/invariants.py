"""Rules over several rows that the schema alone cannot hold, in the order of their repairs.

They hold after every operation; a row that breaks one was written by something else.
"""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_ONE_COVER = Invariant(
    "one_cover_a_turn",
    """
    SELECT 'overrides', id, 'is one of several approved covers of the same turn' FROM (
        SELECT id, row_number() OVER (PARTITION BY sprint_id, discipline ORDER BY decided_at DESC, id DESC)
        AS place FROM overrides WHERE status = 'approved')
    WHERE place > 1
    """,
    "At most one cover of a turn is approved; the one that was approved last counts.",
    repair="""
    UPDATE overrides SET status = 'revoked' WHERE id IN (SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY sprint_id, discipline ORDER BY decided_at DESC, id DESC)
        AS place FROM overrides WHERE status = 'approved')
    WHERE place > 1)
    """,
)
_UNDECIDED = Invariant(
    "cover_undecided",
    """
    SELECT 'overrides', id, 'has a decision, but waits for one or has expired' FROM overrides
    WHERE status IN ('open', 'taken', 'expired') AND (decided_by IS NOT NULL OR decided_at IS NOT NULL)
    """,
    "A cover request that waits or has expired was decided by nobody; what is in doubt needs approval again.",
    repair="""
    UPDATE overrides SET decided_by = NULL, decided_at = NULL
    WHERE status IN ('open', 'taken', 'expired') AND (decided_by IS NOT NULL OR decided_at IS NOT NULL)
    """,
)
_DECIDED = Invariant(
    "cover_decided",
    """
    SELECT 'overrides', id, 'is decided, but nobody knows when' FROM overrides
    WHERE decided_at IS NULL AND status IN ('declined', 'withdrawn', 'revoked')
    """,
    "Every decision on a cover request has its time; the row's last change stands for one that is lost.",
    repair="""
    UPDATE overrides SET decided_at = updated_at
    WHERE decided_at IS NULL AND status IN ('declined', 'withdrawn', 'revoked')
    """,
)
_TAKEN = Invariant(
    "cover_taken",
    """
    SELECT 'overrides', id, 'is taken by nobody' FROM overrides
    WHERE status = 'taken' AND replacement_id IS NULL
    """,
    "A cover request is taken by somebody; otherwise it is open.",
    repair="UPDATE OR IGNORE overrides SET status = 'open' WHERE status = 'taken' AND replacement_id IS NULL",
)
_ASKED = Invariant(
    "cover_asked",
    "SELECT 'overrides', id, 'was asked for less than once' FROM overrides WHERE attempts < 1",
    "A cover request was made at least once.",
    repair="UPDATE overrides SET attempts = 1 WHERE attempts < 1",
)

INVARIANTS = (
    _ONE_COVER,
    _UNDECIDED,
    _DECIDED,
    _TAKEN,
    _ASKED,
)

"""Rules over several rows that the schema alone cannot hold, in the order of their repairs.

They hold after every operation; a row that breaks one was written by something else.
"""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_COVER_DAYS = Invariant(
    "cover_days_in_turn",
    """
    SELECT 'overrides', o.id, 'is about days that its turn does not have'
    FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id
    WHERE o.status IN ('open', 'taken', 'approved')
      AND (o.first_day < s.start_date OR o.last_day >= s.end_date)
    """,
    "A cover of days that waits or is approved has days of its turn only; any other is revoked or declined.",
    repair="""
    UPDATE overrides SET status = iif(status = 'approved', 'revoked', 'declined'),
        decided_at = coalesce(decided_at, updated_at)
    WHERE id IN (
        SELECT o.id FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id
        WHERE o.status IN ('open', 'taken', 'approved')
          AND (o.first_day < s.start_date OR o.last_day >= s.end_date))
    """,
)
_COVERS_APART = Invariant(
    "covers_apart",
    """
    SELECT 'overrides', o.id, 'has a day in common with a later approved cover of the same turn'
    FROM overrides AS o
    WHERE o.status = 'approved' AND EXISTS (
        SELECT 1 FROM overrides AS other
        WHERE other.sprint_id = o.sprint_id AND other.discipline = o.discipline
          AND other.status = 'approved'
          AND (coalesce(other.decided_at, 0), other.id) > (coalesce(o.decided_at, 0), o.id)
          AND (other.first_day IS NULL OR o.first_day IS NULL
               OR (other.first_day <= o.last_day AND o.first_day <= other.last_day)))
    """,
    "Approved covers of a turn have no day in common; the one that was approved last counts.",
    repair="""
    UPDATE overrides SET status = 'revoked' WHERE id IN (
        SELECT o.id FROM overrides AS o
        WHERE o.status = 'approved' AND EXISTS (
            SELECT 1 FROM overrides AS other
            WHERE other.sprint_id = o.sprint_id AND other.discipline = o.discipline
              AND other.status = 'approved'
              AND (coalesce(other.decided_at, 0), other.id) > (coalesce(o.decided_at, 0), o.id)
              AND (other.first_day IS NULL OR o.first_day IS NULL
                   OR (other.first_day <= o.last_day AND o.first_day <= other.last_day))))
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
    _COVER_DAYS,
    _COVERS_APART,
    _UNDECIDED,
    _DECIDED,
    _TAKEN,
    _ASKED,
)

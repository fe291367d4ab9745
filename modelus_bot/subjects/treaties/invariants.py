"""Rules over several rows that the schema alone cannot hold, in the order of their repairs."""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_WITH_THE_LIVING = Invariant(
    "treaty_with_archived",
    """
    SELECT 'treaties', t.id, 'waits or is in force, although one of the two nations is archived'
    FROM treaties AS t JOIN nations AS n ON n.id IN (t.nation_a, t.nation_b)
    WHERE t.status IN ('pending', 'active') AND n.status = 'archived'
    """,
    "A nation that is archived has no treaty that waits or is in force; the archiving ended it.",
    repair="""
    UPDATE treaties SET status = iif(status = 'active', 'ended', 'expired'),
        decided_at = coalesce(decided_at, expires_at),
        ended_at = iif(status = 'active', decided_at, NULL), version = version + 1
    WHERE status IN ('pending', 'active') AND EXISTS (
        SELECT 1 FROM nations AS n WHERE n.id IN (nation_a, nation_b) AND n.status = 'archived')
    """,
)

INVARIANTS = (_WITH_THE_LIVING,)

"""Rules over several rows that the schema alone cannot hold, in the order of their repairs."""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_LIVING = Invariant(
    "bloc_with_archived",
    """
    SELECT 'bloc_members', json_array(m.bloc_id, m.nation_id), 'is of a nation that is archived'
    FROM bloc_members AS m JOIN nations AS n ON n.id = m.nation_id WHERE n.status = 'archived'
    """,
    "A nation that is archived belongs to no bloc and is invited to none; the archiving ended it.",
)
_OVER = Invariant(
    "bloc_disbanded",
    """
    SELECT 'bloc_members', json_array(m.bloc_id, m.nation_id), 'is of a bloc that is disbanded'
    FROM bloc_members AS m JOIN blocs AS b ON b.id = m.bloc_id WHERE b.status = 'disbanded'
    """,
    "Nobody belongs to a bloc that is disbanded.",
)
_EMPTY = Invariant(
    "bloc_empty",
    """
    SELECT 'blocs', b.id, 'has no member' FROM blocs AS b
    WHERE b.status = 'active'
      AND NOT EXISTS (SELECT 1 FROM bloc_members AS m WHERE m.bloc_id = b.id AND m.rank <> 'invited')
    """,
    "A bloc has a member; when the last one leaves it is disbanded.",
    repair="""
    UPDATE blocs SET status = 'disbanded', disbanded_at = updated_at, version = version + 1
    WHERE status = 'active'
      AND NOT EXISTS (SELECT 1 FROM bloc_members AS m WHERE m.bloc_id = blocs.id AND m.rank <> 'invited')
    """,
)
_LED = Invariant(
    "bloc_led",
    """
    SELECT 'bloc_members', json_array(m.bloc_id, m.nation_id), 'is of longest standing where nobody leads'
    FROM bloc_members AS m
    WHERE m.rank = 'member'
      AND NOT EXISTS (SELECT 1 FROM bloc_members AS o WHERE o.bloc_id = m.bloc_id AND o.rank = 'leader')
      AND NOT EXISTS (
        SELECT 1 FROM bloc_members AS o
        WHERE o.bloc_id = m.bloc_id AND o.rank = 'member' AND (o.at, o.nation_id) < (m.at, m.nation_id))
    """,
    "One member leads a bloc; after a leader who is gone it is the one of longest standing.",
    repair="""
    UPDATE bloc_members SET rank = 'leader' WHERE (bloc_id, nation_id) IN (
        SELECT m.bloc_id, m.nation_id FROM bloc_members AS m
        WHERE m.rank = 'member'
          AND NOT EXISTS (SELECT 1 FROM bloc_members AS o WHERE o.bloc_id = m.bloc_id AND o.rank = 'leader')
          AND NOT EXISTS (
            SELECT 1 FROM bloc_members AS o
            WHERE o.bloc_id = m.bloc_id AND o.rank = 'member' AND (o.at, o.nation_id) < (m.at, m.nation_id)))
    """,
)

INVARIANTS = (_LIVING, _OVER, _LED, _EMPTY)

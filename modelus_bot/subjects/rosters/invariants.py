"""Rules over several rows that the schema alone cannot hold, in the order of their repairs.

They hold after every operation; a row that breaks one was written by something else.
"""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_PLACES = Invariant(
    "roster_places",
    """
    SELECT 'user_disciplines', id, 'has no place of its own on the roster' FROM (
        SELECT id, position, row_number() OVER (PARTITION BY discipline, position ORDER BY id) AS place
        FROM user_disciplines)
    WHERE position < 1 OR place > 1
    """,
    "Nobody shares a place on a roster, not even with those who left; places count from 1.",
    repair="""
    UPDATE OR IGNORE user_disciplines SET position = 1048576 + id WHERE id IN (SELECT id FROM (
        SELECT id, position, row_number() OVER (PARTITION BY discipline, position ORDER BY id) AS place
        FROM user_disciplines)
    WHERE position < 1 OR place > 1)
    """,
)
_ABSENCES = Invariant(
    "roster_absences",
    """
    SELECT 'user_disciplines', id, 'has a last day away and no first' FROM user_disciplines
    WHERE away_to IS NOT NULL AND away_from IS NULL
    """,
    "A last day away has a first one.",
    repair="UPDATE user_disciplines SET away_to = NULL WHERE away_to IS NOT NULL AND away_from IS NULL",
)

INVARIANTS = (
    _PLACES,
    _ABSENCES,
)

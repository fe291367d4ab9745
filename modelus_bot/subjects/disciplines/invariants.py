"""Rules over several rows that the schema alone cannot hold, in the order of their repairs.

They hold after every operation; a row that breaks one was written by something else.
"""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_DISCIPLINES = Invariant(
    "disciplines_named",
    """
    SELECT 'disciplines', key, 'has a name, rotation or flag that cannot be' FROM disciplines
    WHERE typeof(label) <> 'text' OR length(label) NOT BETWEEN 1 AND 60
       OR typeof(scheduler) <> 'text' OR scheduler NOT IN ('carry', 'modulo')
       OR typeof(is_active) <> 'integer' OR is_active NOT IN (0, 1)
    """,
    "Every discipline has a name and one of the two kinds of rotation.",
    repair="""
    UPDATE disciplines SET
        label = CASE WHEN typeof(label) <> 'text' OR length(label) = 0 THEN key ELSE substr(label, 1, 60) END,
        scheduler = CASE WHEN scheduler IN ('carry', 'modulo') THEN scheduler ELSE 'carry' END,
        is_active = CASE WHEN typeof(is_active) = 'integer' AND is_active IN (0, 1) THEN is_active ELSE 1 END
    WHERE typeof(label) <> 'text' OR length(label) NOT BETWEEN 1 AND 60
       OR typeof(scheduler) <> 'text' OR scheduler NOT IN ('carry', 'modulo')
       OR typeof(is_active) <> 'integer' OR is_active NOT IN (0, 1)
    """,
)

INVARIANTS = (_DISCIPLINES,)

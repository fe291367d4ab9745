"""Rules over several columns that a repair can set right; see ``rules``."""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_CLOSED = Invariant(
    "task_closed_calm",
    """
    SELECT 'tasks', id, 'is closed, but counts as late or at risk' FROM tasks
    WHERE status IN ('done', 'cancelled') AND (is_delayed = 1 OR risk <> 'low')
    """,
    "A task that is done or cancelled is neither late nor at risk.",
    repair="""
    UPDATE tasks SET is_delayed = 0, risk = 'low'
    WHERE status IN ('done', 'cancelled') AND (is_delayed = 1 OR risk <> 'low')
    """,
)
_LATE = Invariant(
    "task_late_at_risk",
    """
    SELECT 'tasks', id, 'is late, but its risk is not high' FROM tasks WHERE is_delayed = 1 AND risk <> 'high'
    """,
    "The risk of a late task is high.",
    repair="UPDATE tasks SET risk = 'high' WHERE is_delayed = 1 AND risk <> 'high'",
)

INVARIANTS = (_CLOSED, _LATE)

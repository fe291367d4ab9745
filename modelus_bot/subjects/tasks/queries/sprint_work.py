"""The work of a sprint, for its burndown."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import ReadTransaction, viewer_query
from modelus_bot.domain.permissions import Viewer, require_staff_viewer
from modelus_bot.subjects.tasks.model import SprintWork

__all__ = ["sprint_work"]

_OPEN = """
SELECT created_at, completed_at, estimate_h FROM tasks
WHERE status IN ('todo', 'in_progress') AND end_date > :start AND end_date <= :end
"""
_DONE = """
SELECT created_at, completed_at, estimate_h FROM tasks
WHERE status = 'done' AND completed_at >= :begin AND end_date > :start AND end_date <= :end
"""
# Two statements: one of both would be run behind the barrier, which reads every task first.


@viewer_query(kept=True, hot=True)
def sprint_work(
    tx: ReadTransaction, viewer: Viewer, start: date, end: date, begin: int
) -> tuple[SprintWork, ...]:
    """Return the tasks due after a sprint's first day and up to its last, as far as the viewer sees them.

    What was done before ``begin`` (UTC seconds) is no work of this sprint, nor what was cancelled.
    """
    require_staff_viewer(tx, viewer)
    values = {"start": start.isoformat(), "end": end.isoformat(), "begin": begin}
    return tuple(SprintWork(*row) for sql in (_OPEN, _DONE) for row in tx.fetch_all(sql, values))

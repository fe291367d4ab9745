"""The work of a sprint, for its burndown."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import ReadTransaction, viewer_query
from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.tasks.model import SprintWork
from modelus_bot.subjects.tasks.queries.rows import limits, scope_of

__all__ = ["sprint_work"]

_WORK = """
SELECT created_at, completed_at, estimate_h FROM tasks
WHERE status IN ('todo', 'in_progress') AND end_date > :start AND end_date <= :end
AND (:everything OR assigned_user_id = :me OR assigned_role = :role OR created_by = :me)
UNION ALL
SELECT created_at, completed_at, estimate_h FROM tasks
WHERE status = 'done' AND completed_at >= :begin AND end_date > :start AND end_date <= :end
AND (:everything OR assigned_user_id = :me OR assigned_role = :role OR created_by = :me)
"""


@viewer_query(kept=True, hot=True)
def sprint_work(
    tx: ReadTransaction, viewer: Viewer, start: date, end: date, begin: int
) -> tuple[SprintWork, ...]:
    """Return the tasks due after a sprint's first day and up to its last, as far as the viewer sees them.

    What was done before ``begin`` (UTC seconds) is no work of this sprint, nor what was cancelled.
    """
    values = limits(scope_of(tx, viewer)) | {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "begin": begin,
    }
    return tuple(SprintWork(*row) for row in tx.fetch_all(_WORK, values))

"""What Discord does not show yet: threads to open, cards that are behind, messages to post."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, query
from modelus_bot.subjects.triage.model import TriageItem
from modelus_bot.subjects.triage.queries.items import item_of

__all__ = ["item_of_thread", "unshown_items"]

_OF_THREAD = """
SELECT t.*, d.label FROM triage_items AS t LEFT JOIN disciplines AS d ON d.key = t.discipline
WHERE t.thread_id = ? AND t.thread_state = 'open'
"""
_UNSHOWN = """
SELECT t.*, d.label, k.id AS task_id, k.status AS task_status
FROM triage_items AS t LEFT JOIN disciplines AS d ON d.key = t.discipline
LEFT JOIN tasks AS k ON k.triage_id = t.id AND k.status <> 'cancelled'
WHERE t.shown_version < t.version AND t.thread_state IN ('wanted', 'open') AND t.id > ?
ORDER BY t.id LIMIT ?
"""


@query
def item_of_thread(tx: ReadTransaction, thread_id: int) -> TriageItem | None:
    """Return the item whose thread this is; None for other threads."""
    row = tx.fetch_one(_OF_THREAD, (thread_id,))
    return None if row is None else item_of(row)


@query
def unshown_items(tx: ReadTransaction, after: int, limit: int) -> tuple[TriageItem, ...]:
    """Return items whose thread, card or messages are behind, by number, those after ``after``."""
    return tuple(map(item_of, tx.fetch_all(_UNSHOWN, (after, limit))))

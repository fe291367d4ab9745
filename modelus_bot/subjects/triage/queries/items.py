"""Finding items: one, the queue, somebody's own, and what was said about one."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, Row, query, viewer_query
from modelus_bot.domain.permissions import Viewer, require_staff_viewer, standing
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.conversations.model import ChatMessage
from modelus_bot.subjects.conversations.queries import messages_of_item
from modelus_bot.subjects.triage.model import TriageItem

__all__ = [
    "conversation",
    "duplicates_of",
    "item",
    "item_for",
    "items_by_reporter",
    "items_of",
    "open_of_each",
    "queue",
    "require_item",
    "snoozed_items",
    "suggested_items",
]

_ONE = """
SELECT t.*, d.label, k.id AS task_id, k.status AS task_status
FROM triage_items AS t LEFT JOIN disciplines AS d ON d.key = t.discipline
LEFT JOIN tasks AS k ON k.triage_id = t.id AND k.status <> 'cancelled'
WHERE t.id = ?
"""
_OPEN_OF_EACH = """
SELECT assigned_to, count(*) FROM triage_items
WHERE status IN ('pending', 'in_review') GROUP BY assigned_to
"""
_QUEUE = """
SELECT t.*, d.label FROM triage_items AS t LEFT JOIN disciplines AS d ON d.key = t.discipline
WHERE t.status IN ('pending', 'in_review') AND (:discipline IS NULL OR t.discipline = :discipline)
  AND (t.snoozed_until IS NULL OR t.snoozed_until <= :now)
ORDER BY CASE t.priority WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END,
    t.created_at, t.id
LIMIT :limit OFFSET :offset
"""
_ASSIGNED = """
SELECT t.*, d.label FROM triage_items AS t LEFT JOIN disciplines AS d ON d.key = t.discipline
WHERE t.assigned_to = :person AND t.status = :status ORDER BY t.id LIMIT :limit OFFSET :offset
"""
_ASSIGNED_COUNT = "SELECT count(*) FROM triage_items WHERE assigned_to = ? AND status = ?"
_REPORTED = """
SELECT t.*, d.label FROM triage_items AS t LEFT JOIN disciplines AS d ON d.key = t.discipline
WHERE t.reporter_id = :person ORDER BY t.created_at DESC, t.id LIMIT :limit OFFSET :offset
"""
_DUPLICATES = """
SELECT t.*, d.label FROM triage_items AS t LEFT JOIN disciplines AS d ON d.key = t.discipline
WHERE t.duplicate_of = ? ORDER BY t.id
"""
_SNOOZED = """
SELECT t.*, d.label FROM triage_items AS t LEFT JOIN disciplines AS d ON d.key = t.discipline
WHERE t.snoozed_until > :now AND t.status IN ('pending', 'in_review')
ORDER BY t.snoozed_until, t.id LIMIT :limit OFFSET :offset
"""


def item_of(row: Row) -> TriageItem:
    """Turn a row of the items' columns and the discipline's name into an item."""
    values = dict(zip(row.keys(), row, strict=True))
    return TriageItem(**values | {"by_duty": bool(values["by_duty"]), "label": values["label"] or ""})


@query(kept=True, hot=True)
def item(tx: ReadTransaction, number: int) -> TriageItem | None:
    """Return an item, or None."""
    row = tx.fetch_one(_ONE, (number,))
    return None if row is None else item_of(row)


def require_item(tx: ReadTransaction, number: int) -> TriageItem:
    """Return an item or raise ``NotFound``."""
    found = item(tx, number)
    if found is None:
        raise NotFound(
            f"There is no item number {number}. `/triage queue` lists them.", rule="triage.unknown"
        )
    return found


def duplicates_of(tx: ReadTransaction, number: int) -> tuple[TriageItem, ...]:
    """Return the items that were closed as duplicates of one."""
    return tuple(map(item_of, tx.fetch_all(_DUPLICATES, (number,))))


@viewer_query(kept=True, hot=True)
def item_for(tx: ReadTransaction, viewer: Viewer, number: int) -> TriageItem:
    """Return an item for staff or for whoever reported it; for others there is none of that number."""
    found = item(tx, number)
    if found is None or (found.reporter_id != viewer.id and not standing(tx, viewer).staff):
        raise NotFound(
            f"There is no item number {number} that you can see. `/triage show` lists yours.",
            rule="triage.unknown",
        )
    return found


@viewer_query
def conversation(
    tx: ReadTransaction, viewer: Viewer, number: int, limit: int, offset: int = 0
) -> tuple[ChatMessage, ...]:
    """Return what was said about an item, oldest first; notes are for staff alone."""
    item_for(tx, viewer, number)
    internal = standing(tx, viewer).staff
    return messages_of_item(tx, number, internal=internal, limit=limit, offset=offset)


@viewer_query(kept=True)
def queue(
    tx: ReadTransaction, viewer: Viewer, discipline: str | None, now: int, limit: int, offset: int
) -> tuple[TriageItem, ...]:
    """Return what is open and awake, by priority and then age; for staff."""
    require_staff_viewer(tx, viewer)
    values = {"discipline": discipline, "now": now, "limit": limit, "offset": offset}
    return tuple(map(item_of, tx.fetch_all(_QUEUE, values)))


@viewer_query(kept=True)
def snoozed_items(
    tx: ReadTransaction, viewer: Viewer, now: int, limit: int, offset: int
) -> tuple[TriageItem, ...]:
    """Return what sleeps, what wakes first before the rest; for staff."""
    require_staff_viewer(tx, viewer)
    values = {"now": now, "limit": limit, "offset": offset}
    return tuple(map(item_of, tx.fetch_all(_SNOOZED, values)))


@viewer_query(kept=True)
def items_of(
    tx: ReadTransaction, viewer: Viewer, person: int, limit: int, offset: int
) -> tuple[TriageItem, ...]:
    """Return what is open and somebody's: first what nobody has taken, then what is in review; for staff."""
    require_staff_viewer(tx, viewer)
    values = {"person": person, "limit": limit, "offset": offset}
    first = tx.fetch_all(_ASSIGNED, values | {"status": "pending"})
    if len(first) == limit:
        return tuple(map(item_of, first))
    waiting = tx.fetch_value(_ASSIGNED_COUNT, (person, "pending"))
    rest = {"limit": limit - len(first), "offset": max(0, offset - waiting), "status": "in_review"}
    return tuple(map(item_of, [*first, *tx.fetch_all(_ASSIGNED, values | rest)]))


@viewer_query(kept=True)
def open_of_each(tx: ReadTransaction, viewer: Viewer) -> dict[int, int]:
    """Return how many open items each person has, those that nobody has under 0; for staff."""
    require_staff_viewer(tx, viewer)
    return {row[0] or 0: row[1] for row in tx.fetch_all(_OPEN_OF_EACH)}


@viewer_query(kept=True)
def items_by_reporter(tx: ReadTransaction, viewer: Viewer, limit: int, offset: int) -> tuple[TriageItem, ...]:
    """Return what the viewer reported, newest first."""
    values = {"person": viewer.id, "limit": limit, "offset": offset}
    return tuple(map(item_of, tx.fetch_all(_REPORTED, values)))


@viewer_query(kept=True)
def suggested_items(tx: ReadTransaction, viewer: Viewer, own: bool, now: int) -> tuple[TriageItem, ...]:
    """Return what somebody may choose from: staff the queue and what sleeps, others what they reported."""
    reported = items_by_reporter(tx, viewer, SUGGESTED, 0)
    if own or not standing(tx, viewer).staff:
        return reported
    open_items = queue(tx, viewer, None, now, SUGGESTED, 0)
    found = [*open_items, *snoozed_items(tx, viewer, now, SUGGESTED, 0), *reported]
    return tuple(dict.fromkeys(found))


SUGGESTED = 200
"""How many items of each kind are looked through while somebody types."""

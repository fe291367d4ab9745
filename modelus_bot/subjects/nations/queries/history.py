"""How a nation's figures became what they are."""

from __future__ import annotations

from dataclasses import replace

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.nations.model import Course, HistoryEntry, Metric
from modelus_bot.subjects.nations.rules.undoing import undone_of

__all__ = [
    "figure_course",
    "history_entry",
    "history_from",
    "last_changes",
    "nation_history",
    "newest_changes",
]

_ONE = """
SELECT id, nation_id, metric, old, new, cause, cause_id, turn, changed_by, reason, at FROM nation_history
WHERE id = ?
"""
_FROM = """
SELECT id, nation_id, metric, old, new, cause, cause_id, turn, changed_by, reason, at FROM nation_history
WHERE nation_id = ? AND metric = ? AND id >= ? ORDER BY id
"""
_PAGE = """
SELECT id, nation_id, metric, old, new, cause, cause_id, turn, changed_by, reason, at FROM nation_history
WHERE nation_id = ? AND metric = ? ORDER BY id DESC LIMIT ? OFFSET ?
"""
_SINCE = """
SELECT id, nation_id, metric, old, new, cause, cause_id, turn, changed_by, reason, at FROM nation_history
WHERE nation_id = ? AND metric = ? AND at >= ? ORDER BY id DESC LIMIT ? OFFSET ?
"""
_BEFORE = """
SELECT new FROM nation_history WHERE nation_id = ? AND metric = ? AND at < ? ORDER BY id DESC LIMIT 1
"""


def history_entry(tx: ReadTransaction, history_id: int) -> HistoryEntry:
    """Return one change or raise ``NotFound``."""
    row = tx.fetch_one(_ONE, (history_id,))
    if row is None:
        raise NotFound(
            "There is no change of this number. `/nation history` shows the numbers.", rule="history.unknown"
        )
    return HistoryEntry(*row)


def history_from(tx: ReadTransaction, entry: HistoryEntry) -> tuple[HistoryEntry, ...]:
    """Return every change of an entry's figure from that entry on, in order."""
    rows = tx.fetch_all(_FROM, (entry.nation_id, entry.metric, entry.id))
    return tuple(HistoryEntry(*row) for row in rows)


@query
def nation_history(
    tx: ReadTransaction,
    nation_id: int,
    metric: Metric,
    limit: int = 10,
    offset: int = 0,
    since: int | None = None,
) -> tuple[HistoryEntry, ...]:
    """Return the changes of a figure from an instant on, the latest first; what was undone says so."""
    if since is None:
        rows = tx.fetch_all(_PAGE, (nation_id, metric, limit, offset))
    else:
        rows = tx.fetch_all(_SINCE, (nation_id, metric, since, limit, offset))
    found = tuple(HistoryEntry(*row) for row in rows)
    if not found:
        return ()
    undone = undone_of(history_from(tx, found[-1]))
    return tuple(replace(entry, undone=entry.id in undone) for entry in found)


@query
def figure_course(
    tx: ReadTransaction, nation_id: int, metric: Metric, limit: int, since: int | None = None
) -> Course:
    """Return how a figure changed from an instant on, and what it was before it."""
    entries = nation_history(tx, nation_id, metric, limit, 0, since)
    before = tx.fetch_value(_BEFORE, (nation_id, metric, since)) if since is not None else None
    return Course(entries, since, before)


_LAST = """
SELECT id, nation_id, metric, old, new, cause, cause_id, turn, changed_by, reason, at FROM nation_history
WHERE nation_id = ? AND metric = ? ORDER BY id DESC LIMIT 1
"""


@query
def last_changes(tx: ReadTransaction, nation_id: int) -> tuple[HistoryEntry, ...]:
    """Return the last change of a nation's GDP and of its population."""
    found = [tx.fetch_one(_LAST, (nation_id, metric)) for metric in ("gdp", "population")]
    return tuple(HistoryEntry(*row) for row in found if row is not None)


_NEWEST = """
SELECT h.id, h.nation_id, h.metric, h.old, h.new, h.cause, h.cause_id, h.turn, h.changed_by, h.reason, h.at,
    n.name
FROM (SELECT * FROM nation_history ORDER BY id DESC LIMIT ?) AS h JOIN nations AS n ON n.id = h.nation_id
WHERE h.old IS NOT NULL AND n.status <> 'archived' ORDER BY h.id DESC LIMIT ?
"""
_LOOKED_AT = 500
"""How many rows are looked at: where a figure began is no change, and many may begin at once."""


@query
def newest_changes(tx: ReadTransaction, limit: int = 5) -> tuple[tuple[str, HistoryEntry], ...]:
    """Return the last changes of any nation's figures with its name, the latest first."""
    rows = tx.fetch_all(_NEWEST, (_LOOKED_AT, limit))
    return tuple((row[11], HistoryEntry(*row[:11])) for row in rows)

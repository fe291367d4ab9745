"""Whether a change can be undone: nothing later may depend on it. Pure.

An undo is a change like any other, which names the one it undid. A change counts as long as no change that
counts undid it. What came after a change and counts depends on it, except undoing what came after it, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from modelus_bot.subjects.nations.model import HistoryEntry

__all__ = ["dependent", "undoable", "undone_of"]


def undone_of(entries: Sequence[HistoryEntry]) -> frozenset[int]:
    """Return which changes do not count any more, of all changes of one figure from some point on."""
    undone: set[int] = set()
    for entry in sorted(entries, key=lambda item: item.id, reverse=True):
        if entry.cause == "undo" and entry.cause_id is not None and entry.id not in undone:
            undone.add(entry.cause_id)
    return frozenset(undone)


def dependent(target: HistoryEntry, entries: Sequence[HistoryEntry]) -> HistoryEntry | None:
    """Return the latest change that builds on ``target``; ``entries`` are all of its figure from it on."""
    undone = undone_of(entries)
    for entry in sorted(entries, key=lambda item: item.id, reverse=True):
        if entry.id <= target.id or entry.id in undone:
            continue
        if entry.cause == "undo" and entry.cause_id is not None and entry.cause_id > target.id:
            continue
        return entry
    return None


def undoable(entries: Sequence[HistoryEntry]) -> tuple[HistoryEntry, ...]:
    """Return which changes can be undone, of the last changes of one figure; a beginning cannot be."""
    undone = undone_of(entries)
    return tuple(
        entry
        for entry in entries
        if entry.old is not None and entry.id not in undone and dependent(entry, entries) is None
    )

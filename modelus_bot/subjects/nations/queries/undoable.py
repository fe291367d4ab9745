"""Which changes of figures can be undone now, as somebody may pick one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from modelus_bot.database import ReadTransaction, query
from modelus_bot.subjects.nations.model import HistoryEntry, Metric, UndoableChanges
from modelus_bot.subjects.nations.queries.lookup import named_nations
from modelus_bot.subjects.nations.queries.records import nation
from modelus_bot.subjects.nations.rules.undoing import undoable

__all__ = ["undoable_changes"]

LOOKED_AT, OF_FIGURE = 200, 25
"""How many of the last changes are looked at: of all nations, and of each figure of one that is named."""
NAMED = 3
"""How many nations of a name are looked at."""
_NEWEST = """
SELECT id, nation_id, metric, old, new, cause, cause_id, turn, changed_by, reason, at FROM nation_history
ORDER BY id DESC LIMIT ?
"""
_TAIL = """
SELECT id, nation_id, metric, old, new, cause, cause_id, turn, changed_by, reason, at FROM nation_history
WHERE nation_id = ? AND metric = ? ORDER BY id DESC LIMIT ?
"""
METRICS: tuple[Metric, ...] = get_args(Metric)


@query
def undoable_changes(tx: ReadTransaction, typed: str) -> UndoableChanges:
    """Return what can be undone of the nations that are called so, and of all, the latest first.

    Where somebody changed a figure outside of the bot, nothing of it can be.
    """
    named = named_nations(tx, typed, limit=NAMED) if typed.strip() else ()
    own = (item for one in named for item in _free(tx, _of_nation(tx, one.nation_id)))
    return UndoableChanges(tuple(own), tuple(_free(tx, _entries(tx, _NEWEST, LOOKED_AT))))


def _of_nation(tx: ReadTransaction, number: int) -> list[HistoryEntry]:
    tails = (_entries(tx, _TAIL, number, metric, OF_FIGURE) for metric in METRICS)
    return sorted((entry for tail in tails for entry in tail), key=lambda entry: -entry.id)


def _entries(tx: ReadTransaction, statement: str, *values: int | str) -> list[HistoryEntry]:
    return [HistoryEntry(*row) for row in tx.fetch_all(statement, values)]


def _free(tx: ReadTransaction, entries: list[HistoryEntry]) -> Iterator[tuple[str, HistoryEntry]]:
    """Yield what can be undone, with the names of the nations."""
    nations = {number: nation(tx, number) for number in {entry.nation_id for entry in entries}}
    for entry in _each_undoable(entries):
        found = nations[entry.nation_id]
        if found is not None and found.status != "archived" and getattr(found, entry.metric) == entry.new:
            yield found.full_name, entry


def _each_undoable(entries: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    """Return those of the last changes that nothing builds on, in their order."""
    of_figure: dict[tuple[int, str], list[HistoryEntry]] = {}
    for entry in entries:
        of_figure.setdefault((entry.nation_id, entry.metric), []).append(entry)
    free = {entry.id for tail in of_figure.values() for entry in undoable(tail)}
    return [entry for entry in entries if entry.id in free]

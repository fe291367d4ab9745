"""Old events go after a while; what still waits or is on its way stays."""

from __future__ import annotations

import json
from collections.abc import Sequence

from modelus_bot.database import Pruning, ReadTransaction, Transaction, query
from modelus_bot.domain.pruning import Ids, Prune, as_ranges

__all__ = ["PRUNINGS", "PruneEvents", "old_events"]

_FIND = "SELECT id FROM events WHERE at < ? AND id > ? AND packed_at IS NULL ORDER BY id LIMIT ?"
_REMOVE = """
DELETE FROM events WHERE id IN (SELECT value FROM json_each(?)) AND at < ? AND packed_at IS NULL RETURNING id
"""


@query(long=True)
def old_events(tx: ReadTransaction, before: int, after: int, limit: int) -> tuple[int, ...]:
    """Return ids greater than ``after`` of what happened before ``before``."""
    return tuple(row[0] for row in tx.fetch_all(_FIND, (before, after, limit)))


class PruneEvents(Prune):
    """Remove what happened long ago; one audit entry tells how much."""

    ids: Ids

    def apply(self, tx: Transaction) -> int:
        """Delete them."""
        removed = sorted(row[0] for row in tx.fetch_all(_REMOVE, (json.dumps(self.ids), self.before)))
        if removed:
            told = {"removed": len(removed), "ids": as_ranges(removed), "happened_before": self.before}
            tx.audit("events", f"{removed[0]}-{removed[-1]}", "DELETE", old=told)
        return len(removed)


def _events(ids: Sequence[int], before: int) -> PruneEvents:
    return PruneEvents(ids=tuple(ids), before=before)


PRUNINGS = (
    Pruning(
        "Events",
        "What happened long ago is still in each nation's history and in the time lines of wars.",
        365,
        90,
        0,
        old_events,
        _events,
        setting="keep_events",
    ),
)

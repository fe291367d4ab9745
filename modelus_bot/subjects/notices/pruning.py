"""Read notices go after a while."""

from __future__ import annotations

import json
from collections.abc import Sequence

from modelus_bot.database import Pruning, ReadTransaction, Transaction, query
from modelus_bot.domain.pruning import Ids, Prune, as_ranges

__all__ = ["PRUNINGS", "PruneNotices", "old_notices"]

_FIND_NOTICES = (
    "SELECT id FROM notifications WHERE is_read = 1 AND read_at < ? AND id > ? ORDER BY id LIMIT ?"
)


_REMOVE_NOTICES = (
    "DELETE FROM notifications WHERE id IN (SELECT value FROM json_each(?)) AND is_read = 1 AND read_at < ?"
    " RETURNING id"
)


@query(long=True)
def old_notices(tx: ReadTransaction, before: int, after: int, limit: int) -> tuple[int, ...]:
    """Return ids greater than ``after`` of notices read before ``before``."""
    return tuple(row[0] for row in tx.fetch_all(_FIND_NOTICES, (before, after, limit)))


class PruneNotices(Prune):
    """Remove notices that were read long ago; one audit entry tells how many."""

    ids: Ids

    def apply(self, tx: Transaction) -> int:
        """Delete them."""
        rows = tx.fetch_all(_REMOVE_NOTICES, (json.dumps(self.ids), self.before))
        removed = sorted(row[0] for row in rows)
        if removed:
            told = {"removed": len(removed), "ids": as_ranges(removed), "read_before": self.before}
            tx.audit("notifications", f"{removed[0]}-{removed[-1]}", "DELETE", old=told)
        return len(removed)


def _notices(ids: Sequence[int], before: int) -> PruneNotices:
    return PruneNotices(ids=tuple(ids), before=before)


PRUNINGS = (Pruning("Read notices", "Nobody looks at them again.", 30, 7, 0, old_notices, _notices),)

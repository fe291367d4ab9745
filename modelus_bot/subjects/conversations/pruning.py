"""What was said goes a while after the report was closed, or, between two people, after it was said."""

from __future__ import annotations

import json
from collections.abc import Sequence

from modelus_bot.database import Pruning, ReadTransaction, Transaction, query
from modelus_bot.domain.pruning import Ids, Prune, as_ranges

__all__ = ["PRUNINGS", "PruneMessages", "old_messages"]

_FIND = """
SELECT m.id FROM chat_messages AS m LEFT JOIN triage_items AS t ON t.id = m.triage_id
WHERE m.id > :after AND iif(m.triage_id IS NULL, m.created_at, t.resolved_at) < :before
ORDER BY m.id LIMIT :limit
"""
_REMOVE = """
DELETE FROM chat_messages
WHERE id IN (SELECT value FROM json_each(?)) AND iif(
    triage_id IS NULL, created_at, (SELECT t.resolved_at FROM triage_items AS t WHERE t.id = triage_id)
) < ?
RETURNING id
"""


@query(long=True)
def old_messages(tx: ReadTransaction, before: int, after: int, limit: int) -> tuple[int, ...]:
    """Return ids greater than ``after`` of messages about what was closed before ``before``."""
    values = {"before": before, "after": after, "limit": limit}
    return tuple(row[0] for row in tx.fetch_all(_FIND, values))


class PruneMessages(Prune):
    """Remove messages about what was closed long ago; one audit entry tells how many."""

    ids: Ids

    def apply(self, tx: Transaction) -> int:
        """Delete them; their words leave the search with them."""
        rows = tx.fetch_all(_REMOVE, (json.dumps(self.ids), self.before))
        removed = sorted(row[0] for row in rows)
        if removed:
            told = {"removed": len(removed), "ids": as_ranges(removed), "closed_before": self.before}
            tx.audit("chat_messages", f"{removed[0]}-{removed[-1]}", "DELETE", old=told)
        return len(removed)


def _messages(ids: Sequence[int], before: int) -> PruneMessages:
    return PruneMessages(ids=tuple(ids), before=before)


PRUNINGS = (
    Pruning(
        "Conversations",
        "What was said about reports that were closed long ago concerns nobody any more.",
        365,
        365,
        0,
        old_messages,
        _messages,
        setting="keep_conversations",
    ),
)

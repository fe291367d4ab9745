"""Stored answers go after a while."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Pruning, ReadTransaction, Transaction, query
from modelus_bot.domain.pruning import BATCH_LIMIT, Prune

__all__ = ["PRUNINGS", "PruneRequests", "old_requests"]

_FIND_REQUESTS = (
    "SELECT request_id FROM requests WHERE created_at < ? AND request_id > ? ORDER BY request_id LIMIT ?"
)


_REMOVE_REQUESTS = (
    "DELETE FROM requests WHERE request_id IN (SELECT value FROM json_each(?)) AND created_at < ?"
)


@query(long=True)
def old_requests(tx: ReadTransaction, before: int, after: str, limit: int) -> tuple[str, ...]:
    """Return ids greater than ``after`` of requests answered before ``before``."""
    return tuple(row[0] for row in tx.fetch_all(_FIND_REQUESTS, (before, after, limit)))


class PruneRequests(Prune):
    """Forget answers that nobody will ask for again."""

    ids: Annotated[tuple[str, ...], Field(min_length=1, max_length=BATCH_LIMIT)]

    def apply(self, tx: Transaction) -> int:
        """Delete them."""
        return tx.execute(_REMOVE_REQUESTS, (json.dumps(self.ids), self.before))


def _requests(ids: Sequence[str], before: int) -> PruneRequests:
    return PruneRequests(ids=tuple(ids), before=before)


PRUNINGS = (
    Pruning(
        "Answered requests",
        "Discord repeats nothing after minutes; the journal keeps its own for days.",
        7,
        7,
        "",
        old_requests,
        _requests,
        requests=True,
    ),
)

"""Which requests the database has answered: asked before a replay, to tell applied from applied before."""

from __future__ import annotations

import json
from collections.abc import Sequence

from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction

__all__ = ["answered"]


@query
def answered(tx: ReadTransaction, request_ids: Sequence[str]) -> frozenset[str]:
    """Return those of the request ids whose result is stored."""
    rows = tx.fetch_all(
        "SELECT request_id FROM requests WHERE request_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(request_ids)),),
    )
    return frozenset(row[0] for row in rows)

"""Who wrote how much on a day is forgotten a while after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Pruning, ReadTransaction, Transaction, query
from modelus_bot.domain.pruning import BATCH_LIMIT, Prune

__all__ = ["PRUNINGS", "PruneActivity", "old_activity"]

_FIND = """
SELECT key FROM (
    SELECT day || '/' || channel_id || '/' || user_id AS key FROM activity WHERE day < date(?, 'unixepoch')
) WHERE key > ? ORDER BY key LIMIT ?
"""
_REMOVE = """
DELETE FROM activity WHERE day = ? AND channel_id = ? AND user_id = ? AND day < date(?, 'unixepoch')
"""


@query(long=True)
def old_activity(tx: ReadTransaction, before: int, after: str, limit: int) -> tuple[str, ...]:
    """Return keys (``day/channel/member``) greater than ``after`` of what was counted before ``before``."""
    return tuple(row[0] for row in tx.fetch_all(_FIND, (before, after, limit)))


class PruneActivity(Prune):
    """Remove what was counted long ago; one audit entry tells how much, not whose."""

    keys: Annotated[
        tuple[Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d/\d{1,19}/\d{1,19}$")], ...],
        Field(min_length=1, max_length=BATCH_LIMIT),
    ]

    def apply(self, tx: Transaction) -> int:
        """Delete it."""
        parts = [key.split("/") for key in self.keys]
        rows = [(day, int(channel), int(user), self.before) for day, channel, user in parts]
        removed = tx.execute_many(_REMOVE, rows)
        if removed:
            told = {"removed": removed, "before": self.before}
            tx.audit("activity", f"{parts[0][0]}/{parts[-1][0]}", "DELETE", old=told)
        return removed


def _old(keys: Sequence[str], before: int) -> PruneActivity:
    return PruneActivity(keys=tuple(keys), before=before)


PRUNINGS = (
    Pruning(
        "Counts of messages",
        "Who wrote how much that long ago decides nothing any more.",
        365,
        365,
        "",
        old_activity,
        _old,
        setting="keep_activity",
    ),
)

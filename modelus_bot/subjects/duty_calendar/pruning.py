"""Entries of calendars go some time after they are over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Pruning, ReadTransaction, Transaction, query
from modelus_bot.domain.pruning import BATCH_LIMIT, Prune

__all__ = ["PRUNINGS", "PruneEntries", "old_entries"]

_FIND = "SELECT uid FROM calendar_entries WHERE ends_at < ? AND uid > ? ORDER BY uid LIMIT ?"
_REMOVE = "DELETE FROM calendar_entries WHERE uid = ? AND ends_at < ?"


@query(long=True)
def old_entries(tx: ReadTransaction, before: int, after: str, limit: int) -> tuple[str, ...]:
    """Return ``uid`` greater than ``after`` of entries that were over before ``before``."""
    return tuple(row[0] for row in tx.fetch_all(_FIND, (before, after, limit)))


class PruneEntries(Prune):
    """Forget entries that have been over for long; calendars keep them."""

    uids: Annotated[tuple[str, ...], Field(min_length=1, max_length=BATCH_LIMIT)]

    def apply(self, tx: Transaction) -> int:
        """Delete them."""
        return sum(tx.execute(_REMOVE, (uid, self.before)) for uid in self.uids)


def _entries(uids: Sequence[str], before: int) -> PruneEntries:
    return PruneEntries(uids=tuple(uids), before=before)


PRUNINGS = (
    Pruning(
        "Entries of calendars",
        "They are over, and no file has them any more.",
        90,
        30,
        "",
        old_entries,
        _entries,
    ),
)

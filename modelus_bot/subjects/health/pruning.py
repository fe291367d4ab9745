"""Old samples and resolved errors go after a while."""

from __future__ import annotations

import json
from collections.abc import Sequence

from modelus_bot.database import Pruning, ReadTransaction, Transaction, query
from modelus_bot.domain.pruning import Ids, Prune

__all__ = ["PRUNINGS", "PruneErrors", "PruneSamples", "old_errors", "old_samples"]

_FIND_SAMPLES = "SELECT at FROM health_samples WHERE at < ? AND at > ? ORDER BY at LIMIT ?"


_FIND_ERRORS = "SELECT id FROM db_errors WHERE resolved_at < ? AND id > ? ORDER BY id LIMIT ?"


_REMOVE_SAMPLES = "DELETE FROM health_samples WHERE at IN (SELECT value FROM json_each(?)) AND at < ?"


_REMOVE_ERRORS = "DELETE FROM db_errors WHERE id IN (SELECT value FROM json_each(?)) AND resolved_at < ?"


@query(long=True)
def old_samples(tx: ReadTransaction, before: int, after: int, limit: int) -> tuple[int, ...]:
    """Return the instants after ``after`` of health samples taken before ``before``."""
    return tuple(row[0] for row in tx.fetch_all(_FIND_SAMPLES, (before, after, limit)))


@query(long=True)
def old_errors(tx: ReadTransaction, before: int, after: int, limit: int) -> tuple[int, ...]:
    """Return ids greater than ``after`` of logged errors resolved before ``before``."""
    return tuple(row[0] for row in tx.fetch_all(_FIND_ERRORS, (before, after, limit)))


class PruneSamples(Prune):
    """Remove old health samples."""

    ids: Ids

    def apply(self, tx: Transaction) -> int:
        """Delete them."""
        return tx.execute(_REMOVE_SAMPLES, (json.dumps(self.ids), self.before))


class PruneErrors(Prune):
    """Remove logged errors that were resolved long ago."""

    ids: Ids

    def apply(self, tx: Transaction) -> int:
        """Delete them."""
        return tx.execute(_REMOVE_ERRORS, (json.dumps(self.ids), self.before))


def _samples(ids: Sequence[int], before: int) -> PruneSamples:
    return PruneSamples(ids=tuple(ids), before=before)


def _errors(ids: Sequence[int], before: int) -> PruneErrors:
    return PruneErrors(ids=tuple(ids), before=before)


PRUNINGS = (
    Pruning("Health samples", "Charts reach back two weeks.", 14, 3, -1, old_samples, _samples),
    Pruning("Resolved errors", "The log has them, too.", 30, 7, 0, old_errors, _errors),
)

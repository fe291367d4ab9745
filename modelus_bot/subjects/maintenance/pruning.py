"""Records of jobs go after a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Pruning, ReadTransaction, Transaction, query
from modelus_bot.domain.pruning import BATCH_LIMIT, Prune

__all__ = ["PRUNINGS", "PruneJobRuns", "old_job_runs"]

_FIND_JOB_RUNS = (
    "SELECT job, run_key FROM job_runs"
    " WHERE started_at < ? AND status <> 'running' AND (job, run_key) > (?, ?)"
    " ORDER BY job, run_key LIMIT ?"
)


_REMOVE_JOB_RUN = (
    "DELETE FROM job_runs WHERE job = ? AND run_key = ? AND started_at < ? AND status <> 'running'"
)


@query(long=True)
def old_job_runs(
    tx: ReadTransaction, before: int, after: tuple[str, str], limit: int
) -> tuple[tuple[str, str], ...]:
    """Return keys greater than ``after`` of runs that began before ``before`` and are over."""
    return tuple((row[0], row[1]) for row in tx.fetch_all(_FIND_JOB_RUNS, (before, *after, limit)))


class PruneJobRuns(Prune):
    """Remove the records of jobs that ran long ago."""

    keys: Annotated[tuple[tuple[str, str], ...], Field(min_length=1, max_length=BATCH_LIMIT)]

    def apply(self, tx: Transaction) -> int:
        """Delete them."""
        return sum(tx.execute(_REMOVE_JOB_RUN, (*key, self.before)) for key in self.keys)


def _job_runs(keys: Sequence[tuple[str, str]], before: int) -> PruneJobRuns:
    return PruneJobRuns(keys=tuple(keys), before=before)


PRUNINGS = (Pruning("Records of jobs", "They say what ran when.", 90, 30, ("", ""), old_job_runs, _job_runs),)

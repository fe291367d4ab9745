"""What is removed once it has served its time, and the record of who asked for maintenance, and when."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from modelus_bot.database import Priority, Pruning, ReadTransaction, Transaction, Write, query
from modelus_bot.domain.permissions import require_admin

__all__ = [
    "PRUNINGS",
    "TRIES",
    "BeginMaintenance",
    "EndMaintenance",
    "PruneErrors",
    "PruneJobRuns",
    "PruneNotices",
    "PruneRequests",
    "PruneSamples",
    "last_maintenance",
]

JOB = "maintenance"
TRIES = 3
"""How often a run by the clock is begun before it is left to the next one."""

BATCH_LIMIT = 2000
DETAILS_LIMIT = 2000

Ids = Annotated[tuple[int, ...], Field(min_length=1, max_length=BATCH_LIMIT)]

_FIND_NOTICES = (
    "SELECT id FROM notifications WHERE is_read = 1 AND read_at < ? AND id > ? ORDER BY id LIMIT ?"
)
_FIND_SAMPLES = "SELECT at FROM health_samples WHERE at < ? AND at > ? ORDER BY at LIMIT ?"
_FIND_REQUESTS = (
    "SELECT request_id FROM requests WHERE created_at < ? AND request_id > ? ORDER BY request_id LIMIT ?"
)
_FIND_JOB_RUNS = (
    "SELECT job, run_key FROM job_runs"
    " WHERE started_at < ? AND status <> 'running' AND (job, run_key) > (?, ?)"
    " ORDER BY job, run_key LIMIT ?"
)
_FIND_ERRORS = "SELECT id FROM db_errors WHERE resolved_at < ? AND id > ? ORDER BY id LIMIT ?"

_REMOVE_NOTICES = (
    "DELETE FROM notifications WHERE id IN (SELECT value FROM json_each(?)) AND is_read = 1 AND read_at < ?"
    " RETURNING id"
)
_REMOVE_SAMPLES = "DELETE FROM health_samples WHERE at IN (SELECT value FROM json_each(?)) AND at < ?"
_REMOVE_REQUESTS = (
    "DELETE FROM requests WHERE request_id IN (SELECT value FROM json_each(?)) AND created_at < ?"
)
_REMOVE_JOB_RUN = (
    "DELETE FROM job_runs WHERE job = ? AND run_key = ? AND started_at < ? AND status <> 'running'"
)
_REMOVE_ERRORS = "DELETE FROM db_errors WHERE id IN (SELECT value FROM json_each(?)) AND resolved_at < ?"

_LAST = """
SELECT max(started_at) FROM job_runs
WHERE job = ? AND (status = 'delivered' OR attempts >= ?) AND started_at <= ?
"""
_BEGIN = """
INSERT INTO job_runs(job, run_key, status, started_at) VALUES(?, ?, 'running', ?)
ON CONFLICT(job, run_key) DO UPDATE
SET attempts = attempts + 1, status = 'running', started_at = excluded.started_at
WHERE status <> 'delivered' AND attempts < ?
"""
_END = """
UPDATE job_runs SET status = ?, details = ?, finished_at = ? WHERE job = ? AND run_key = ?
"""


@query(long=True)
def old_notices(tx: ReadTransaction, before: int, after: int, limit: int) -> tuple[int, ...]:
    """Return ids greater than ``after`` of notices read before ``before``."""
    return tuple(row[0] for row in tx.fetch_all(_FIND_NOTICES, (before, after, limit)))


@query(long=True)
def old_samples(tx: ReadTransaction, before: int, after: int, limit: int) -> tuple[int, ...]:
    """Return the instants after ``after`` of health samples taken before ``before``."""
    return tuple(row[0] for row in tx.fetch_all(_FIND_SAMPLES, (before, after, limit)))


@query(long=True)
def old_requests(tx: ReadTransaction, before: int, after: str, limit: int) -> tuple[str, ...]:
    """Return ids greater than ``after`` of requests answered before ``before``."""
    return tuple(row[0] for row in tx.fetch_all(_FIND_REQUESTS, (before, after, limit)))


@query(long=True)
def old_job_runs(
    tx: ReadTransaction, before: int, after: tuple[str, str], limit: int
) -> tuple[tuple[str, str], ...]:
    """Return keys greater than ``after`` of runs that began before ``before`` and are over."""
    return tuple((row[0], row[1]) for row in tx.fetch_all(_FIND_JOB_RUNS, (before, *after, limit)))


@query(long=True)
def old_errors(tx: ReadTransaction, before: int, after: int, limit: int) -> tuple[int, ...]:
    """Return ids greater than ``after`` of logged errors resolved before ``before``."""
    return tuple(row[0] for row in tx.fetch_all(_FIND_ERRORS, (before, after, limit)))


class _Prune(Write[int]):
    """Remove rows by key if they are still old enough; returns how many."""

    priority = Priority.LOW

    before: int


class PruneNotices(_Prune):
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


def as_ranges(ids: Sequence[int]) -> str:
    """Return sorted numbers as a short text: ``4-9,12``."""
    runs: list[list[int]] = []
    for number in ids:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


class PruneSamples(_Prune):
    """Remove old health samples."""

    ids: Ids

    def apply(self, tx: Transaction) -> int:
        """Delete them."""
        return tx.execute(_REMOVE_SAMPLES, (json.dumps(self.ids), self.before))


class PruneRequests(_Prune):
    """Forget answers that nobody will ask for again."""

    ids: Annotated[tuple[str, ...], Field(min_length=1, max_length=BATCH_LIMIT)]

    def apply(self, tx: Transaction) -> int:
        """Delete them."""
        return tx.execute(_REMOVE_REQUESTS, (json.dumps(self.ids), self.before))


class PruneJobRuns(_Prune):
    """Remove the records of jobs that ran long ago."""

    keys: Annotated[tuple[tuple[str, str], ...], Field(min_length=1, max_length=BATCH_LIMIT)]

    def apply(self, tx: Transaction) -> int:
        """Delete them."""
        return sum(tx.execute(_REMOVE_JOB_RUN, (*key, self.before)) for key in self.keys)


class PruneErrors(_Prune):
    """Remove logged errors that were resolved long ago."""

    ids: Ids

    def apply(self, tx: Transaction) -> int:
        """Delete them."""
        return tx.execute(_REMOVE_ERRORS, (json.dumps(self.ids), self.before))


def _notices(ids: Sequence[int], before: int) -> PruneNotices:
    return PruneNotices(ids=tuple(ids), before=before)


def _samples(ids: Sequence[int], before: int) -> PruneSamples:
    return PruneSamples(ids=tuple(ids), before=before)


def _requests(ids: Sequence[str], before: int) -> PruneRequests:
    return PruneRequests(ids=tuple(ids), before=before)


def _job_runs(keys: Sequence[tuple[str, str]], before: int) -> PruneJobRuns:
    return PruneJobRuns(keys=tuple(keys), before=before)


def _errors(ids: Sequence[int], before: int) -> PruneErrors:
    return PruneErrors(ids=tuple(ids), before=before)


PRUNINGS: tuple[Pruning, ...] = (
    Pruning("Read notices", "Nobody looks at them again.", 30, 7, 0, old_notices, _notices),
    Pruning("Health samples", "Charts reach back two weeks.", 14, 3, -1, old_samples, _samples),
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
    Pruning("Records of jobs", "They say what ran when.", 90, 30, ("", ""), old_job_runs, _job_runs),
    Pruning("Resolved errors", "The log has them, too.", 30, 7, 0, old_errors, _errors),
)
"""What is kept for how many days, and for how many while the file is near its limit."""


@query
def last_maintenance(tx: ReadTransaction, at: int = 2**62) -> int | None:
    """Return when the last run of maintenance began that was done or given up, in UTC seconds; None: none.

    Runs later than ``at`` (UTC seconds) were of a future that did not come.
    """
    found = tx.fetch_value(_LAST, (JOB, TRIES, at))
    return None if found is None else int(found)


class BeginMaintenance(Write[bool]):
    """Note that maintenance begins, and who asked for it.

    Returns False when this run is over, or has begun as often as it is tried.
    """

    run_key: Annotated[str, Field(min_length=1, max_length=64)]
    rewriting: Literal["auto", "confirmed", "no"] = "auto"
    tries: Annotated[int, Field(ge=1, le=10)] = 1

    def apply(self, tx: Transaction) -> bool:
        """Insert the run; only administrators and the bot itself may."""
        require_admin(tx)
        if not tx.execute(_BEGIN, (JOB, self.run_key, tx.context.at, self.tries)):
            return False
        if tx.context.actor is not None:
            tx.audit("job_runs", f"{JOB}:{self.run_key}"[:64], "COMMAND", new={"rewriting": self.rewriting})
        return True


class EndMaintenance(Write[None]):
    """Note how a run of maintenance ended."""

    run_key: Annotated[str, Field(min_length=1, max_length=64)]
    ok: bool
    lines: tuple[str, ...] = ()

    def apply(self, tx: Transaction) -> None:
        """Write the result into the run's record."""
        status = "delivered" if self.ok else "error"
        details = json.dumps({"results": [line[:DETAILS_LIMIT] for line in self.lines]})
        tx.execute(_END, (status, details, tx.context.at, JOB, self.run_key))

"""What is removed once it has served its time, and the record of who asked for maintenance, and when."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field

from modelus_bot.database import ReadTransaction, Transaction, Write, query
from modelus_bot.domain.permissions import require_admin

__all__ = ["TRIES", "BeginMaintenance", "EndMaintenance", "last_maintenance"]

JOB = "maintenance"
TRIES = 3
"""How often a run by the clock is begun before it is left to the next one."""

DETAILS_LIMIT = 2000


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

"""Rows that have served their time, by the thousand."""

from __future__ import annotations

from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction

__all__ = ["DAY", "FillRequests", "FillTables"]

DAY = 86_400

_REQUESTS = """
WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
INSERT INTO requests(request_id, command, actor, payload_hash, outcome, created_at)
SELECT 'old:' || i, 'Fill', 0, randomblob(16), '"' || hex(randomblob(?)) || '"', ? FROM n
"""


class FillRequests(Write[int]):
    """Insert so many requests that were answered at ``at``, each with a stored answer of some size."""

    first: int = 0
    count: int
    at: int
    size: int = 500

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        return tx.execute(_REQUESTS, (self.first, self.first + self.count, self.size, self.at))


class FillTables(Write[int]):
    """Insert a row of each kind that is pruned, done with ``days`` ago."""

    days: int

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        at = tx.context.at - self.days * DAY
        tx.execute(
            "INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(77, 'Ada', 0, 0)"
            " ON CONFLICT DO NOTHING"
        )
        for read in (0, 1):
            tx.execute(
                "INSERT INTO notifications("
                "user_id, type, title, message, is_read, read_at, deliver_after, created_at)"
                " VALUES(77, 'system', ?, 'text', ?, ?, ?, ?)",
                (f"{self.days} days", read, at if read else None, at, at),
            )
        tx.execute(
            "INSERT INTO health_samples(at, mode, queries, errors, db_bytes, wal_bytes)"
            " VALUES(?, 'normal', 1, 0, 1, 1)",
            (at,),
        )
        tx.execute("INSERT INTO requests VALUES(?, 'Fill', 0, x'00', '1', ?)", (f"request:{self.days}", at))
        for status in ("running", "delivered"):
            tx.execute(
                "INSERT INTO job_runs(job, run_key, status, started_at) VALUES('test', ?, ?, ?)",
                (f"{status}:{self.days}", status, at),
            )
        for resolved in (None, at):
            tx.execute(
                "INSERT INTO db_errors(error_type, severity, message, reference, resolved_at, at)"
                " VALUES('QUERY_FAILED', 'LOW', ?, 'REF', ?, ?)",
                (f"{self.days} days", resolved, at),
            )
        return 1

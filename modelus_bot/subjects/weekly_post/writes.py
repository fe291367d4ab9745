"""Remembering which weeks were posted, and where."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import Snowflake
from modelus_bot.subjects.weekly_post.queries import JOB

__all__ = ["BeginWeeklyPost", "NoteWeeklyPost", "PassOverWeek"]

RunKey = Annotated[str, Field(pattern=r"^\d{4}-W\d{2}$")]

_BEGIN = """
INSERT INTO job_runs(job, run_key, status, started_at) VALUES(?, ?, 'running', ?)
ON CONFLICT(job, run_key) DO UPDATE SET attempts = attempts + 1 WHERE status = 'running'
RETURNING attempts
"""
_GIVE_UP = """
UPDATE job_runs SET status = 'error', finished_at = ? WHERE job = ? AND run_key <> ? AND status = 'running'
"""
_SKIP = """
INSERT INTO job_runs(job, run_key, status, started_at, finished_at) VALUES(?, ?, 'skipped', ?, ?)
ON CONFLICT(job, run_key) DO NOTHING
"""
_NOTE = """
UPDATE job_runs SET status = 'delivered', details = ?, finished_at = coalesce(finished_at, ?)
WHERE job = ? AND run_key = ? AND status IN ('running', 'delivered')
"""


class BeginWeeklyPost(Write[int]):
    """Note that a week is about to be posted; returns how often that was tried by now, 0: it is done with.

    Earlier weeks that were begun and not posted are given up.
    """

    run_key: RunKey

    def apply(self, tx: Transaction) -> int:
        """Insert the run, or count another try."""
        tx.execute(_GIVE_UP, (tx.context.at, JOB, self.run_key))
        return int(tx.fetch_value(_BEGIN, (JOB, self.run_key, tx.context.at)) or 0)


class PassOverWeek(Write[bool]):
    """Note that a week was over its hour when posting was set up; returns whether that is new."""

    run_key: RunKey

    def apply(self, tx: Transaction) -> bool:
        """Insert a run that is done with."""
        return tx.execute(_SKIP, (JOB, self.run_key, tx.context.at, tx.context.at)) == 1


class NoteWeeklyPost(Write[bool]):
    """Remember the message of a week and what it shows; without a message it was deleted by hand."""

    run_key: RunKey
    channel_id: Snowflake
    message_id: Snowflake | None
    digest: Annotated[str, Field(max_length=64)]

    def apply(self, tx: Transaction) -> bool:
        """Store where it stands."""
        details = {"channel": self.channel_id, "message": self.message_id, "digest": self.digest}
        values = (json.dumps(details), tx.context.at, JOB, self.run_key)
        return tx.execute(_NOTE, values) == 1

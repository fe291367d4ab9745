"""Remembering entries as they were handed out."""

from __future__ import annotations

from modelus_bot.database import Transaction, Write
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.duty_calendar.queries import entries_at, known_entries

__all__ = ["PublishEntries"]

_SAVE = """
INSERT INTO calendar_entries(
    uid, sprint_id, discipline, user_id, starts_at, ends_at, digest, sequence, is_cancelled, created_at,
    updated_at
)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(uid) DO UPDATE
SET user_id = excluded.user_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
    digest = excluded.digest, sequence = excluded.sequence, is_cancelled = excluded.is_cancelled,
    updated_at = excluded.updated_at
"""


class PublishEntries(Write[int]):
    """Remember how entries are handed out at an instant (UTC seconds); returns how many were not known so.

    The next file then says which of them have changed, and which are no longer anybody's.
    """

    at: int
    server: int

    def apply(self, tx: Transaction) -> int:
        """Save what differs; the same instant again saves nothing."""
        calendar = calendar_of(tx.context)
        known = set(known_entries(tx, self.at, calendar))
        handed_out, _ = entries_at(tx, self.at, calendar, self.server)
        new = [entry for entry in handed_out if entry not in known]
        tx.execute_many(
            _SAVE,
            [
                (
                    entry.uid, entry.sprint_id, entry.discipline, entry.user_id, entry.starts_at,
                    entry.ends_at, entry.digest, entry.sequence, int(entry.is_cancelled), entry.created_at,
                    entry.updated_at,
                )
                for entry in new
            ],
        )  # fmt: skip
        return len(new)

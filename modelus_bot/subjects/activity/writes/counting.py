"""Saving a batch of counted messages."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Priority, Transaction, Write
from modelus_bot.domain.fields import MemberName, Snowflake
from modelus_bot.subjects.activity.model import Count, Counted
from modelus_bot.subjects.activity.rules.tally import LARGEST_BATCH
from modelus_bot.subjects.people.writes import ensure_known, ensure_member

__all__ = ["CountMessages"]

_KNOWN = "SELECT discord_id, is_active FROM users WHERE discord_id IN (SELECT value FROM json_each(?))"
_ADD = """
INSERT INTO activity(channel_id, user_id, day, messages, last_at) VALUES(?, ?, ?, ?, ?)
ON CONFLICT(channel_id, user_id, day) DO UPDATE SET
    messages = messages + excluded.messages, last_at = max(last_at, excluded.last_at)
"""


class CountMessages(Write[Counted]):
    """Add a batch to what is counted; the batch's number is its request id, so it counts once.

    ``names`` are those of members whom the bot may not know yet. There is no audit entry of it: nobody did
    anything, and the log could not forget who wrote when. Who is deactivated or erased is left out.
    """

    counts: Annotated[tuple[Count, ...], Field(min_length=1, max_length=LARGEST_BATCH)]
    names: dict[Snowflake, MemberName] = Field(default_factory=dict)

    deferrable = True
    saved_as = "activity.CountMessages"
    priority = Priority.LOW

    def apply(self, tx: Transaction) -> Counted:
        """Make their authors known, then add."""
        counted = self._counted(tx)
        rows = [
            (count.channel_id, count.user_id, count.day.isoformat(), count.messages, count.last_at)
            for count in self.counts
            if count.user_id in counted
        ]
        tx.execute_many(_ADD, rows)
        added = sum(row[3] for row in rows)
        return Counted(added, sum(count.messages for count in self.counts) - added)

    def _counted(self, tx: Transaction) -> set[int]:
        """Return whose messages count; those who are not known yet become known."""
        authors = {count.user_id for count in self.counts}
        known = dict(tuple(row) for row in tx.fetch_all(_KNOWN, (json.dumps([*authors]),)))
        for user in sorted(authors - known.keys()):
            if user in self.names:
                ensure_member(tx, user, self.names[user])
            else:
                ensure_known(tx, user)
        return {user for user in authors if known.get(user, 1)}

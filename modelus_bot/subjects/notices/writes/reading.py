"""Noting that somebody has read their own notices; what was read need not be sent any more."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.permissions import require_actor
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.notices.model import Notice
from modelus_bot.subjects.notices.queries import own_notice

__all__ = ["MarkAllRead", "MarkRead"]

Number = Annotated[int, Field(ge=1, lt=2**63)]

_READ = """
UPDATE notifications SET is_read = 1, read_at = :at, delivered_at = coalesce(delivered_at, :at),
    way = coalesce(way, 'read')
WHERE id = :id AND user_id = :person AND is_read = 0
"""
_READ_ALL = """
UPDATE notifications SET is_read = 1, read_at = :at, delivered_at = coalesce(delivered_at, :at),
    way = coalesce(way, 'read')
WHERE user_id = :person AND is_read = 0 AND id <= :last AND (due_at IS NULL OR due_at <= :at)
"""


class MarkRead(Write[Notice]):
    """Note that the author has read a notice of theirs, and return it as it was before."""

    id: Number

    def apply(self, tx: Transaction) -> Notice:
        """Set the flag; reading again changes nothing."""
        person = require_actor(tx)
        found = own_notice(tx, person, self.id, tx.context.at)
        if found is None:
            raise NotFound(
                f"There is no notice number {self.id} in your inbox. `/inbox list` shows what is there.",
                rule="notice.unknown",
            )
        if tx.execute(_READ, {"at": tx.context.at, "id": self.id, "person": person}):
            tx.audit("notifications", self.id, "UPDATE", old={"is_read": False}, new={"is_read": True})
        return found


class MarkAllRead(Write[int]):
    """Note that the author has read everything up to a number, and return how much that was.

    What came after the question whether to do so stays unread.
    """

    up_to: Number

    def apply(self, tx: Transaction) -> int:
        """Set the flags; one audit entry tells how many."""
        person = require_actor(tx)
        read = tx.execute(_READ_ALL, {"at": tx.context.at, "person": person, "last": self.up_to})
        if read:
            told = {"read": read, "up_to": self.up_to}
            tx.audit("notifications", f"inbox of {person}", "UPDATE", new=told)
        return read

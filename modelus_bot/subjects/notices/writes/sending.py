"""What becomes of queued notices: packed into messages, delivered, tried again, or kept in the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from modelus_bot.database import Priority, Transaction, Write
from modelus_bot.domain.fields import Snowflake
from modelus_bot.subjects.notices.model import Notice, Parcel
from modelus_bot.subjects.notices.queries import COLUMNS, notice_of, preferences
from modelus_bot.subjects.notices.rules.leaving import leaving

__all__ = ["MarkDelivered", "MarkFailed", "PackNotices", "UnpackNotices"]

BATCH = 40
"""Notices of one person that are packed at a time."""

Ids = Annotated[tuple[int, ...], Field(min_length=1, max_length=200)]
ErrorText = Annotated[str, Field(min_length=1, max_length=200)]

_DUE = f"""
SELECT {COLUMNS} FROM notifications
WHERE user_id = ? AND delivered_at IS NULL AND deliver_after <= ?
ORDER BY deliver_after, id LIMIT ?
"""  # noqa: S608 - the columns stand elsewhere
_PACKED = f"""
SELECT {COLUMNS} FROM notifications
WHERE user_id = ? AND delivered_at IS NULL AND deliver_after <= ? AND parcel IS NOT NULL
ORDER BY deliver_after, id
"""  # noqa: S608 - the columns stand elsewhere
_BLOCKED_UNTIL = """
SELECT max(deliver_after) FROM notifications
WHERE user_id = ? AND delivered_at IS NULL AND deliver_after > ? AND attempts > 0 AND held_from IS NULL
"""
_PACK = "UPDATE notifications SET parcel = ?, packed_at = ? WHERE id = ?"
_UNPACK = "UPDATE notifications SET parcel = NULL, packed_at = NULL WHERE id = ? AND delivered_at IS NULL"
_HOLD = (
    "UPDATE notifications SET held_from = coalesce(held_from, deliver_after), deliver_after = ? WHERE id = ?"
)
_PUT_OFF = "UPDATE notifications SET deliver_after = ? WHERE id = ?"
_KEEP = "UPDATE notifications SET delivered_at = ?, way = 'inbox' WHERE id = ?"
_LEFT = """
UPDATE notifications SET delivered_at = ?, way = ?, last_error = coalesce(?, last_error)
WHERE id = ? AND delivered_at IS NULL
"""
_FAILED = """
UPDATE notifications SET attempts = attempts + 1, last_error = ?, deliver_after = ?, held_from = NULL
WHERE id = ? AND delivered_at IS NULL RETURNING attempts
"""


class PackNotices(Write[tuple[Parcel, ...]]):
    """Judge what is due for one person by what they have chosen, and pack what leaves into messages.

    What a message holds is noted before it is sent, so that a killed bot sends the same again or nothing.
    Whoever could not be reached gets nothing until their earlier notices are tried again.
    """

    user_id: Snowflake

    priority = Priority.LOW

    def apply(self, tx: Transaction) -> tuple[Parcel, ...]:
        """Hold, keep and pack; returns the messages in the order in which they leave."""
        now = tx.context.at
        due = self._due(tx)
        blocked = tx.fetch_value(_BLOCKED_UNTIL, (self.user_id, now))
        if blocked is not None:
            tx.execute_many(_PUT_OFF, [(blocked, item.id) for item in due])
            return ()
        chosen = preferences(tx, self.user_id, tx.context.zone)
        found = leaving(due, chosen, now, tx.context.zone)
        tx.execute_many(_HOLD, [(until, item.id) for item, until in found.held])
        tx.execute_many(_KEEP, [(now, item.id) for item in found.kept])
        fresh = [parcel for parcel in found.parcels if parcel.fresh]
        tx.execute_many(_PACK, [(one.number, now, item.id) for one in fresh for item in one.notices])
        return found.parcels

    def _due(self, tx: Transaction) -> Sequence[Notice]:
        """Return what is due, in order; of a message that was packed all of it."""
        rows = [
            *tx.fetch_all(_DUE, (self.user_id, tx.context.at, BATCH)),
            *tx.fetch_all(_PACKED, (self.user_id, tx.context.at)),
        ]
        return list({row["id"]: notice_of(row) for row in rows}.values())


class UnpackNotices(Write[int]):
    """Note that a message did not arrive and is not sent as it was: what is in it is judged anew."""

    ids: Ids

    def apply(self, tx: Transaction) -> int:
        """Forget the message; returns how many notices wait again."""
        return sum(tx.execute(_UNPACK, (number,)) for number in self.ids)


class MarkDelivered(Write[int]):
    """Note that notices left, and how; returns how many were not marked before."""

    ids: Ids
    way: Literal["dm", "closed", "outdated"] = "dm"
    error: ErrorText | None = None

    def apply(self, tx: Transaction) -> int:
        """Set the time and the way."""
        return sum(tx.execute(_LEFT, (tx.context.at, self.way, self.error, number)) for number in self.ids)


class MarkFailed(Write[int]):
    """Note that notices could not be delivered and when to try again; returns the attempts so far.

    Without a time for the next try they are given up, and stay in the inbox with their error. ``arrived``
    is False when the message is known not to be there, so that it need not be sent again as it was.
    """

    ids: Ids
    error: ErrorText
    retry_at: int | None
    arrived: bool | None = None

    def apply(self, tx: Transaction) -> int:
        """Count the attempt and move the notices' time."""
        now = tx.context.at
        later = self.retry_at if self.retry_at is not None else now
        attempts = [tx.fetch_value(_FAILED, (self.error, later, number)) or 0 for number in self.ids]
        if self.arrived is False:
            UnpackNotices(ids=self.ids).apply(tx)
        if self.retry_at is None:
            for number in self.ids:
                tx.execute(_LEFT, (now, "given_up", self.error, number))
        return int(max(attempts))

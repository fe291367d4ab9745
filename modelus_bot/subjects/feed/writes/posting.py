"""What becomes of events on their way to the channel: packed, posted, refused, or not told any more."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from modelus_bot.database import Priority, Transaction, Write
from modelus_bot.domain.fields import Snowflake
from modelus_bot.subjects.feed.model import FeedPost
from modelus_bot.subjects.feed.queries import event_of
from modelus_bot.subjects.feed.rules.packing import MOST, fitting

__all__ = ["GiveUpEvents", "NoteFeedPost", "PackEvents", "RefuseEvents"]

EventIds = Annotated[tuple[int, ...], Field(min_length=1, max_length=MOST)]

_UNSETTLED = "SELECT 1 FROM events WHERE fate IS NULL AND packed_at IS NOT NULL LIMIT 1"
_TOO_OLD = """
UPDATE events SET fate = 'too_old', matter = NULL, was = NULL
WHERE fate IS NULL AND packed_at IS NULL AND at < ?
"""
_CLOSED = """
DELETE FROM events WHERE fate IS NULL AND packed_at IS NULL AND ref_table IS 'laws' AND NOT EXISTS (
    SELECT 1 FROM laws AS l WHERE l.id = ref_id AND l.is_public = 1 AND l.enacted_at IS NOT NULL
)
"""
_NEXT = """
SELECT id, kind, nation_id, user_id, headline, at FROM events WHERE fate IS NULL ORDER BY id LIMIT ?
"""
_PACK = "UPDATE events SET channel_id = ?, packed_at = ? WHERE id = ?"
_POSTED = """
UPDATE events SET fate = 'posted', posted_message_id = ?, packed_at = NULL, refusal = NULL, matter = NULL,
    was = NULL
WHERE id = ? AND fate IS NULL AND packed_at IS NOT NULL
"""
_REFUSED = """
UPDATE events SET refusal = ?, packed_at = NULL WHERE id = ? AND fate IS NULL AND packed_at IS NOT NULL
"""
_GIVEN_UP = """
UPDATE events SET fate = ?, packed_at = NULL, matter = NULL, was = NULL
WHERE id = ? AND fate IS NULL AND packed_at IS NOT NULL
"""


class PackEvents(Write[FeedPost | None]):
    """Pack the oldest events that wait into one message; None where nothing waits, or one is on its way.

    What happened before ``since`` (UTC seconds), or to a law that is closed by now, is not told any more.
    What a message holds is noted before it is sent, so that a killed bot looks for that message instead of
    sending another.
    """

    channel_id: Snowflake
    since: int

    priority = Priority.LOW

    def apply(self, tx: Transaction) -> FeedPost | None:
        """Pass over what is not to be told and mark what is."""
        if tx.fetch_one(_UNSETTLED) is not None:
            return None
        tx.execute(_CLOSED)
        tx.execute(_TOO_OLD, (self.since,))
        events = fitting(map(event_of, tx.fetch_all(_NEXT, (MOST,))))
        if not events:
            return None
        tx.execute_many(_PACK, [(self.channel_id, tx.context.at, event.id) for event in events])
        return FeedPost(self.channel_id, tx.context.at, events)


class NoteFeedPost(Write[int]):
    """Note the message in which events stand; returns how many were not noted before."""

    ids: EventIds
    message_id: Snowflake

    def apply(self, tx: Transaction) -> int:
        """Set it."""
        return sum(tx.execute(_POSTED, (self.message_id, number)) for number in self.ids)


class RefuseEvents(Write[int]):
    """Note that a message is not there, so that its events wait again; ``refusal`` says what Discord said.

    Without one they wait for another channel.
    """

    ids: EventIds
    refusal: Annotated[str, Field(min_length=1, max_length=200)] | None = None

    def apply(self, tx: Transaction) -> int:
        """Unpack them; returns how many wait again."""
        return sum(tx.execute(_REFUSED, (self.refusal, number)) for number in self.ids)


class GiveUpEvents(Write[int]):
    """Tell of events no more: Discord refuses them as they are, or they may be told of already."""

    ids: EventIds
    fate: Literal["refused", "unclear"]

    def apply(self, tx: Transaction) -> int:
        """Say so; they stay in the list of what happened."""
        return sum(tx.execute(_GIVEN_UP, (self.fate, number)) for number in self.ids)

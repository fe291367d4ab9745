"""Remembering which messages show a request, so that each of them follows it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import Snowflake
from modelus_bot.subjects.covers.model import CardKind

__all__ = ["ForgetCards", "RememberCard", "pass_cards_on"]

_REMEMBER = """
INSERT INTO cover_cards(message_id, channel_id, cover_id, kind, shown_at)
SELECT ?, ?, id, ?, ? FROM overrides WHERE id = ?
ON CONFLICT(message_id) DO UPDATE SET cover_id = excluded.cover_id, kind = excluded.kind
"""


class RememberCard(Write[bool]):
    """Remember a message that shows a request; False if there is no such request."""

    cover_id: int
    channel_id: Snowflake
    message_id: Snowflake
    kind: CardKind = "card"

    def apply(self, tx: Transaction) -> bool:
        """Store where it stands."""
        values = (self.message_id, self.channel_id, self.kind, tx.context.at, self.cover_id)
        return tx.execute(_REMEMBER, values) == 1


class ForgetCards(Write[int]):
    """Forget messages that were deleted; returns how many were known."""

    message_ids: Annotated[tuple[Snowflake, ...], Field(min_length=1, max_length=100)]

    def apply(self, tx: Transaction) -> int:
        """Remove them."""
        return sum(
            tx.execute("DELETE FROM cover_cards WHERE message_id = ?", (number,))
            for number in self.message_ids
        )


def pass_cards_on(tx: Transaction, before: int, after: int) -> None:
    """Let the messages of one request show another one that took its place."""
    tx.execute("UPDATE cover_cards SET cover_id = ? WHERE cover_id = ?", (after, before))

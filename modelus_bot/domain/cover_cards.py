"""The messages that show a cover request, wherever they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from modelus_bot.database.open_transaction import ReadTransaction, Transaction
from modelus_bot.database.operation import Write, query
from modelus_bot.domain.types import Snowflake

__all__ = ["CoverCard", "ForgetCards", "RememberCard", "cards_of", "pass_cards_on"]

CardKind = Literal["card", "notice"]

MOST = 20
"""How many messages of one request are rewritten; the newest ones, and the one it was asked with."""

_OF = """
SELECT message_id, channel_id, kind FROM cover_cards WHERE cover_id = ? ORDER BY shown_at, message_id
"""
_REMEMBER = """
INSERT INTO cover_cards(message_id, channel_id, cover_id, kind, shown_at)
SELECT ?, ?, id, ?, ? FROM overrides WHERE id = ?
ON CONFLICT(message_id) DO UPDATE SET cover_id = excluded.cover_id, kind = excluded.kind
"""


@dataclass(frozen=True, slots=True)
class CoverCard:
    """A message: a ``card`` shows how the request stands, a ``notice`` tells one person what happened."""

    message_id: int
    channel_id: int
    kind: CardKind


@query
def cards_of(tx: ReadTransaction, cover_id: int) -> tuple[CoverCard, ...]:
    """Return the messages that show a request, the one it was asked with first, then the newest ones."""
    found = tuple(CoverCard(*row) for row in tx.fetch_all(_OF, (cover_id,)))
    return found if len(found) <= MOST else (found[0], *found[1 - MOST :])


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

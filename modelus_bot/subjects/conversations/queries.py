"""Reading what was said about an item."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, Row, query
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.conversations.model import ChatMessage

__all__ = ["messages_of_item", "require_message", "unposted_messages"]

_ONE = """
SELECT id, sender_id, triage_id, message, message_type, is_internal, edited_at, deleted_at, created_at,
    discord_message_id
FROM chat_messages WHERE id = ?
"""
_OF_ITEM = """
SELECT id, sender_id, triage_id, message, message_type, is_internal, edited_at, deleted_at, created_at,
    discord_message_id
FROM chat_messages
WHERE triage_id = :item AND is_internal <= :internal
ORDER BY created_at, id LIMIT :limit OFFSET :offset
"""
_UNPOSTED = """
SELECT id, sender_id, triage_id, message, message_type, is_internal, edited_at, deleted_at, created_at,
    discord_message_id
FROM chat_messages
WHERE triage_id = ? AND discord_message_id IS NULL AND deleted_at IS NULL
ORDER BY id LIMIT ?
"""


def message_of(row: Row) -> ChatMessage:
    """Turn a row of a message's columns into a message."""
    return ChatMessage(row[0], row[1], row[2], row[3], row[4], bool(row[5]), *row[6:10])


def messages_of_item(
    tx: ReadTransaction, item: int, *, internal: bool, limit: int, offset: int = 0
) -> tuple[ChatMessage, ...]:
    """Return what was said about an item, oldest first; ``internal`` says whether notes are among it.

    Who may read it is decided by the subject that the item belongs to.
    """
    values = {"item": item, "internal": int(internal), "limit": limit, "offset": offset}
    return tuple(map(message_of, tx.fetch_all(_OF_ITEM, values)))


@query
def unposted_messages(tx: ReadTransaction, item: int, limit: int) -> tuple[ChatMessage, ...]:
    """Return what was said about an item and is not shown in Discord yet, in order."""
    return tuple(map(message_of, tx.fetch_all(_UNPOSTED, (item, limit))))


def require_message(tx: ReadTransaction, number: int) -> ChatMessage:
    """Return a message or raise ``NotFound``."""
    row = tx.fetch_one(_ONE, (number,))
    if row is None:
        raise NotFound("There is no such message any more. Look at the item anew.", rule="message.unknown")
    return message_of(row)

"""Takes messages in. Their entries say that something was said, not what."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.subjects.imports.model.outcome import RowFate
from modelus_bot.subjects.staff_import.model.rows import MessageRow
from modelus_bot.subjects.staff_import.writes.memory import MEMORY, account_of

__all__ = ["take_message"]

_ADD = """
INSERT INTO chat_messages(
    sender_id, recipient_id, channel, message, message_type, is_edited, edited_at, created_at
)
VALUES(?, ?, ?, ?, ?, ?, ?, ?)
"""


def take_message(tx: Transaction, row: MessageRow) -> RowFate:
    """Add what somebody said to somebody else, or to a channel."""
    sender = account_of(tx, row.sender, "its sender")
    recipient = account_of(tx, row.recipient, "its recipient") if row.recipient is not None else None
    edited = (int(row.edited_at is not None), row.edited_at)
    at = row.created_at or tx.context.at
    number = tx.insert(_ADD, (sender, recipient, row.channel, row.text, row.type, *edited, at))
    told = {"recipient_id": recipient, "channel": row.channel, "type": row.type}
    tx.audit("chat_messages", number, "INSERT", new=told)
    MEMORY.note(tx, row, number)
    return RowFate("added")

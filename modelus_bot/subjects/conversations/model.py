"""What a message of a conversation is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["GONE", "ChatMessage", "MessageType"]

MessageType = Literal["text", "system", "file"]

GONE = "(deleted)"
"""What stands in place of a text that was taken back."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """What somebody said; a ``system`` message says what somebody did.

    ``internal`` ones are for staff alone. Instants are UTC seconds. ``discord_message_id`` is where it is
    shown in Discord, as far as it is.
    """

    id: int
    sender_id: int
    triage_id: int | None
    text: str
    type: MessageType
    internal: bool
    edited_at: int | None
    deleted_at: int | None
    created_at: int
    discord_message_id: int | None = None

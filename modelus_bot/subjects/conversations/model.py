"""What a message of a conversation is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["GONE", "ChatMessage", "Hit", "MessageType", "Order", "Part", "Sought"]

MessageType = Literal["text", "system", "file"]
Part = Literal["all", "talk", "notes"]
"""What of a conversation: ``talk`` is between staff and reporter, ``notes`` are for staff alone."""
Order = Literal["newest", "best"]

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


@dataclass(frozen=True, slots=True)
class Sought:
    """What ``asked_by`` looks for: words, by ``member_id`` or about their reports, ``first`` to ``last``.

    ``first`` is included, ``last`` is not, both are UTC seconds.
    """

    asked_by: int
    text: str
    member_id: int | None = None
    part: Part = "all"
    first: int | None = None
    last: int | None = None
    order: Order = "newest"


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found; its ``excerpt`` has the hits between ``rules.MARKS``.

    ``thread_id`` and ``discord_message_id`` are where it stands in Discord, as far as it does.
    """

    id: int
    item: int
    title: str
    sender_id: int
    reporter_id: int
    type: MessageType
    internal: bool
    created_at: int
    edited_at: int | None
    thread_id: int | None
    discord_message_id: int | None
    excerpt: str

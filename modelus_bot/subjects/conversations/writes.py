"""Keeping what was said, and what its author changed of it later."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import Snowflake
from modelus_bot.domain.permissions import is_admin, require_actor, require_staff
from modelus_bot.domain.refusals import InvalidInput, NotAllowed
from modelus_bot.subjects.conversations.model import GONE, ChatMessage, MessageType, Order, Part, Sought
from modelus_bot.subjects.conversations.queries import require_message
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.people.queries import member
from modelus_bot.text.escaping import plain, plain_lines

__all__ = [
    "SEARCH_LIMIT",
    "DeleteMessage",
    "EditMessage",
    "KeepSearch",
    "MessageText",
    "NoteCopied",
    "NotePosted",
    "store",
]

SEARCH_LIMIT = 100
"""Characters of what is looked for."""
MessageText = Annotated[str, Field(min_length=1, max_length=4000)]

_STORE = """
INSERT INTO chat_messages(
    sender_id, recipient_id, triage_id, channel, message, message_type, is_internal, created_at
)
VALUES(?, ?, ?, ?, ?, ?, ?, ?)
"""
_EDIT = "UPDATE chat_messages SET message = ?, is_edited = 1, edited_at = ?, is_behind = 1 WHERE id = ?"
_DELETE = "UPDATE chat_messages SET message = ?, deleted_at = ?, is_behind = 1 WHERE id = ?"
_CORRECT = """
UPDATE notifications SET message = :text
WHERE (dedupe_key = :key OR dedupe_key GLOB :key || ':*') AND user_id IN (
    SELECT reporter_id FROM triage_items WHERE id = :item
    UNION SELECT discord_id FROM users WHERE role IS NOT NULL
)
RETURNING user_id, delivered_at
"""
LONGEST_RELAYED = 1650
"""Characters of a corrected text that a notice takes."""
_COPIED = "UPDATE chat_messages SET is_behind = 0 WHERE id = ? AND message = ?"
_POSTED = """
UPDATE chat_messages SET discord_message_id = ? WHERE id = ? AND discord_message_id IS NULL
"""


def store(
    tx: Transaction,
    sender: int,
    text: str,
    *,
    triage_id: int | None = None,
    recipient: int | None = None,
    kind: MessageType = "text",
    internal: bool = False,
) -> int:
    """Keep what somebody said in the same transaction as what it belongs to, and return its number.

    The audit entry says that, not what was said: a text can be taken back, an entry cannot.
    """
    channel = "triage" if triage_id is not None else "general"
    number = tx.insert(
        _STORE, (sender, recipient, triage_id, channel, text, kind, int(internal), tx.context.at)
    )
    told = {"triage_id": triage_id, "recipient_id": recipient, "type": kind, "is_internal": internal}
    tx.audit("chat_messages", number, "INSERT", new=told)
    return number


class EditMessage(Write[ChatMessage]):
    """Correct one's own message; that it was edited shows."""

    message_id: int
    text: MessageText

    def apply(self, tx: Transaction) -> ChatMessage:
        """Replace the text."""
        found = _own(tx, self.message_id, "edit")
        if found.text == self.text:
            return found
        tx.execute(_EDIT, (self.text, tx.context.at, found.id))
        tx.audit("chat_messages", found.id, "UPDATE", new={"edited_at": tx.context.at})
        after = require_message(tx, found.id)
        _correct_notices(tx, after)
        return after


class DeleteMessage(Write[ChatMessage]):
    """Take one's own message back; its place and time stay. Administrators may take anybody's back."""

    message_id: int

    def apply(self, tx: Transaction) -> ChatMessage:
        """Remove the text."""
        found = require_message(tx, self.message_id)
        if found.deleted_at is not None:
            return found
        if not is_admin(tx):
            _own(tx, self.message_id, "delete")
        tx.execute(_DELETE, (GONE, tx.context.at, found.id))
        tx.audit("chat_messages", found.id, "UPDATE", new={"deleted_at": tx.context.at})
        after = require_message(tx, found.id)
        _correct_notices(tx, after)
        return after


class NotePosted(Write[int]):
    """Note where messages are shown in Discord: each by its number and the message's there; how many."""

    posted: Annotated[tuple[tuple[int, Snowflake], ...], Field(min_length=1, max_length=100)]

    def apply(self, tx: Transaction) -> int:
        """Store the places."""
        return sum(tx.execute(_POSTED, (place, number)) for number, place in self.posted)


class NoteCopied(Write[int]):
    """Note that Discord shows messages as they are now, each by its number and the text shown; how many."""

    copied: Annotated[tuple[tuple[int, str], ...], Field(min_length=1, max_length=100)]

    def apply(self, tx: Transaction) -> int:
        """Store it for those that were not changed again."""
        return sum(tx.execute(_COPIED, (number, text)) for number, text in self.copied)


class KeepSearch(Write[Sought]):
    """Keep what somebody looks for, so that its pages can be turned as long as answers are kept."""

    text: Annotated[str, Field(min_length=1, max_length=SEARCH_LIMIT)]
    member_id: Snowflake | None = None
    part: Part = "all"
    first: int | None = None
    last: int | None = None
    order: Order = "newest"

    def apply(self, tx: Transaction) -> Sought:
        """Return it, which is stored as the answer to this request."""
        require_staff(tx)
        fields = self.text, self.member_id, self.part, self.first, self.last, self.order
        return Sought(require_actor(tx), *fields)


def _correct_notices(tx: Transaction, after: ChatMessage) -> None:
    """Let the notices that relayed a message say what it says now, and tell those who have read it."""
    if after.triage_id is None or after.internal:
        return
    key = f"triage:{after.triage_id}:m:{after.id}"
    author = member(tx, after.sender_id)
    name = plain(author.username) if author is not None else "Somebody"
    gone = after.deleted_at is not None
    words = GONE if gone else plain_lines(after.text)[:LONGEST_RELAYED]
    text = f"{name} writes{'' if gone else ' (corrected)'}:\n{words}"
    about = f"report {after.triage_id}"
    title = f"Taken back: a message about {about}" if gone else f"Corrected: a message about {about}"
    found = tx.fetch_all(_CORRECT, {"text": text, "key": key, "item": after.triage_id})
    for person in dict.fromkeys(row["user_id"] for row in found if row["delivered_at"] is not None):
        notify(
            tx, person, "issue_reported", title, text,
            dedupe_key=f"{key}:{'deleted' if gone else 'edited'}:{tx.context.at}",
            ref_table="triage_items", ref_id=after.triage_id,
        )  # fmt: skip


def _own(tx: Transaction, number: int, verb: str) -> ChatMessage:
    """Return a message of the author's own that is still there."""
    actor = require_actor(tx)
    found = require_message(tx, number)
    if found.sender_id != actor or found.type == "system":
        raise NotAllowed(f"You can only {verb} your own messages.", rule="message.own")
    if found.deleted_at is not None:
        raise InvalidInput("This message was deleted, so it cannot be edited.", rule="message.deleted")
    return found

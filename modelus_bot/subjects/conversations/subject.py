"""Declares the subject `conversations`: what was said through the bot."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.conversations.pruning import PRUNINGS
from modelus_bot.subjects.conversations.visibility import VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.conversations.commands import ConversationCommands

    return Screens(commands=(ConversationCommands,))


_WORDING = Wording(
    rows={"chat_messages": "messages of conversations"},
    row={"chat_messages": "a message of a conversation"},
    ranges={
        "chat_messages_channel_length": ("The channel of a message", "1 to 50 characters long"),
        "chat_messages_message_length": ("A message", "1 to 4000 characters long"),
        "chat_messages_message_type_known": ("The type of a message", "text, system or file"),
        "chat_messages_is_internal_flag": ("Whether a message is for staff alone", "yes or no"),
        "chat_messages_is_edited_flag": ("Whether a message was edited", "yes or no"),
        "chat_messages_is_behind_flag": ("Whether the copy of a message is behind", "yes or no"),
    },
    sentences={
        "chat_edited_has_time": (
            "A message has a time of editing exactly when it was edited. Please tell an administrator."
        ),
    },
    taken={
        "chat_messages.id": "There is a message with this number already. Please try again.",
        "chat_messages.discord_message_id": "This message is shown for another one already.",
    },
    columns={
        "channel": "the channel",
        "is_behind": "whether its copy is behind",
        "is_edited": "whether it was edited",
        "is_internal": "whether it is for staff alone",
        "message_type": "the type",
        "sender_id": "who said it",
    },
    fields={
        "first": "first day",
        "last": "last day",
        "member_id": "member",
        "message_id": "message",
        "order": "order",
        "part": "part of the conversation",
        "posted": "list of messages",
        "copied": "list of messages",
        "text": "text",
    },
    told={
        "closed_before": "closed before",
        "deleted_at": "the time it was taken back",
        "edited_at": "the time it was corrected",
        "recipient_id": "whom it was said to",
        "triage_id": "the report",
    },
)

_PERSONAL = (
    PersonalRows(
        table="chat_messages",
        exported=(
            "SELECT * FROM chat_messages WHERE sender_id = :id OR recipient_id = :id"
            " OR (is_internal = 0 AND triage_id IN (SELECT id FROM triage_items WHERE reporter_id = :id))"
            " ORDER BY id"
        ),
        erased=(
            (
                "UPDATE chat_messages SET message = '(erased)', is_behind = 1 WHERE sender_id = :id"
                " RETURNING id, message, is_behind"
            ),
        ),
        stays="That you said something about a report, and when, without your words.",
    ),
)

SUBJECT = Subject(
    name="conversations",
    topic=Topic("conversations", "Conversations", "what was said about reports", 4),
    needs={
        "conversation": "staff",
        "conversation edit": "anyone",
        "conversation delete": "anyone",
    },
    audited=("chat_messages",),
    prunings=PRUNINGS,
    visible=VISIBLE,
    personal=_PERSONAL,
    wording=_WORDING,
    screens=_screens,
)

"""Reading what was said about an item."""

from __future__ import annotations

from pydantic import TypeAdapter

from modelus_bot.database import ReadTransaction, Row, Viewer, query, viewer_query
from modelus_bot.domain.permissions import require_staff_viewer
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.conversations.model import ChatMessage, Hit, Sought
from modelus_bot.text.searching import MARKS, asked_for

__all__ = [
    "kept_search",
    "messages_behind",
    "messages_of_item",
    "own_messages",
    "require_message",
    "search",
    "unposted_messages",
]

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
_BEHIND = """
SELECT id, sender_id, triage_id, message, message_type, is_internal, edited_at, deleted_at, created_at,
    discord_message_id
FROM chat_messages
WHERE is_behind = 1 AND discord_message_id IS NOT NULL AND id > ? ORDER BY id LIMIT ?
"""
_OWN = """
SELECT id, sender_id, triage_id, message, message_type, is_internal, edited_at, deleted_at, created_at,
    discord_message_id
FROM chat_messages
WHERE sender_id = ? AND message_type = 'text' AND deleted_at IS NULL ORDER BY id DESC LIMIT ?
"""
_KEPT = "SELECT outcome FROM requests WHERE request_id = ? AND command = 'KeepSearch'"
_NEWEST = """
SELECT rowid, triage_id, title, sender_id, reporter_id, message_type, is_internal, created_at, edited_at,
    thread_id, discord_message_id, snippet(chat_search, 0, :open, :close, '…', 24)
FROM chat_search
WHERE chat_search MATCH :words AND (:member IS NULL OR :member IN (sender_id, reporter_id))
  AND (:internal IS NULL OR is_internal = :internal)
  AND (:first IS NULL OR created_at >= :first) AND (:last IS NULL OR created_at < :last)
ORDER BY rowid DESC LIMIT :limit OFFSET :offset
"""
_BEST = """
SELECT id, triage_id, title, sender_id, reporter_id, message_type, is_internal, created_at, edited_at,
    thread_id, discord_message_id, excerpt
FROM (
    SELECT rowid AS id, triage_id, title, sender_id, reporter_id, message_type, is_internal, created_at,
        edited_at, thread_id, discord_message_id, snippet(chat_search, 0, :open, :close, '…', 24) AS excerpt,
        bm25(chat_search) AS distance
    FROM chat_search
    WHERE chat_search MATCH :words AND (:member IS NULL OR :member IN (sender_id, reporter_id))
      AND (:internal IS NULL OR is_internal = :internal)
      AND (:first IS NULL OR created_at >= :first) AND (:last IS NULL OR created_at < :last)
    ORDER BY rowid DESC LIMIT :compared
)
ORDER BY distance, id DESC LIMIT :limit OFFSET :offset
"""
COMPARED = 500
"""Hits, the newest ones, of which the best are chosen: comparing all would take as long as there are."""


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


@query
def messages_behind(tx: ReadTransaction, after: int, limit: int) -> tuple[ChatMessage, ...]:
    """Return messages that Discord shows as they were, by number, those after ``after``."""
    return tuple(map(message_of, tx.fetch_all(_BEHIND, (after, limit))))


@viewer_query
def own_messages(tx: ReadTransaction, viewer: Viewer, limit: int) -> tuple[ChatMessage, ...]:
    """Return what the viewer said last, newest first, without what they took back."""
    return tuple(map(message_of, tx.fetch_all(_OWN, (viewer.id, limit))))


def require_message(tx: ReadTransaction, number: int) -> ChatMessage:
    """Return a message or raise ``NotFound``."""
    row = tx.fetch_one(_ONE, (number,))
    if row is None:
        raise NotFound("There is no such message any more. Look at the item anew.", rule="message.unknown")
    return message_of(row)


@query
def kept_search(tx: ReadTransaction, request_id: str) -> Sought | None:
    """Return what was looked for by a request; None once that is not known any more."""
    outcome = tx.fetch_value(_KEPT, (request_id,))
    return None if outcome is None else TypeAdapter(Sought).validate_json(outcome)


@viewer_query
def search(tx: ReadTransaction, viewer: Viewer, wanted: Sought, limit: int, offset: int) -> tuple[Hit, ...]:
    """Return messages about reports in which words occur; for staff."""
    require_staff_viewer(tx, viewer)
    words = asked_for(wanted.text)
    if words is None:
        return ()
    values = {
        "words": words,
        "member": wanted.member_id,
        "internal": {"all": None, "talk": 0, "notes": 1}[wanted.part],
        "first": wanted.first,
        "last": wanted.last,
        "open": MARKS[0],
        "close": MARKS[1],
        "limit": limit,
        "offset": offset,
    }
    best = wanted.order == "best"
    found = tx.fetch_all(_BEST if best else _NEWEST, values | ({"compared": COMPARED} if best else {}))
    return tuple(map(_hit, found))


def _hit(row: Row) -> Hit:
    values = list(row)
    values[6] = bool(values[6])
    return Hit(*values)

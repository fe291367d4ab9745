"""Noting what Discord shows of an item: its thread, its card, or that it has to do without a thread."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import Snowflake
from modelus_bot.subjects.triage.model import TriageItem
from modelus_bot.subjects.triage.queries.items import require_item
from modelus_bot.subjects.triage.writes.changes import remark, tell, title_of

__all__ = ["GoOnWithoutThread", "NoteShown", "NoteThread", "Without"]

Without = Literal["refused", "deleted", "unset"]
"""Why an item has no thread; see ``ThreadState``."""

_THREAD = """
UPDATE triage_items SET thread_id = ?, thread_state = 'open', card_id = NULL, shown_version = 0
WHERE id = ? AND thread_state = 'wanted'
"""
_WITHOUT = """
UPDATE triage_items SET thread_id = NULL, card_id = NULL, thread_state = ?
WHERE id = ? AND thread_state IN ('wanted', 'open')
"""
_SHOWN = """
UPDATE triage_items SET card_id = ?, shown_version = ?
WHERE id = ? AND NOT EXISTS (
    SELECT 1 FROM chat_messages AS m
    WHERE m.triage_id = triage_items.id AND m.discord_message_id IS NULL AND m.deleted_at IS NULL)
"""
_CARD = "UPDATE triage_items SET card_id = ? WHERE id = ?"


class NoteThread(Write[bool]):
    """Note which thread an item has; False where it has one, or does without."""

    item_id: int
    thread_id: Snowflake

    def apply(self, tx: Transaction) -> bool:
        """Store it."""
        noted = tx.execute(_THREAD, (self.thread_id, self.item_id)) == 1
        if noted:
            new = {"thread_id": self.thread_id, "thread_state": "open"}
            tx.audit("triage_items", self.item_id, "UPDATE", old={"thread_state": "wanted"}, new=new)
        return noted


class GoOnWithoutThread(Write[bool]):
    """Let an item go on in direct messages, and tell whoever has it why; False where it does so already."""

    item_id: int
    state: Without

    def apply(self, tx: Transaction) -> bool:
        """Store it."""
        found = require_item(tx, self.item_id)
        if not tx.execute(_WITHOUT, (self.state, found.id)):
            return False
        old, new = {"thread_state": found.thread_state}, {"thread_state": self.state}
        tx.audit("triage_items", found.id, "UPDATE", old=old, new=new)
        if self.state != "unset":
            _tell(tx, found, self.state)
        return True


class NoteShown(Write[None]):
    """Note that a thread's card shows an item at a version; what was said meanwhile is still to be shown."""

    item_id: int
    card_id: Snowflake
    version: Annotated[int, Field(ge=1)]

    def apply(self, tx: Transaction) -> None:
        """Store it."""
        if not tx.execute(_SHOWN, (self.card_id, self.version, self.item_id)):
            tx.execute(_CARD, (self.card_id, self.item_id))


def _tell(tx: Transaction, found: TriageItem, state: str) -> None:
    why = "its thread was deleted"
    if state == "refused":
        why = "the bot may not open a thread for it"
    remark(tx, found, f"It goes on in direct messages: {why}.")
    text = (
        f"It goes on in direct messages: {why}. Nothing is lost; `/triage show` has all that was said, and"
        " its buttons work as they did in the thread."
    )
    tell(tx, found, found.assigned_to, f"Item {title_of(found)} has no thread", text, key=f"thread:{state}")

"""What staff and reporter say to each other through the bot, and what staff note for themselves."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.permissions import require_actor
from modelus_bot.domain.refusals import InvalidInput, NotAllowed
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.people.model import BOT_ITSELF
from modelus_bot.subjects.triage.model import ItemChange, TriageItem
from modelus_bot.subjects.triage.queries.items import require_item
from modelus_bot.subjects.triage.queries.routing import holder_now, managers
from modelus_bot.subjects.triage.writes.changes import (
    name_in,
    relayed,
    require_step,
    save,
    say,
    tell,
    title_of,
)

__all__ = ["LONGEST_TEXT", "AddNote", "AnswerStaff", "ReplyToReporter"]

LONGEST_TEXT = 1500
"""Characters of what is relayed: it fits into one direct message."""
Relayed = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class ReplyToReporter(Write[ItemChange]):
    """Say something to the reporter; the first reply stops the item's clock."""

    item_id: int
    text: Relayed

    def apply(self, tx: Transaction) -> ItemChange:
        """Keep it and relay it."""
        actor, found = require_step(tx, self.item_id, "replied to")
        if found.reporter_id == BOT_ITSELF:
            raise InvalidInput(
                f"The bot reported item {found.id} by itself, so nobody would read a reply. Write to whom it"
                " is about, and say with `/triage note` what you did: that answers it.",
                rule="triage.no_reader",
            )
        number = say(tx, found, actor, self.text, internal=False, to=found.reporter_id)
        text = f"{name_in(tx, actor)} writes:\n{relayed(found, self.text)}"
        tell(tx, found, found.reporter_id, f"Reply to your report {title_of(found)}", text, key=f"m:{number}")
        if found.first_response_at is not None:
            return ItemChange(found, found)
        return save(tx, found, first_response_at=tx.context.at)


class AddNote(Write[TriageItem]):
    """Note something for staff alone; the reporter never reads it.

    On what the bot reported by itself, the first note is the answer, which stops the item's clock.
    """

    item_id: int
    text: Relayed

    def apply(self, tx: Transaction) -> TriageItem:
        """Keep it."""
        actor, found = require_step(tx, self.item_id, "given a note")
        say(tx, found, actor, self.text, internal=True)
        if found.reporter_id == BOT_ITSELF and found.first_response_at is None:
            return save(tx, found, first_response_at=tx.context.at).after
        return found


class AnswerStaff(Write[TriageItem]):
    """Say something to the staff about one's own report."""

    item_id: int
    text: Relayed

    def apply(self, tx: Transaction) -> TriageItem:
        """Keep it, and tell whoever has the item."""
        found = require_own(tx, self.item_id, "answer")
        if not found.is_open:
            raise InvalidInput(
                f"Your report {found.id} is closed, so nobody would read an answer there. Report anew with"
                f" `/triage report`, and name number {found.id}.",
                rule="triage.closed",
            )
        number = say(tx, found, found.reporter_id, self.text, internal=False, to=found.assigned_to)
        text = f"{name_in(tx, found.reporter_id)} writes:\n{relayed(found, self.text)}"
        for person in _readers(tx, found):
            tell(tx, found, person, f"Answer on item {title_of(found)}", text, key=f"m:{number}")
        return found


def require_own(tx: Transaction, item_id: int, verb: str) -> TriageItem:
    """Return an item of the author's own; others learn nothing of it."""
    actor = require_actor(tx)
    found = require_item(tx, item_id)
    if found.reporter_id != actor:
        raise NotAllowed(
            f"You can only {verb} your own reports. `/triage show` lists them.", rule="triage.own"
        )
    return found


def _readers(tx: Transaction, found: TriageItem) -> tuple[int, ...]:
    """Return who is told of an answer: whoever has the item, or the duty, or else the managers."""
    holder = holder_now(tx, found.discipline, tx.context.at, calendar_of(tx.context))
    reader = found.assigned_to if found.assigned_to is not None else holder
    return (reader,) if reader is not None else managers(tx)

"""Closing an item, and what its reporter says of that: resolved, rejected, a duplicate; stars."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.triage.model import ItemChange, Status, TriageItem
from modelus_bot.subjects.triage.queries.items import duplicates_of, require_item
from modelus_bot.subjects.triage.writes.changes import (
    name_in,
    raw_name,
    relayed,
    remark,
    require_step,
    save,
    tell,
    title_of,
)
from modelus_bot.subjects.triage.writes.steps import Version
from modelus_bot.subjects.triage.writes.talking import require_own

__all__ = ["CLOSED_TITLE", "RESOLUTION_LIMIT", "MarkDuplicate", "RateItem", "RejectItem", "ResolveItem"]

RESOLUTION_LIMIT = 1000
MOST_RATINGS = 2
"""A rating can be changed once."""
CLOSED_TITLE = "Your report "
"""What the title of the notice begins with that is sent with the transcript and the stars."""

Resolution = Annotated[str, Field(min_length=1, max_length=RESOLUTION_LIMIT)]


class ResolveItem(Write[ItemChange]):
    """Close an item with what was done; the reporter gets that and the transcript."""

    item_id: int
    resolution: Resolution
    version: Version = None

    def apply(self, tx: Transaction) -> ItemChange:
        """Close it."""
        actor, found = require_step(tx, self.item_id, "resolved", self.version)
        return _close(tx, found, actor, "resolved", self.resolution)


class RejectItem(Write[ItemChange]):
    """Close an item without doing anything about it; the reporter reads why."""

    item_id: int
    reason: Resolution
    version: Version = None

    def apply(self, tx: Transaction) -> ItemChange:
        """Close it."""
        actor, found = require_step(tx, self.item_id, "rejected", self.version)
        return _close(tx, found, actor, "rejected", self.reason)


class MarkDuplicate(Write[ItemChange]):
    """Close an item because another one is about the same, to which it links."""

    item_id: int
    of: int
    version: Version = None

    def apply(self, tx: Transaction) -> ItemChange:
        """Close it; a duplicate of a duplicate is one of the first."""
        actor, found = require_step(tx, self.item_id, "marked as a duplicate", self.version)
        other = require_item(tx, self.of)
        if other.duplicate_of is not None:
            other = require_item(tx, other.duplicate_of)
        if other.id == found.id:
            raise InvalidInput("An item cannot be a duplicate of itself.", rule="triage_no_own_duplicate")
        remark(tx, other, f"Item {found.id} is a duplicate of this one.")
        for one in duplicates_of(tx, found.id):
            save(tx, one, duplicate_of=other.id)
        words = f"This is about the same as item {other.id}, where it is dealt with."
        return _close(tx, found, actor, "resolved", words, duplicate_of=other.id)


class RateItem(Write[TriageItem]):
    """Say with 1 to 5 stars how one's own closed report was dealt with; that can be changed once."""

    item_id: int
    stars: Annotated[int, Field(ge=1, le=5)]

    def apply(self, tx: Transaction) -> TriageItem:
        """Keep the stars."""
        found = require_own(tx, self.item_id, "rate")
        if found.is_open:
            raise InvalidInput(
                f"Your report {found.id} is still open. You can rate it once it is closed.",
                rule="triage.open",
            )
        if found.rating == self.stars:
            return found
        if found.ratings >= MOST_RATINGS:
            raise InvalidInput(
                f"You have changed your rating of report {found.id} already; it stays at {found.rating} of"
                " 5.",
                rule="triage.rated",
            )
        return save(tx, found, rating=self.stars, ratings=found.ratings + 1).after


def _close(
    tx: Transaction,
    found: TriageItem,
    actor: int,
    status: Status,
    words: str,
    *,
    duplicate_of: int | None = None,
) -> ItemChange:
    """Close an item and tell its reporter; closing answers it, so that its clock stops."""
    now = tx.context.at
    said = f"{status.capitalize()} by {raw_name(tx, actor)}: {words}"
    remark(tx, found, said[:4000], internal=False)
    text = (
        f"{name_in(tx, actor)} writes:\n{relayed(found, words)}\n\nThe attached page has all that was said."
        " You can say with the buttons how it was dealt with."
    )
    tell(tx, found, found.reporter_id, f"{CLOSED_TITLE}{title_of(found)} is {status}", text, key="closed")
    for one in duplicates_of(tx, found.id):
        same = f"Item {found.id}, with which your report was dealt, is {status}."
        tell(tx, one, one.reporter_id, f"About your report {title_of(one)}", same, key=f"root:{found.id}")
    return save(
        tx,
        found,
        status=status,
        resolution=words,
        resolved_at=now,
        assigned_to=found.assigned_to if found.assigned_to is not None else actor,
        by_duty=False,
        snoozed_until=None,
        first_response_at=found.first_response_at if found.first_response_at is not None else now,
        duplicate_of=duplicate_of,
    )

"""Who has an item and how urgent it is: claiming, releasing, assigning, priority, sleep."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import Reason, Snowflake
from modelus_bot.domain.permissions import Viewer, is_manager, standing
from modelus_bot.domain.refusals import InvalidInput, NotAllowed
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.people.queries import require_active_member
from modelus_bot.subjects.triage import rules
from modelus_bot.subjects.triage.model import ItemChange, Priority, TriageItem
from modelus_bot.subjects.triage.queries.routing import holder_now, holders_now
from modelus_bot.subjects.triage.writes.changes import (
    name_in,
    raw_name,
    remark,
    require_fresh,
    require_step,
    save,
    tell,
    title_of,
)
from modelus_bot.text.escaping import plain

__all__ = ["LONGEST_SNOOZE", "AssignItem", "ClaimItem", "ReleaseItem", "SetPriority", "SnoozeItem"]

LONGEST_SNOOZE = 90 * 86_400
Version = Annotated[int, Field(ge=1)] | None


class ClaimItem(Write[ItemChange]):
    """Take an item that waits; of two who do, the first has it. One's own again changes nothing."""

    item_id: int
    version: Version = None

    def apply(self, tx: Transaction) -> ItemChange:
        """Let the author have it."""
        actor, found = require_step(tx, self.item_id, "claimed")
        if found.status == "in_review":
            if found.assigned_to == actor:
                return ItemChange(found, found)
            raise InvalidInput(
                f"{name_in(tx, found.assigned_to)} has claimed item {found.id} already. `/triage queue` lists"
                " what still waits.",
                rule="triage.claimed",
            )
        require_fresh(found, self.version)
        remark(tx, found, f"Claimed by {raw_name(tx, actor)}.")
        return save(
            tx, found, status="in_review", assigned_to=actor, by_duty=_by_duty(tx, found.discipline, actor)
        )


class ReleaseItem(Write[ItemChange]):
    """Give an item back: it waits again, and is the holder's."""

    item_id: int
    version: Version = None

    def apply(self, tx: Transaction) -> ItemChange:
        """Let whoever has the duty have it."""
        actor, found = require_step(tx, self.item_id, "released", self.version)
        if found.status == "pending":
            raise InvalidInput(
                f"Nobody has claimed item {found.id}, so it cannot be released.", rule="triage.pending"
            )
        if found.assigned_to != actor and not is_manager(tx):
            raise NotAllowed(
                "Only whoever has claimed an item, or a project manager, can release it.",
                rule="triage.release",
            )
        holder = holder_now(tx, found.discipline, tx.context.at, calendar_of(tx.context))
        remark(tx, found, f"Released by {raw_name(tx, actor)}.")
        change = save(tx, found, status="pending", assigned_to=holder, by_duty=True)
        if holder != actor:
            text = f"{name_in(tx, actor)} released it. It waits, and you are on duty for it."
            tell(tx, found, holder, f"Item {title_of(found)}", text, key=f"released:{change.after.version}")
        return change


class AssignItem(Write[ItemChange]):
    """Let somebody of the staff have an item; for managers and whoever has its duty."""

    item_id: int
    member_id: Snowflake
    version: Version = None

    def apply(self, tx: Transaction) -> ItemChange:
        """Pass it on and tell them."""
        actor, found = require_step(tx, self.item_id, "assigned", self.version)
        if not is_manager(tx) and actor not in _holders(tx, found.discipline):
            raise NotAllowed(
                "Only project managers and whoever is on duty for an item can assign it. You can claim it"
                " yourself with `/triage claim`.",
                rule="triage.assign",
            )
        target = require_active_member(tx, self.member_id)
        if not standing(tx, Viewer(target.discord_id)).staff:
            raise InvalidInput(
                f"{plain(target.username)} is not staff, so cannot have an item. An administrator can give"
                " them a role with `/member role`.",
                rule="triage.not_staff",
            )
        if found.status == "in_review" and found.assigned_to == target.discord_id:
            return ItemChange(found, found)
        remark(tx, found, f"Assigned to {target.username} by {raw_name(tx, actor)}.")
        change = save(
            tx,
            found,
            status="in_review",
            assigned_to=target.discord_id,
            by_duty=_by_duty(tx, found.discipline, target.discord_id),
        )
        if target.discord_id != actor:
            text = f"{name_in(tx, actor)} assigned it to you.{_ends(found)}"
            tell(
                tx, found, target.discord_id, f"Item {title_of(found)}", text,
                key=f"assigned:{change.after.version}",
            )  # fmt: skip
        return change


class SetPriority(Write[ItemChange]):
    """Say how urgent an item is; its deadline follows, counted from the report."""

    item_id: int
    level: Priority
    reason: Reason
    version: Version = None

    def apply(self, tx: Transaction) -> ItemChange:
        """Move the deadline."""
        actor, found = require_step(tx, self.item_id, "given another priority", self.version)
        if found.priority == self.level:
            return ItemChange(found, found)
        words = f"Priority {found.priority} → {self.level} by {raw_name(tx, actor)}: {self.reason}"
        remark(tx, found, words)
        respond_by = found.respond_by
        if respond_by is not None:
            respond_by = rules.reprioritised(respond_by, found.priority, self.level)
        return save(tx, found, self.reason, priority=self.level, respond_by=respond_by)


class SnoozeItem(Write[ItemChange]):
    """Let an item sleep until an instant (UTC seconds), or wake it without one; its clock stands still."""

    item_id: int
    until: int | None = None
    version: Version = None

    def apply(self, tx: Transaction) -> ItemChange:
        """Move the deadline by as long as it sleeps."""
        actor, found = require_step(tx, self.item_id, "snoozed", self.version)
        now = tx.context.at
        if self.until is None and not found.sleeps(now):
            raise InvalidInput(f"Item {found.id} does not sleep, so it cannot be woken.", rule="triage.awake")
        if self.until is not None and not now < self.until <= now + LONGEST_SNOOZE:
            raise InvalidInput(
                f"An item can sleep until some time in the next {LONGEST_SNOOZE // 86_400} days. Choose"
                " another time and try again.",
                rule="triage.snooze",
            )
        words = f"Woken by {raw_name(tx, actor)}."
        if self.until is not None:
            until = datetime.fromtimestamp(self.until, UTC)
            words = f"Snoozed by {raw_name(tx, actor)} until {until:%Y-%m-%d %H:%M} UTC."
        remark(tx, found, words)
        return save(tx, found, snoozed_until=self.until, respond_by=_moved(found, now, self.until))


def _moved(found: TriageItem, now: int, until: int | None) -> int | None:
    if found.respond_by is None:
        return None
    if until is None:
        return rules.woken(found.respond_by, now, found.snoozed_until)
    return rules.snoozed(found.respond_by, now, until, found.snoozed_until)


def _holders(tx: Transaction, discipline: str | None) -> tuple[int, ...]:
    return holders_now(tx, discipline, tx.context.at, calendar_of(tx.context))


def _by_duty(tx: Transaction, discipline: str | None, person: int) -> bool:
    return person in _holders(tx, discipline)


def _ends(found: TriageItem) -> str:
    return f" Somebody has to answer by <t:{found.respond_by}:f>." if found.waits else ""

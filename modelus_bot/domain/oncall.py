"""On call: who is on duty now, on a day, next; setting somebody by hand; the note for the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from modelus_bot.database.open_transaction import ReadTransaction, Transaction
from modelus_bot.database.operation import Write, query
from modelus_bot.domain.assignments import (
    HolderChange,
    calendar_of,
    current_span,
    effective_holder,
    rematerialise,
)
from modelus_bot.domain.calendar import Calendar, days_left
from modelus_bot.domain.disciplines import require_discipline
from modelus_bot.domain.errors import InvalidInput, NotAllowed, NotFound
from modelus_bot.domain.members import ensure_member, require_active_member
from modelus_bot.domain.notifications import notify
from modelus_bot.domain.permissions import require_actor, require_manager
from modelus_bot.domain.sprints import HolderView, Sprint, current_sprint, holders_of, sprints
from modelus_bot.domain.types import DisciplineKey, MemberName, Reason, Snowflake
from modelus_bot.escaping import plain, plain_lines

__all__ = [
    "Duty",
    "Handoff",
    "HandoffNote",
    "HandoffNoteSaved",
    "HandoffReport",
    "OnCall",
    "SetHolder",
    "duties",
    "oncall_now",
    "oncall_on",
]

_SET = """
INSERT INTO assignments(sprint_id, discipline, user_id, source, updated_at) VALUES(?, ?, ?, 'manual', ?)
ON CONFLICT(sprint_id, discipline) DO UPDATE
SET user_id = excluded.user_id, source = 'manual', updated_at = excluded.updated_at
"""


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who is on duty, and who is next; ``days_left`` is negative in a gap after the sprint's end."""

    sprint: Sprint | None
    holders: tuple[HolderView, ...]
    days_left: int
    handoff_at: int | None
    next_sprint: Sprint | None
    next_holders: tuple[HolderView, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """A turn somebody has: the sprint, the discipline, and why it is theirs."""

    sprint: Sprint
    discipline: str
    label: str
    source: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class HandoffReport:
    """What a hand-over did; ``changes`` is empty when everything was as it should be."""

    sprint: Sprint | None
    changes: tuple[HolderChange, ...]
    new_sprint: bool


@dataclass(frozen=True, slots=True)
class HandoffNoteSaved:
    """The names of the disciplines, to whom the note goes, and when (UTC seconds)."""

    disciplines: tuple[str, ...]
    recipients: tuple[int, ...]
    at: int


@query(kept=True, hot=True)
def oncall_now(tx: ReadTransaction, at: int, calendar: Calendar, discipline: str | None = None) -> OnCall:
    """Return who is on duty at an instant and who is next, in all disciplines or in one."""
    if discipline is not None:
        require_discipline(tx, discipline)
    current = current_sprint(tx, at, calendar)
    following = _next_sprint(tx, current, at, calendar)
    return OnCall(
        current,
        _only(holders_of(tx, current.id) if current else (), discipline),
        days_left(current.end, at, calendar) if current else 0,
        calendar.handoff(following.start) if following else None,
        following,
        _only(holders_of(tx, following.id) if following else (), discipline),
    )


@query(kept=True, hot=True)
def oncall_on(tx: ReadTransaction, day: date, calendar: Calendar) -> OnCall:
    """Return who is on duty on a day, after its hand-over."""
    found = oncall_now(tx, calendar.handoff(day), calendar)
    if found.sprint is not None and day > found.sprint.end and found.next_sprint is None:
        raise NotFound(
            f"No sprint is planned for {day} yet. The last one ends on {found.sprint.end}.",
            rule="sprint.unplanned",
        )
    return found


@query(kept=True, hot=True)
def duties(tx: ReadTransaction, user_id: int, at: int, calendar: Calendar) -> tuple[Duty, ...]:
    """Return somebody's turns, in the current sprint and those to come."""
    current = current_sprint(tx, at, calendar)
    first = current.start if current is not None else calendar.day_of(at)
    return tuple(
        Duty(found, holder.discipline, holder.label, holder.source, found == current)
        for found in sprints(tx)
        if found.start >= first
        for holder in holders_of(tx, found.id)
        if holder.user_id == user_id
    )


class Handoff(Write[HandoffReport]):
    """Bring duty up to date with the calendar; running it any number of times is the same as once."""

    def apply(self, tx: Transaction) -> HandoffReport:
        """Rematerialise and report what changed."""
        before = tx.fetch_value("SELECT sprint_id FROM current_state WHERE id = 1")
        changes = rematerialise(tx)
        current = current_sprint(tx, tx.context.at, calendar_of(tx.context))
        after = current.id if current is not None else before
        return HandoffReport(current, changes, after != before)


class SetHolder(Write[HolderChange]):
    """Put somebody on duty by hand until the next sprint."""

    discipline: DisciplineKey
    member_id: Snowflake
    name: MemberName
    reason: Reason

    deferrable = True

    def apply(self, tx: Transaction) -> HolderChange:
        """Write the assignment as set by hand and pass the duty on."""
        require_manager(tx)
        discipline = require_discipline(tx, self.discipline)
        current = _require_current(tx)
        ensure_member(tx, self.member_id, self.name)
        after = require_active_member(tx, self.member_id)
        rematerialise(tx)
        before, source = effective_holder(tx, current.id, discipline.key)
        if source == "override":
            raise InvalidInput(
                f"{plain(discipline.label)} is covered this sprint."
                " Revoke the cover first with `/cover revoke`.",
                rule="oncall.covered",
            )
        if (before, source) == (after.discord_id, "manual"):
            return HolderChange(discipline.key, discipline.label, before, before)
        tx.execute(_SET, (current.id, discipline.key, after.discord_id, tx.context.at))
        tx.audit(
            "assignments",
            f"{current.id}:{discipline.key}",
            "UPDATE",
            old={"user_id": before, "source": source},
            new={"user_id": after.discord_id, "source": "manual", "reason": self.reason},
        )
        rematerialise(tx)
        return HolderChange(discipline.key, discipline.label, before, after.discord_id)


class HandoffNote(Write[HandoffNoteSaved]):
    """Leave a note for whoever takes over one's duties at the next hand-over."""

    text: Annotated[str, Field(min_length=1, max_length=500)]

    deferrable = True

    def apply(self, tx: Transaction) -> HandoffNoteSaved:
        """Queue a notice for the next holders, to be delivered at the hand-over."""
        author = require_actor(tx)
        calendar = calendar_of(tx.context)
        current = _require_current(tx)
        held = [holder for holder in holders_of(tx, current.id) if holder.user_id == author]
        if not held:
            raise NotAllowed(
                "Only somebody on duty can leave a note. `/oncall now` shows who is.",
                rule="oncall.not_holder",
            )
        following = _next_sprint(tx, current, tx.context.at, calendar)
        if following is None:
            raise NotFound(
                "No next sprint is planned yet, so there is nobody to leave a note for.",
                rule="sprint.none_next",
            )
        keys = {holder.discipline: holder.label for holder in held}
        after = [holder for holder in holders_of(tx, following.id) if holder.discipline in keys]
        recipients = tuple(sorted({holder.user_id for holder in after if holder.user_id is not None}))
        at = calendar.handoff(following.start)
        name = plain(str(tx.fetch_value("SELECT username FROM users WHERE discord_id = ?", (author,))))
        text = f"{name} writes:\n{plain_lines(self.text)}"
        for recipient in recipients:
            notify(
                tx, recipient, "oncall", "Note from the last sprint", text,
                deliver_after=at, ref_table="sprints", ref_id=following.id,
            )  # fmt: skip
        tx.audit(
            "notifications", f"note:{following.id}", "INSERT", new={"to": list(recipients), "text": self.text}
        )
        return HandoffNoteSaved(tuple(keys.values()), recipients, at)


def _only(holders: tuple[HolderView, ...], discipline: str | None) -> tuple[HolderView, ...]:
    return tuple(holder for holder in holders if discipline in {None, holder.discipline})


def _next_sprint(tx: ReadTransaction, current: Sprint | None, at: int, calendar: Calendar) -> Sprint | None:
    after = current.start if current is not None else calendar.duty_day(at)
    return next((found for found in sprints(tx) if found.start > after), None)


def _require_current(tx: Transaction) -> Sprint:
    calendar = calendar_of(tx.context)
    span = current_span(tx, tx.context.at, calendar)
    found = current_sprint(tx, tx.context.at, calendar) if span is not None else None
    if found is None:
        raise NotFound("No sprint has begun yet. `/sprint list` shows what is planned.", rule="sprint.none")
    return found

"""Passing duty on by the calendar or by hand, and the note for whoever comes next."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import DisciplineKey, MemberName, Reason, Snowflake
from modelus_bot.domain.permissions import require_actor, require_manager
from modelus_bot.domain.refusals import InvalidInput, NotAllowed, NotFound
from modelus_bot.subjects.assignments.queries import calendar_of, current_span, effective_holder, turn_of
from modelus_bot.subjects.assignments.writes.notices import HolderChange
from modelus_bot.subjects.assignments.writes.rematerialising import rematerialise
from modelus_bot.subjects.disciplines.queries import require_discipline
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.oncall.model import HandoffNoteSaved, HandoffReport
from modelus_bot.subjects.oncall.queries import sprint_after
from modelus_bot.subjects.people.queries import require_active_member
from modelus_bot.subjects.people.writes import ensure_member
from modelus_bot.subjects.sprints.model import Sprint
from modelus_bot.subjects.sprints.queries.holders import holders_of
from modelus_bot.subjects.sprints.queries.sprints import current_sprint
from modelus_bot.text.escaping import plain, plain_lines

__all__ = ["Handoff", "HandoffNote", "SetHolder"]

_SET = """
INSERT INTO assignments(sprint_id, discipline, user_id, source, updated_at) VALUES(?, ?, ?, 'manual', ?)
ON CONFLICT(sprint_id, discipline) DO UPDATE
SET user_id = excluded.user_id, source = 'manual', updated_at = excluded.updated_at
"""


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
    saved_as = "oncall.SetHolder"

    def apply(self, tx: Transaction) -> HolderChange:
        """Write the assignment as set by hand and pass the duty on."""
        require_manager(tx)
        discipline = require_discipline(tx, self.discipline)
        current = _require_current(tx)
        ensure_member(tx, self.member_id, self.name)
        after = require_active_member(tx, self.member_id)
        rematerialise(tx)
        today = calendar_of(tx.context).duty_day(tx.context.at)
        before, source = effective_holder(tx, current.id, discipline.key, today)
        if source == "override":
            raise InvalidInput(
                f"{plain(discipline.label)} is covered now. Revoke the cover first with `/cover revoke`.",
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
    saved_as = "oncall.HandoffNote"

    def apply(self, tx: Transaction) -> HandoffNoteSaved:
        """Queue a notice for the next holders, to be delivered at the hand-over."""
        author = require_actor(tx)
        current = _require_current(tx)
        today = calendar_of(tx.context).duty_day(tx.context.at)
        held = [item for item in holders_of(tx, current.id, today) if item.user_id == author]
        if not held:
            raise NotAllowed(
                "Only somebody on duty can leave a note. `/oncall now` shows who is.",
                rule="oncall.not_holder",
            )
        found = [_taking_over(tx, current, item.discipline, today) for item in held]
        following = [item for item in found if item is not None]
        if not following:
            raise NotFound(
                "No next sprint is planned yet, so there is nobody to leave a note for.",
                rule="sprint.none_next",
            )
        to = sorted({(at, user_id) for _, user_id, at in following if user_id is not None})
        name = plain(str(tx.fetch_value("SELECT username FROM users WHERE discord_id = ?", (author,))))
        text = f"{name} writes:\n{plain_lines(self.text)}"
        for number, user_id, at in sorted(set(following), key=lambda item: item[2]):
            title = "Note from the last sprint" if number != current.id else "Note from whoever was on duty"
            notify(
                tx, user_id, "oncall", title, text,
                deliver_after=at, ref_table="sprints", ref_id=number,
            )  # fmt: skip
        recipients = [user_id for _, user_id in to]
        tx.audit(
            "notifications", f"note:{following[0][0]}", "INSERT", new={"to": recipients, "text": self.text}
        )
        first = min(at for _, _, at in following)
        labels = tuple(item.label for item in held)
        return HandoffNoteSaved(labels, tuple(recipients), first, tuple(at for at, _ in to))


def _taking_over(
    tx: Transaction, current: Sprint, discipline: str, today: date
) -> tuple[int, int | None, int] | None:
    """Return the sprint in which somebody takes over a discipline, who, and when; None if none is planned."""
    calendar = calendar_of(tx.context)
    turn = turn_of(tx, current.id, discipline)
    day = turn.until(today, current.end)
    if day < current.end:
        return current.id, turn.holder(day)[0], calendar.handoff(day)
    following = sprint_after(tx, current, calendar.handoff(today), calendar)
    if following is None:
        return None
    holder, _ = effective_holder(tx, following.id, discipline, following.start)
    return following.id, holder, calendar.handoff(following.start)


def _require_current(tx: Transaction) -> Sprint:
    calendar = calendar_of(tx.context)
    span = current_span(tx, tx.context.at, calendar)
    found = current_sprint(tx, tx.context.at, calendar) if span is not None else None
    if found is None:
        raise NotFound("No sprint has begun yet. `/sprint list` shows what is planned.", rule="sprint.none")
    return found

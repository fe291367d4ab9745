"""Telling those whose duty ends or begins at the next hand-over."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Priority, Transaction, Write
from modelus_bot.domain.cover_days import DAY
from modelus_bot.subjects.assignments.queries import calendar_of, effective_holder
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.heads_up.rules import heads_up_at
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.oncall.queries import sprint_after
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.sprints.model import Sprint
from modelus_bot.subjects.sprints.queries.sprints import current_sprint
from modelus_bot.text.escaping import plain

__all__ = ["TellHeadsUp"]

_NEWEST = "SELECT coalesce(max(id), 0) FROM notifications"
_SINCE = "SELECT count(*) FROM notifications WHERE id > ?"


class TellHeadsUp(Write[int]):
    """Tell of the next hand-over once its heads-up is due; returns how many notices.

    ``minute`` (after midnight) is that of the last working day before. What was missed is made up for until
    the hand-over; each person is told once of a sprint's first day and a discipline, also who gets it later.
    """

    minute: Annotated[int, Field(ge=0, le=1439)]

    priority = Priority.LOW

    def apply(self, tx: Transaction) -> int:
        """Queue a notice for each person and discipline that changes hands."""
        calendar, at = calendar_of(tx.context), tx.context.at
        current = current_sprint(tx, at, calendar)
        following = sprint_after(tx, current, at, calendar) if current is not None else None
        if current is None or following is None:
            return 0
        if not heads_up_at(following.start, calendar, self.minute) <= at < calendar.handoff(following.start):
            return 0
        newest = tx.fetch_value(_NEWEST)
        _tell(tx, current, following, calendar.handoff(following.start))
        return int(tx.fetch_value(_SINCE, (newest,)))


def _tell(tx: Transaction, current: Sprint, following: Sprint, handoff: int) -> None:
    names = everybody(tx)
    for discipline in disciplines(tx):
        leaving, _ = effective_holder(tx, current.id, discipline.key, current.end - DAY)
        coming, _ = effective_holder(tx, following.id, discipline.key, following.start)
        if leaving == coming:
            continue
        duty = plain(discipline.label)
        to, by = (plain(names[who]) if who in names else "nobody yet" for who in (coming, leaving))
        key = f"heads-up:{following.id}:{following.start}"
        notify(
            tx, leaving, "oncall", f"Your duty ends soon: {duty}",
            f"You pass {duty} on at <t:{handoff}:f> (<t:{handoff}:R>). Next is {to}."
            " `/oncall handoff` leaves a note.",
            dedupe_key=f"{key}:out:{discipline.key}", ref_table="sprints", ref_id=following.id,
        )  # fmt: skip
        notify(
            tx, coming, "oncall", f"You are on duty soon: {duty}",
            f"You take {duty} over in {plain(following.name)} at <t:{handoff}:f> (<t:{handoff}:R>)."
            f" Before you it was {by}. If you cannot, ask for cover with `/cover request`.",
            dedupe_key=f"{key}:in:{discipline.key}", ref_table="sprints", ref_id=following.id,
        )  # fmt: skip

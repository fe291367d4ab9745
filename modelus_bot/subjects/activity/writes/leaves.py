"""Saying from when to when one is away, so that silence does not count."""

from __future__ import annotations

from datetime import date
from typing import Literal

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import Snowflake
from modelus_bot.domain.permissions import is_manager, require_actor
from modelus_bot.domain.refusals import InvalidInput, NotAllowed
from modelus_bot.subjects.activity.model import Leave, LeaveChange
from modelus_bot.subjects.activity.queries.leaves import leave_of
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.people.writes import ensure_known

__all__ = ["LONGEST_LEAVE", "TakeLeave"]

LONGEST_LEAVE = 180
"""Days that a leave may last."""
_SET = """
INSERT INTO leaves(user_id, from_day, to_day, said_on) VALUES(?, ?, ?, ?)
ON CONFLICT(user_id) DO UPDATE SET
    from_day = excluded.from_day, to_day = excluded.to_day, said_on = excluded.said_on
"""
_END = "DELETE FROM leaves WHERE user_id = ?"


class TakeLeave(Write[LeaveChange]):
    """Say from when to when a member is away; without days they are back. Members do it for themselves."""

    member_id: Snowflake
    from_day: date | None = None
    to_day: date | None = None

    deferrable = True
    saved_as = "activity.TakeLeave"

    def apply(self, tx: Transaction) -> LeaveChange:
        """Replace what was said before."""
        if not is_manager(tx) and require_actor(tx) != self.member_id:
            raise NotAllowed(
                "You can only set your own leave. Project managers can do it for others.", rule="leave.own"
            )
        ensure_known(tx, self.member_id)
        before = leave_of(tx, self.member_id)
        after = self._leave(calendar_of(tx.context).day_of(tx.context.at))
        if after is None and before is None:
            raise InvalidInput("There is no leave that could end.", rule="leave.none")
        if after is None:
            tx.execute(_END, (self.member_id,))
        else:
            days = (after.from_day.isoformat(), after.to_day.isoformat(), after.said_on.isoformat())
            tx.execute(_SET, (self.member_id, *days))
        tx.audit("leaves", self.member_id, _operation(before, after), old=_told(before), new=_told(after))
        return LeaveChange(self.member_id, before, after)

    def _leave(self, today: date) -> Leave | None:
        """Return the leave that is meant; raises ``InvalidInput`` for days that cannot be."""
        if self.from_day is None and self.to_day is None:
            return None
        first, last = self.from_day or today, self.to_day
        if last is None:
            raise InvalidInput("A leave needs a last day, too. Say it with `to`.", rule="leave.open")
        if last < first:
            raise InvalidInput(f"The last day ({last}) is before the first ({first}).", rule="leave.order")
        if last < today:
            raise InvalidInput("A leave ends today or later. Give a later day.", rule="leave.over")
        if (last - first).days >= LONGEST_LEAVE or (first - today).days > LONGEST_LEAVE:
            raise InvalidInput(
                f"A leave lasts {LONGEST_LEAVE} days at most and begins within as many. Give earlier days.",
                rule="leave.long",
            )
        return Leave(self.member_id, max(first, today), last, today)


def _operation(before: Leave | None, after: Leave | None) -> Literal["INSERT", "UPDATE", "DELETE"]:
    return "DELETE" if after is None else "INSERT" if before is None else "UPDATE"


def _told(leave: Leave | None) -> dict[str, str] | None:
    if leave is None:
        return None
    return {"from_day": leave.from_day.isoformat(), "to_day": leave.to_day.isoformat()}

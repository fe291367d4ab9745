"""Saying from when to when one is away, so that silence does not count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
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
        """Replace what was said before; days of leave that have passed go on counting as such."""
        if not is_manager(tx) and require_actor(tx) != self.member_id:
            raise NotAllowed(
                "You can only set your own leave. Project managers can do it for others.", rule="leave.own"
            )
        ensure_known(tx, self.member_id)
        before = leave_of(tx, self.member_id)
        today = calendar_of(tx.context).day_of(tx.context.at)
        back = self.from_day is None and self.to_day is None
        after = _ended(before, today) if back else self._taken(before, today)
        if after is not None and tx.context.actor == self.member_id:
            after = replace(after, said_on=today)
        _save(tx, self.member_id, after)
        tx.audit("leaves", self.member_id, _operation(before, after), old=_told(before), new=_told(after))
        return LeaveChange(self.member_id, before, after, back)

    def _taken(self, before: Leave | None, today: date) -> Leave:
        """Return the leave that is meant, with the one it goes on from; raises ``InvalidInput``."""
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
        first = max(first, today)
        if before is None:
            return Leave(self.member_id, first, last, None)
        goes_on = before.from_day <= first <= before.to_day + timedelta(days=1)
        return replace(before, from_day=before.from_day if goes_on else first, to_day=last)


def _ended(before: Leave | None, today: date) -> Leave | None:
    """Return what is left of a leave that ends now: the days before today, if it had begun."""
    if before is None or before.to_day < today:
        raise InvalidInput("There is no leave that could end.", rule="leave.none")
    yesterday = today - timedelta(days=1)
    return replace(before, to_day=yesterday) if before.from_day <= yesterday else None


def _save(tx: Transaction, member_id: int, leave: Leave | None) -> None:
    if leave is None:
        tx.execute(_END, (member_id,))
        return
    said = leave.said_on.isoformat() if leave.said_on is not None else None
    tx.execute(_SET, (member_id, leave.from_day.isoformat(), leave.to_day.isoformat(), said))


def _operation(before: Leave | None, after: Leave | None) -> Literal["INSERT", "UPDATE", "DELETE"]:
    return "DELETE" if after is None else "INSERT" if before is None else "UPDATE"


def _told(leave: Leave | None) -> dict[str, str] | None:
    if leave is None:
        return None
    return {"from_day": leave.from_day.isoformat(), "to_day": leave.to_day.isoformat()}

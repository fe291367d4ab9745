"""Making one item of triage of each inactive member in office, by hand or once a day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Priority, Transaction, Write
from modelus_bot.domain.permissions import require_staff
from modelus_bot.subjects.activity.model import InactivityReport, OfficeStanding
from modelus_bot.subjects.activity.queries.offices import standings
from modelus_bot.subjects.activity.rules.silence import Limits
from modelus_bot.subjects.activity.rules.words import proposal
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.triage.writes.reports import report_by_itself

__all__ = ["CHECK", "CheckInactivity", "ReportInactive"]

CHECK = "inactivity_check"
"""The job's name in the records of runs; the key of a run is its day."""
Days = Annotated[int, Field(ge=0, le=300)]

_LAST = "SELECT max(run_key) FROM job_runs WHERE job = ?"
_BEGIN = """
INSERT INTO job_runs(job, run_key, status, started_at, finished_at) VALUES(?, ?, 'delivered', ?, ?)
ON CONFLICT(job, run_key) DO NOTHING
"""
_END = "UPDATE job_runs SET details = ? WHERE job = ? AND run_key = ?"
_MADE = "INSERT INTO inactivity_items(office_id, silent_since, item_id, made_at) VALUES(?, ?, ?, ?)"
_OPEN = """
SELECT 1 FROM inactivity_items AS i JOIN triage_items AS t ON t.id = i.item_id
WHERE i.office_id = ? AND t.status IN ('pending', 'in_review')
"""


class ReportInactive(Write[InactivityReport]):
    """Make an item of everybody in office who is inactive, unless this silence has one already."""

    president_days: Days
    vice_president_days: Days

    def apply(self, tx: Transaction) -> InactivityReport:
        """Make them; nothing happens to the offices."""
        require_staff(tx)
        return _report(tx, _limits(self))


class CheckInactivity(Write[InactivityReport | None]):
    """The same once a day; None when this day was looked at already. Days that passed are not made up for."""

    president_days: Days
    vice_president_days: Days

    priority = Priority.LOW

    def apply(self, tx: Transaction) -> InactivityReport | None:
        """Make the items, with the record of the run."""
        key, at = calendar_of(tx.context).day_of(tx.context.at).isoformat(), tx.context.at
        last = tx.fetch_value(_LAST, (CHECK,))
        if last is not None and last >= key:
            return None
        tx.execute(_BEGIN, (CHECK, key, at, at))
        report = _report(tx, _limits(self))
        tx.execute(_END, (json.dumps({"offices": report.offices, "items": report.items}), CHECK, key))
        return report


def _limits(write: ReportInactive | CheckInactivity) -> Limits:
    return {"president": write.president_days, "vice_president": write.vice_president_days}


def _report(tx: Transaction, limits: Limits) -> InactivityReport:
    calendar = calendar_of(tx.context)
    today = calendar.day_of(tx.context.at)
    found = standings(tx, limits, today, calendar)
    due = [one for one in found if one.standing == "inactive" and one.item_id is None]
    items = [_made(tx, one, found, today) for one in due if tx.fetch_one(_OPEN, (one.office_id,)) is None]
    return InactivityReport(today, len(found), tuple(items))


def _made(tx: Transaction, one: OfficeStanding, everybody: Sequence[OfficeStanding], today: date) -> int:
    deputy = next(
        (
            other
            for other in everybody
            if other.nation_id == one.nation_id and other.office == "vice_president" and other != one
        ),
        None,
    )
    title, text = proposal(one, _name(tx, one), deputy, _name(tx, deputy), today)
    item = report_by_itself(tx, title, text, "issue")
    tx.execute(_MADE, (one.office_id, one.silent_since.isoformat(), item.id, tx.context.at))
    return item.id


def _name(tx: Transaction, one: OfficeStanding | None) -> str:
    found = member(tx, one.user_id) if one is not None else None
    return found.username if found is not None else "nobody"

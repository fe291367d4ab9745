"""Declares the subject `assignments`: who holds which turn."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Subject, Wording
from modelus_bot.subjects.assignments.reports import REPORTS
from modelus_bot.subjects.assignments.visibility import VISIBLE

__all__ = ["SUBJECT"]


_WORDING = Wording(
    rows={
        "assignments": "turns",
    },
    row={
        "assignments": "the assignment of a turn",
    },
    ranges={
        "assignments_source_known": ("The source of an assignment", "rotation, manual or import"),
    },
    taken={
        "assignments.sprint_id, assignments.discipline": (
            "Somebody holds this turn already. `/oncall now` shows who; please try again."
        ),
    },
)

_PERSONAL = (
    PersonalRows(
        table="assignments",
        exported="SELECT * FROM assignments WHERE user_id = :id ORDER BY sprint_id, discipline",
        stays="Which turns were yours, under your number: past sprints are never rewritten.",
    ),
    PersonalRows(
        table="current_holders",
        exported="SELECT * FROM current_holders WHERE user_id = :id ORDER BY discipline",
    ),
)

SUBJECT = Subject(
    name="assignments",
    kept_tables=("assignments",),
    audited=("assignments",),
    personal=_PERSONAL,
    visible=VISIBLE,
    reports=REPORTS,
    wording=_WORDING,
)

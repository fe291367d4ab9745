"""Declares the subject `sprints`: the stretches of days that duty is planned in."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.sprints.invariants import INVARIANTS
from modelus_bot.subjects.sprints.visibility import VISIBLE
from modelus_bot.subjects.sprints.writes import AddSprint, ArchiveSprint, EditSprint

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.sprints.commands import SprintCommands

    return Screens(commands=(SprintCommands,))


_WORDING = Wording(
    rows={
        "sprints": "sprints",
    },
    row={
        "sprints": "a sprint",
    },
    ranges={
        "sprints_sprint_index_range": ("A sprint's number", "0 or more"),
        "sprints_name_length": ("A sprint's name", "1 to 60 characters long"),
        "sprints_start_date_date": ("A sprint's first day", "a day that exists, written like 2026-01-31"),
        "sprints_end_date_date": ("A sprint's last day", "a day that exists, written like 2026-01-31"),
    },
    sentences={
        "sprint_date_order": "A sprint must end after it starts. Correct the days and try again.",
        "sprint overlap": (
            "These days overlap with another sprint. Sprints may share only the day one ends and the next"
            " starts; `/sprint list` shows them."
        ),
    },
    taken={
        "sprints.id": "There is a sprint with this number already. Please try again.",
        "sprints.sprint_index": (
            "There is a sprint with this number already. `/sprint list` shows them; please try again."
        ),
    },
    columns={
        "end_date": "the last day",
        "name": "the name",
        "start_date": "the first day",
    },
    fields={
        "end": "last day",
        "expected": "confirmation code",
        "count": "number of sprints",
        "name": "name",
        "reason": "reason",
        "sprint_id": "sprint",
        "start": "first day",
    },
    told={
        "sprint_index": "the place in the calendar",
    },
)

SUBJECT = Subject(
    name="sprints",
    deferrable=(
        AddSprint,
        ArchiveSprint,
        EditSprint,
    ),
    topic=Topic("sprints", "Sprints", "which sprints there are, and planning them", 3),
    needs={"sprint": "manager", "sprint current": "staff", "sprint list": "staff"},
    kept_tables=("sprints",),
    audited=("sprints",),
    invariants=INVARIANTS,
    visible=VISIBLE,
    wording=_WORDING,
    screens=_screens,
)

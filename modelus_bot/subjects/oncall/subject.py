"""Declares the subject `oncall`: who is on duty now and next, and how duty passes on."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject, Wording
from modelus_bot.subjects.oncall.invariants import INVARIANTS
from modelus_bot.subjects.oncall.model import TOPIC
from modelus_bot.subjects.oncall.visibility import VISIBLE
from modelus_bot.subjects.oncall.writes import HandoffNote, SetHolder

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.oncall.commands import OnCallCommands
    from modelus_bot.subjects.oncall.jobs import HandoffJob

    return Screens(commands=(OnCallCommands,), jobs=(HandoffJob,))


_WORDING = Wording(
    rows={
        "current_holders": "people on duty",
        "current_state": "records of the present sprint",
    },
    row={
        "current_state": "the current state",
        "current_holders": "somebody's duty",
    },
    ranges={
        "current_holders_source_known": ("The source of a duty", "rotation, override, manual or none"),
    },
    sentences={
        "unique_current_state": "There is only one current state. Please tell an administrator.",
    },
    taken={
        "current_state.id": "There is only one current state. Please try again.",
        "current_holders.discipline": "Somebody is on duty in this discipline already. Please try again.",
    },
    columns={
        "since": "the time it began",
    },
    fields={
        "discipline": "discipline",
        "member_id": "member",
        "name": "name",
        "reason": "reason",
        "text": "text",
    },
)

SUBJECT = Subject(
    name="oncall",
    deferrable=(
        HandoffNote,
        SetHolder,
    ),
    topic=TOPIC,
    needs={
        "oncall": "staff",
        "oncall calendar": "part",
        "oncall handoff": "part",
        "oncall mine": "anyone",
        "oncall role": "admin",
        "oncall set": "manager",
    },
    kept_tables=("current_state", "current_holders"),
    audited=("current_state",),
    invariants=INVARIANTS,
    visible=VISIBLE,
    wording=_WORDING,
    screens=_screens,
)

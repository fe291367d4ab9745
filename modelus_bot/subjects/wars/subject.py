"""Declares the subject `wars`: wars between nations."""

from __future__ import annotations

from modelus_bot.domain.map_tints import MapTint
from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.wars.queries import war_choices, war_groups
from modelus_bot.subjects.wars.visibility import VISIBLE

__all__ = ["SUBJECT"]

_SIDE = "A, B or other"
_LIVES = "0 to 20 billion"


def _screens() -> Screens:
    from modelus_bot.subjects.wars.commands import WarCommands

    return Screens(commands=(WarCommands,))


_WORDING = Wording(
    rows={"wars": "wars", "war_sides": "nations in wars", "war_events": "events of wars"},
    row={"wars": "a war", "war_sides": "a nation in a war", "war_events": "an event of a war"},
    ranges={
        "wars_name_length": ("The name of a war", "1 to 100 characters long"),
        "wars_status_known": ("The status of a war", "active or ended"),
        "wars_end_reason_length": ("How a war ended", "1 to 300 characters long"),
        "wars_casualties_range": ("The casualties of a war", _LIVES),
        "wars_description_length": ("The description of a war", "1 to 1000 characters long"),
        "war_sides_side_known": ("The side of a nation", _SIDE),
        "war_events_kind_known": ("The kind of an event", "started, joined, left, update or ended"),
        "war_events_side_known": ("The side of an event", _SIDE),
        "war_events_casualties_range": ("The casualties of an event", _LIVES),
        "war_events_note_length": ("The note of an event", "1 to 300 characters long"),
    },
    sentences={
        "wars_name_trimmed": (
            "The name of a war begins and ends with something that can be seen. Correct it and try again."
        ),
        "wars_ended_has_day": "A war has an end exactly when it has ended. Please tell an administrator.",
        "wars_order": "A war cannot end before it began. Give a later day.",
        "war_sides_order": "A nation cannot leave a war before it joined. Give a later day.",
    },
    taken={
        "wars.id": "There is a war with this number already. Please try again.",
        "wars.name": "A war of this name goes on already. Choose another name.",
        "war_sides.war_id, war_sides.nation_id": "The nation is in this war already.",
        "war_events.id": "There is an event with this number already. Please try again.",
    },
    columns={
        "casualties": "the casualties",
        "joined_on": "the day it joined",
        "kind": "the kind",
        "on_day": "the day",
        "side": "the side",
        "started_on": "the day it began",
        "war_id": "the war",
    },
    fields={
        "casualties": "casualties",
        "on": "day",
        "side": "side",
        "side_a": "one side",
        "side_b": "other side",
        "war_id": "war",
    },
    told={
        "A": "side A",
        "B": "side B",
        "end_reason": "how it ended",
        "ended_on": "the last day",
        "joined": "who joined",
        "left": "who left",
        "note": "the note",
        "on": "the day",
    },
)

_PERSONAL = (
    PersonalRows(
        table="wars",
        exported="SELECT * FROM wars WHERE created_by = :id ORDER BY id",
        stays="That you entered a war, under your number.",
    ),
    PersonalRows(
        table="war_events",
        exported="SELECT * FROM war_events WHERE by_user = :id ORDER BY id",
        stays="That you entered what happened in a war, under your number.",
    ),
)

SUBJECT = Subject(
    name="wars",
    topic=Topic("wars", "Wars", "who fights whom, since when, and what it cost", 2),
    needs={
        "war": "admin",
        "war list": "anyone",
        "war show": "anyone",
    },
    kept_tables=("wars", "war_sides", "war_events"),
    audited=("wars",),
    visible=VISIBLE,
    personal=_PERSONAL,
    map_tints=(
        MapTint(key="war", label="side in a war", groups=war_groups, choices=war_choices, what="a war"),
    ),
    wording=_WORDING,
    screens=_screens,
)

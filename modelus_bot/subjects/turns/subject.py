"""Declares the subject `turns`: the simulation's clock."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject, Wording
from modelus_bot.subjects.turns.visibility import VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.turns.jobs import TurnJob

    return Screens(jobs=(TurnJob,))


_WORDING = Wording(
    rows={"simulation_clock": "the simulation's clock"},
    row={"simulation_clock": "the simulation's clock"},
    told={"paused_at": "the time it was stopped"},
    ranges={
        "simulation_clock_one": ("The number of the simulation's clock", "1, because there is one"),
        "simulation_clock_turn_range": ("The number of a turn", "0 or more"),
        "simulation_clock_phase_known": ("The part of a turn", "idle, income or loans"),
        "simulation_clock_cursor_range": ("How far a turn is", "0 or more"),
    },
    taken={"simulation_clock.id": "The simulation's clock is set already."},
    columns={
        "cursor": "how far it is",
        "next_at": "the time of the next turn",
        "phase": "the part of the turn",
        "turn": "the turn",
    },
    fields={"begin": "whether it begins", "seconds": "length of a turn"},
)

SUBJECT = Subject(
    name="turns",
    audited=("simulation_clock",),
    visible=VISIBLE,
    wording=_WORDING,
    screens=_screens,
)

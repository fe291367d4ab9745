"""How far the simulation's clock is, and what a turn did or would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Phase", "SimulationClock", "TurnPreview", "TurnStep"]

Phase = Literal["idle", "income", "loans"]
"""What of a turn is under way: nothing, nations get their income, loans are settled."""


@dataclass(frozen=True, slots=True)
class SimulationClock:
    """The turn that was begun last, what of it is done, and when the next is due (UTC seconds)."""

    turn: int
    phase: Phase
    cursor: int
    next_at: int
    paused_at: int | None


@dataclass(frozen=True, slots=True)
class TurnStep:
    """A part of a turn that was done: of how many nations or loans, and whether it was the last."""

    turn: int
    phase: Phase
    count: int
    over: bool


@dataclass(frozen=True, slots=True)
class TurnPreview:
    """What the next turn would do if it came now; ``missed`` are codes of loans, some of them."""

    turn: int
    nations: int
    income: int
    loans: int
    interest: int
    paid: int
    missed: tuple[str, ...]
    missed_count: int
    defaulted: int

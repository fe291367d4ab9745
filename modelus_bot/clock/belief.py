"""Whether the machine's clock may be believed: pure decisions over what was seen of it.

An offset is what the machine's clock says minus the seconds since the machine was started, which nobody can
set. While the clock is right the offset stays the same, whatever passes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from modelus_bot.clock.steps import Step
from modelus_bot.config.clock import ClockSettings

__all__ = ["STARTING_SECONDS", "Belief", "Doubt", "DoubtReason", "Past", "begun", "looked", "told", "trusted"]

STARTING_SECONDS = 60.0
"""How long a machine that was just started waits for somebody who confirms its clock."""
KEPT_STEPS = 20
MARGIN = 3600.0
"""Seconds for which a clock may have been set without anybody looking."""


class DoubtReason(Enum):
    """Why the clock is not believed."""

    AHEAD = "ahead"
    """It was set ahead."""
    BEHIND = "behind"
    """It was set back, or says less than something that has been written already."""
    ABSENT = "absent"
    """So much has passed since the last run, if it is right, that somebody should confirm it."""
    STARTING = "starting"
    """The machine was just started and nobody has confirmed its clock yet."""
    CONTRADICTED = "contradicted"
    """Somebody with a clock of their own says otherwise."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A clock that is not believed: by how many seconds it seems to be ahead (negative: behind), and why.

    ``began`` and ``still`` say, in seconds since the machine was started, when that was noticed and since
    when the clock has not moved again. ``truth`` is the offset that somebody else gave. ``steps`` are what
    has to be left out of ages once the clock is believed as it is.
    """

    why: DoubtReason
    seconds: float
    offset: float
    began: float
    still: float
    truth: float | None = None
    steps: tuple[Step, ...] = ()
    lowest: float = 0.0
    """The least offset of that time; what was written then may have as old a stamp."""


@dataclass(frozen=True, slots=True)
class Belief:
    """What is held to be right: the offset, what ages leave out, and what speaks against it.

    ``confirmed`` says whether somebody else, or an administrator, has vouched for the clock as it is.
    ``excused`` is a difference to others' clocks that an administrator allowed. ``highest`` is the latest
    time that the clock was ever seen to say: nothing has a later stamp.
    """

    offset: float
    steps: tuple[Step, ...] = ()
    doubt: Doubt | None = None
    confirmed: bool = False
    excused: float | None = None
    highest: float = 0.0


@dataclass(frozen=True, slots=True)
class Past:
    """What is known from before: the time then, and, from a run of this program, which start of the machine.

    Without ``boot`` it is the time of the newest thing that was ever written.
    """

    wall: float
    offset: float = 0.0
    boot: str = ""
    steps: tuple[Step, ...] = ()
    excused: float | None = None
    highest: float = 0.0
    doubt: Doubt | None = None
    """What spoke against the clock; holds until the machine is started anew."""


def begun(past: Past | None, wall: float, steady: float, boot: str, settings: ClockSettings) -> Belief:
    """Return what to believe at a start."""
    offset = wall - steady
    if past is None:
        return Belief(offset, highest=wall)
    highest = max(past.highest, past.wall)
    known = Belief(past.offset, past.steps, excused=past.excused, highest=highest)
    if past.boot and past.boot == boot:
        return looked(replace(known, doubt=past.doubt), offset, steady, settings)
    gap, steps = wall - past.wall, past.doubt.steps if past.doubt is not None else ()
    known = replace(known, offset=past.wall - steady, steps=(*past.steps, *steps)[-KEPT_STEPS:])
    if gap < -settings.jump_seconds:
        return replace(known, doubt=Doubt(DoubtReason.BEHIND, gap, offset, steady, steady, lowest=offset))
    if gap > settings.absence_hours * 3600:
        step = Step(highest, gap)
        return replace(
            known, doubt=Doubt(DoubtReason.ABSENT, gap, offset, steady, steady, None, (step,), offset)
        )
    doubt = Doubt(DoubtReason.STARTING, 0.0, offset, steady, steady, lowest=offset) if past.boot else None
    return replace(known, offset=offset, doubt=doubt)


def looked(belief: Belief, offset: float, steady: float, settings: ClockSettings) -> Belief:
    """Return the belief after a look at the clock, ``steady`` seconds after the machine was started."""
    after = _looked(belief, offset, steady, settings)
    return after if after.highest >= offset + steady else replace(after, highest=offset + steady)


def _looked(belief: Belief, offset: float, steady: float, settings: ClockSettings) -> Belief:
    doubt = belief.doubt
    if doubt is None:
        if _same(offset, belief.offset, settings):
            return belief if offset == belief.offset else replace(belief, offset=offset)
        return replace(belief, doubt=_jumped(None, belief, offset, steady), confirmed=False)
    was_set = doubt.why in {DoubtReason.AHEAD, DoubtReason.BEHIND} and doubt.truth is None
    if not _same(offset, doubt.offset, settings):
        doubt = _jumped(doubt, belief, offset, steady)
    belief = replace(belief, doubt=replace(doubt, offset=offset))
    if doubt.truth is not None and _same(offset, doubt.truth, settings):
        return _accepted(belief, offset, confirmed=True)
    if was_set and _same(offset, belief.offset, settings):
        return _put_right(belief, doubt, offset, settings)
    waits = STARTING_SECONDS if doubt.why is DoubtReason.STARTING else settings.steady_minutes * 60
    if doubt.why is not DoubtReason.CONTRADICTED and steady - doubt.still >= waits:
        return _accepted(belief, offset, confirmed=False)
    return belief


def told(belief: Belief, error: float, offset: float, steady: float, settings: ClockSettings) -> Belief:
    """Return the belief after somebody else's clock was seen, to which ours is ``error`` seconds ahead."""
    belief = looked(belief, offset, steady, settings)
    if abs(error) <= settings.jump_seconds:
        return replace(_accepted(belief, offset, confirmed=True), excused=None)
    if belief.excused is not None and abs(error - belief.excused) <= settings.jump_seconds:
        return belief
    before = belief.doubt
    began, lowest = steady, offset
    steps: tuple[Step, ...] = ()
    if before is not None:
        began, steps, lowest = before.began, before.steps, min(offset, before.lowest)
    doubt = Doubt(DoubtReason.CONTRADICTED, error, offset, began, steady, offset - error, steps, lowest)
    return replace(belief, doubt=doubt, confirmed=False)


def trusted(belief: Belief, offset: float) -> Belief:
    """Return the belief after an administrator has said that the clock is right as it is."""
    doubt = belief.doubt
    contradicted = doubt is not None and doubt.why is DoubtReason.CONTRADICTED
    excused = doubt.seconds if doubt is not None and contradicted else belief.excused
    return replace(_accepted(belief, offset, confirmed=True), excused=excused)


def _same(offset: float, other: float, settings: ClockSettings) -> bool:
    return abs(offset - other) <= settings.jump_seconds


def _jumped(doubt: Doubt | None, belief: Belief, offset: float, steady: float) -> Doubt:
    """Return the doubt about a clock that has just moved, from where it was before."""
    before = belief.offset if doubt is None else doubt.offset
    steps = () if doubt is None else doubt.steps
    if offset > before:
        steps = (*steps, Step(max(belief.highest, before + steady), offset - before))
    seconds = offset - belief.offset
    why = DoubtReason.AHEAD if seconds > 0 else DoubtReason.BEHIND
    truth = None if doubt is None else doubt.truth
    lowest = offset if doubt is None else min(offset, doubt.offset, doubt.lowest)
    began = steady if doubt is None else doubt.began
    return Doubt(why, seconds, offset, began, steady, truth, steps, lowest)


def _put_right(belief: Belief, doubt: Doubt, offset: float, settings: ClockSettings) -> Belief:
    """Return the belief in a clock that says again what it should; it may have been behind meanwhile."""
    fell = offset - doubt.lowest
    if fell <= settings.jump_seconds:
        return replace(belief, offset=offset, doubt=None)
    step = Step(belief.highest, fell, doubt.lowest + doubt.began - MARGIN)
    return replace(belief, offset=offset, doubt=None, steps=(*belief.steps, step)[-KEPT_STEPS:])


def _accepted(belief: Belief, offset: float, *, confirmed: bool) -> Belief:
    """Return the belief in the clock as it is; what it jumped is left out of the ages of what was before.

    An absence that somebody vouches for has really passed.
    """
    doubt = belief.doubt
    steps = () if doubt is None or (doubt.why is DoubtReason.ABSENT and confirmed) else doubt.steps
    kept = (*belief.steps, *steps)[-KEPT_STEPS:]
    return replace(belief, offset=offset, steps=kept, doubt=None, confirmed=confirmed or belief.confirmed)

"""Which file the bot goes on with when the present one is not what it should be: the pure decision.

One rule stands over it: nothing takes the file's place that has less than what can still be had. Whatever
any source of this history still has of the audit trail must be in what the bot goes on with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from modelus_bot.database.core.audit.runs import Runs, count_of, joined, lacking

__all__ = ["Action", "Holding", "RecoveryDecision", "decide"]


@dataclass(frozen=True, slots=True)
class Holding:
    """What one source has: ``changes`` are the runs of its audit entries, ``rows`` how many rows it has.

    ``usable``: its structure can be worked with. ``whole``: it passes every check and nothing of it is in
    doubt. ``ours``: its audit trail agrees with the present history. ``as_is`` is the file in its place.
    """

    name: str
    changes: Runs = ()
    rows: int = 0
    usable: bool = True
    whole: bool = True
    ours: bool = True
    as_is: bool = False

    @property
    def last(self) -> int:
        """The newest audit entry."""
        return self.changes[-1][1] if self.changes else 0


class Action(StrEnum):
    """What to do: go on with the file, put a source in its place, or a source completed from others."""

    KEEP = "keep"
    TAKE = "take"
    JOIN = "join"
    ASK = "ask"
    """Nothing can be used: serve nothing, and let a person decide."""


@dataclass(frozen=True, slots=True)
class RecoveryDecision:
    """What to do, with which source, completed from which, and what the result must have.

    ``bases`` are sources to try as the first one, best first; for ``JOIN`` each is completed from all others.
    ``lost`` counts acknowledged entries that no source has any more.
    """

    action: Action
    bases: tuple[str, ...] = ()
    changes: Runs = ()
    lost: int = 0


def decide(holdings: Sequence[Holding], reached: int) -> RecoveryDecision:
    """Decide; ``reached`` is the newest audit entry that is known to have been acknowledged, 0 for none.

    ``KEEP`` where the file is whole and has everything; else ``TAKE`` a whole source that has everything;
    else ``JOIN``; ``ASK`` where no source of this history can be used.
    """
    ours = [holding for holding in holdings if holding.ours and holding.usable]
    changes = joined(run for our in ours for run in our.changes)
    newest = changes[-1][1] if changes else 0
    lost = max(0, reached - newest)
    complete = [our for our in ours if our.whole and not lacking(changes, our.changes)]
    if any(item.as_is for item in complete):
        kept = next(item.name for item in complete if item.as_is)
        return RecoveryDecision(Action.KEEP, (kept,), changes, lost)
    if complete:
        fullest = max(complete, key=lambda item: item.rows)
        return RecoveryDecision(Action.TAKE, (fullest.name,), changes, lost)
    bases = tuple(our.name for our in sorted(ours, key=_worth, reverse=True) if not our.as_is)
    return RecoveryDecision(Action.JOIN if bases else Action.ASK, bases, changes, lost)


def _worth(holding: Holding) -> tuple[int, bool, int, int]:
    """Newest first, then what passes every check, then what has more."""
    return holding.last, holding.whole, count_of(holding.changes), holding.rows

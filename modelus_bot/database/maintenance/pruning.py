"""Pruning: rows that have served their time go, in batches that nobody notices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from modelus_bot.database.core.operation import Query, Write
from modelus_bot.database.maintenance.facts import FileFacts
from modelus_bot.database.maintenance.run_request import GivenUp, RunRequest, TaskDecision
from modelus_bot.database.maintenance.task_context import TaskContext

__all__ = ["BATCH", "DAY", "Key", "PruneTask", "Pruning"]

BATCH = 500
"""Rows that one write removes at most."""

DAY = 86_400

DOUBTED = "kept, because the machine's clock cannot be believed at present, nor how old they are"

Key = int | str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pruning:
    """A kind of rows and how long it is kept.

    ``find(tx, before, after, limit)`` returns keys greater than ``after`` in order, ``first`` being less than
    all, of rows that were done with before ``before`` (UTC seconds). ``remove(keys, before)`` makes the write
    that removes those rows if that is still so, and returns how many. Rows of kept ``requests`` stay while
    something may still be repeated under their id. ``setting`` names the setting of maintenance that says
    how many days instead; with 0 nothing is ever removed.
    """

    name: str
    why: str
    days: int
    early_days: int
    first: Key
    find: Query[[int, Any, int], tuple[Any, ...]]
    remove: Callable[[Sequence[Any], int], Write[int]]
    requests: bool = False
    setting: str = ""


class PruneTask:
    """Removes one kind of rows: the long reader looks for them, the writer only deletes by key."""

    def __init__(self, pruning: Pruning) -> None:
        """Take over what to remove."""
        self._pruning = pruning
        self.name = pruning.name
        self.why = pruning.why

    def days(self, order: RunRequest) -> int:
        """Return for how many days rows are kept this time."""
        return self._pruning.early_days if order.early else self._pruning.days

    def decide(self, facts: FileFacts, order: RunRequest) -> TaskDecision:
        """Always due, unless ids must be kept because it is not known yet which of them are needed."""
        if self._pruning.requests and facts.trail_waits:
            return TaskDecision(
                due=False,
                because="kept, because entries of the audit trail still wait to be merged",
                refused=True,
            )
        return TaskDecision(due=True, because=f"kept for {self.days(order)} days")

    async def run(self, work: TaskContext, order: RunRequest) -> str:
        """Remove batch by batch; what was removed before a failure stays so. Raises ``DatabaseError``."""
        pruning = self._pruning
        days = self.days(order)
        if (cutoff := work.clock.cutoff(days * DAY)) is None:
            raise GivenUp(DOUBTED)
        before, after, removed = int(cutoff), pruning.first, 0
        while keys := await work.read(pruning.find, before, after, BATCH):
            after = keys[-1]
            going = _without(keys, work.repeatable()) if pruning.requests else keys
            if going:
                removed += await work.write(pruning.remove(going, before))
                work.tell(f"{pruning.name}: {removed} removed")
            await work.breathe()
        return f"{removed} removed, older than {days} days" if removed else f"nothing older than {days} days"


def _without(keys: Sequence[Any], kept: Collection[str]) -> tuple[Any, ...]:
    held = frozenset(kept)
    return tuple(key for key in keys if key not in held)

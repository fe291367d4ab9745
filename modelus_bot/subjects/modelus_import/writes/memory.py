"""What is remembered of the original bot's rows, and which nation here is one of its."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.subjects.imports.writes.memory import LeftOut, SourceMemory
from modelus_bot.subjects.nations.model import Nation
from modelus_bot.subjects.nations.queries.records import nation

__all__ = ["MEMORY", "nation_taken"]

MEMORY = SourceMemory("modelus")


def nation_taken(tx: Transaction, number: str) -> Nation:
    """Return what a nation became; raises ``LeftOut`` where it was not taken in, or is archived by now."""
    before = MEMORY.found(tx, "nations", number)
    found = nation(tx, before.id) if before is not None else None
    if found is None:
        raise LeftOut(f"its nation was left out: nation {number}")
    if found.status == "archived":
        raise LeftOut(f"its nation is archived here: nation {number}")
    return found

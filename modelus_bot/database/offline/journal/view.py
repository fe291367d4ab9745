"""A look at a journal's file from outside, also beside the running bot: nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from modelus_bot.database.core.append_file import journal_path
from modelus_bot.database.core.framing import scan
from modelus_bot.database.offline.journal.entry import JournalEntry, Settled
from modelus_bot.database.offline.journal.state import JournalState

__all__ = ["JournalContents"]


@dataclass(frozen=True, slots=True)
class JournalContents:
    """What a journal's file holds: who waits, in order, what was decided but not told yet, damaged pieces."""

    path: Path
    waiting: tuple[JournalEntry, ...] = ()
    settled: tuple[Settled, ...] = ()
    damaged: int = 0

    @classmethod
    def read(cls, database: Path) -> Self:
        """Read the journal of a database; one that does not exist holds nothing. Raises ``OSError``."""
        path = journal_path(database)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return cls(path)
        found = scan(content)
        state, strange = JournalState.of(found.bodies)
        damaged = len(found.damaged) + len(strange)
        return cls(path, tuple(state.in_order()), tuple(state.settled.values()), damaged)

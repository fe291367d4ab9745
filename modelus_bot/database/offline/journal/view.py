"""A look at a journal's file from outside, also beside the running bot: nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from modelus_bot.database.core.framing import scan
from modelus_bot.database.offline.journal.entry import JournalEntry, Settled
from modelus_bot.database.offline.journal.state import JournalState

__all__ = ["JournalContents", "journal_contents"]


@dataclass(frozen=True, slots=True)
class JournalContents:
    """What a journal's file holds: who waits, in order, what was decided but not told yet, damaged pieces."""

    waiting: tuple[JournalEntry, ...] = ()
    settled: tuple[Settled, ...] = ()
    damaged: int = 0


def journal_contents(path: Path) -> JournalContents:
    """Read a journal's file; one that does not exist holds nothing. Raises ``OSError``."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return JournalContents()
    found = scan(content)
    ledger, strange = JournalState.of(found.bodies)
    return JournalContents(
        tuple(ledger.in_order()), tuple(ledger.settled.values()), len(found.damaged) + len(strange)
    )

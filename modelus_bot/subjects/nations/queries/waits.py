"""Until when a nation waits; read in changes only."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction

__all__ = ["waits_until"]

_UNTIL = "SELECT until FROM cooldowns WHERE nation_id = ? AND command = ?"


def waits_until(tx: ReadTransaction, nation_id: int, command: str) -> int | None:
    """Return until when (UTC seconds) it was to wait; None if never."""
    found: int | None = tx.fetch_value(_UNTIL, (nation_id, command))
    return found

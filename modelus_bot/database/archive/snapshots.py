"""Full copies into the archive, made on our schedule and only of a database that has passed its check.

The program copies a damaged file without a word, and a full copy of damage is the first thing a later
restore would read. So it never makes one by itself: it is stopped for a moment, run once for the copy, and
started again; meanwhile the database's write-ahead log keeps what is committed. Old copies are deleted in
the same run, never the newest one that reaches back over the whole retention.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from loguru import logger

__all__ = ["Gate", "allowed", "keep_hours"]

Gate = Callable[[], Awaitable[bool]]
"""Says whether the database is sound right now; may take seconds."""

HOUR = 3600


async def allowed(gate: Gate) -> bool:
    """Ask the gate; one that fails to answer has not said yes."""
    try:
        return await gate()
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the database has not been found sound
        logger.bind(error=repr(error)).error("archive_gate_failed")
        return False


def keep_hours(snapshots: Sequence[float], retention_hours: int, now: float) -> int | None:
    """Return how many hours of full copies must stay for every moment of the retention to be restorable.

    That reaches back to the newest copy older than the retention: moments after it are restored from it.
    None when there is no such copy yet, so that nothing may be deleted. ``snapshots`` and ``now`` are UTC
    seconds.
    """
    oldest_needed = now - retention_hours * HOUR
    bases = [moment for moment in snapshots if moment <= oldest_needed]
    if not bases:
        return None
    return int((now - max(bases)) // HOUR) + 2

"""Remembers that nothing usable was found, so that the same long search is not made at every probe."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.errors import CorruptionDetected, DatabaseError
from modelus_bot.database.core.sidecar_paths import parts_of

__all__ = ["SearchBackoff"]

FIRST, LONGEST = 60.0, 1800.0

Signature = tuple[tuple[int, int, int] | None, ...]


class SearchBackoff:
    """Pauses of ``FIRST`` seconds, doubling up to ``LONGEST``, while file and copies stay as they are.

    A file that is put in place by hand, or a copy that is added, is looked at right away.
    """

    def __init__(self, database: Path, *folders: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Remember what to look at: the database, and the folders of copies and of quarantine."""
        self._watched = (*parts_of(database)[:2], *folders)
        self._clock = clock
        self._signature: Signature | None = None
        self._pause = FIRST
        self._until = 0.0
        self._why = ""

    def due(self) -> bool:
        """Say whether a search may find something that the last one did not; blocking."""
        if self._signature is not None and self._seen() != self._signature:
            self._signature, self._pause = None, FIRST
        return self._signature is None or self._clock() >= self._until

    def over(self) -> bool:
        """Say whether there was a search in vain and another one is due; blocking."""
        return self._signature is not None and self.due()

    def check(self) -> None:
        """Raise ``CorruptionDetected`` unless a search is due; blocking."""
        if not self.due():
            raise CorruptionDetected(self._why)

    def note(self, error: DatabaseError) -> None:
        """Remember a search that failed, unless it was the pause that refused it; blocking."""
        if self._signature is not None and not self.due():
            return
        self._signature, self._why = self._seen(), error.detail
        self._until = self._clock() + self._pause
        logger.bind(error=error.detail, seconds=self._pause).warning("recovery_in_vain")
        self._pause = min(LONGEST, self._pause * 2)

    def _seen(self) -> Signature:
        return tuple(_stat(path) for path in self._watched)


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns

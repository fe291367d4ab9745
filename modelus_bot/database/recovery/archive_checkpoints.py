"""When the archive's program moves the -wal into the main file, and who hears of it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from modelus_bot.clock.clock import Clock
from modelus_bot.database.checksums import PageChecksums
from modelus_bot.database.engine import Epoch, OpenFiles, wal_bytes, worth_moving, written_at

__all__ = ["ArchiveCheckpoints"]


class ArchiveCheckpoints:
    """Has it checkpoint as ``Checkpointer`` does without it, and lets ``files`` expect its writes."""

    def __init__(
        self, path: Path, epoch: Epoch, checksums: PageChecksums, files: OpenFiles, clock: Clock
    ) -> None:
        """Look at the database at ``path``; nothing is touched."""
        self._path = path
        self._epoch = epoch
        self._checksums = checksums
        self._files = files
        self._clock = clock

    def due(self) -> bool:
        """Say whether the program should checkpoint now."""
        if self._epoch.owed:
            return False
        unwritten = abs(self._clock() - written_at(self._path) / 1e9)
        return worth_moving(self._checksums.frames, wal_bytes(self._path), unwritten)

    def being_written(self) -> AbstractContextManager[None]:
        """Let the main file be written to meanwhile."""
        return self._files.being_written()

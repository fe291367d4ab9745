"""What the archive raises besides ``AlreadyRunning`` and ``BackupFailed``."""

from __future__ import annotations

from typing import Any

from modelus_bot.database.core.errors import BackupFailed, StorageFailed

__all__ = ["ArchiveUnavailable", "MomentUnavailable"]


class ArchiveUnavailable(StorageFailed):
    """The archive is not running, or its target cannot be reached: what is committed is not archived yet."""


class MomentUnavailable(BackupFailed):
    """The moment asked for is not in the archive; ``earliest`` and ``latest`` (UTC seconds) say what is."""

    def __init__(
        self, detail: str = "", *, earliest: float | None = None, latest: float | None = None, **more: Any
    ) -> None:
        """Keep what could have been asked for; both are None when the archive holds nothing."""
        super().__init__(detail, **more)
        self.earliest = earliest
        self.latest = latest

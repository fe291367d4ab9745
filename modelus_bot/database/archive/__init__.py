"""The continuous archive: every commit copied within moments, and any moment of the retention restorable."""

from modelus_bot.database.archive.archive import Archive
from modelus_bot.database.archive.failures import ArchiveUnavailable, MomentUnavailable
from modelus_bot.database.archive.status import ArchiveStatus

__all__ = ["Archive", "ArchiveStatus", "ArchiveUnavailable", "MomentUnavailable"]

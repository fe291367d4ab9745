"""Verified copies of the database: made while it is used, kept by rule, never trusted unchecked.

Promise: a copy counts when it was read back whole; nobody's write waits for one noticeably; retention never
removes the newest that is good, nor by a clock that is doubted. "Cannot be read", "cannot be used" and "is
not there" are three answers (``listing``).

Way in: ``BackupManager``. Owner: ``recovery.Protection``; ``async with`` starts its schedule.
"""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.backup.listing import BackupListing, Unlisted
    from modelus_bot.database.backup.manager import BackupManager
    from modelus_bot.database.backup.manifest import BackupManifest, Moment
    from modelus_bot.database.backup.naming import MANIFEST
    from modelus_bot.database.backup.schedule import due_in
    from modelus_bot.database.backup.selection import newer_migrations

__all__ = [
    "MANIFEST",
    "BackupListing",
    "BackupManager",
    "BackupManifest",
    "Moment",
    "Unlisted",
    "due_in",
    "newer_migrations",
]

__getattr__ = lazy_names(
    __name__,
    {
        "BackupListing": "backup.listing",
        "BackupManager": "backup.manager",
        "BackupManifest": "backup.manifest",
        "MANIFEST": "backup.naming",
        "Moment": "backup.manifest",
        "Unlisted": "backup.listing",
        "due_in": "backup.schedule",
        "newer_migrations": "backup.selection",
    },
)

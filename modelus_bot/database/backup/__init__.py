"""Verified copies of the database: made while it is used, kept by rule, never trusted unchecked."""

from typing import TYPE_CHECKING

from modelus_bot.database.late import late_names

if TYPE_CHECKING:
    from modelus_bot.database.backup.manager import BackupManager
    from modelus_bot.database.backup.manifest import Manifest

__all__ = ["BackupManager", "Manifest"]

__getattr__ = late_names(__name__, {"BackupManager": "manager", "Manifest": "manifest"})

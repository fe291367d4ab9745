"""Verified copies of the database: made while it is used, kept by rule, never trusted unchecked."""

from modelus_bot.database.backup.manager import BackupManager
from modelus_bot.database.backup.manifest import Manifest

__all__ = ["BackupManager", "Manifest"]

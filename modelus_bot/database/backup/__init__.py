"""Verified copies of the database: made while it is used, kept by rule, never trusted unchecked.

The names are looked up when they are used: a child that runs one of the jobs here would otherwise
import all that only the bot's process needs.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelus_bot.database.backup.manager import BackupManager
    from modelus_bot.database.backup.manifest import Manifest

__all__ = ["BackupManager", "Manifest"]

_HOMES = {
    "BackupManager": "modelus_bot.database.backup.manager",
    "Manifest": "modelus_bot.database.backup.manifest",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)

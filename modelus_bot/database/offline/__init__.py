"""Offline."""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.offline.fallback import Fallback
    from modelus_bot.database.offline.reconnection import Reconnection
    from modelus_bot.database.offline.snapshot.folder import snapshot_folder

__all__ = ["Fallback", "Reconnection", "snapshot_folder"]

__getattr__ = lazy_names(
    __name__,
    {
        "Fallback": "offline.fallback",
        "Reconnection": "offline.reconnection",
        "snapshot_folder": "offline.snapshot.folder",
    },
)

"""Keeping the file in shape: optimising, checkpoints, vacuuming, pruning, and a reserve of disk space."""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.maintenance.maintenance import Maintenance

__all__ = ["Maintenance"]

__getattr__ = lazy_names(
    __name__,
    {
        "Maintenance": "maintenance.maintenance",
    },
)

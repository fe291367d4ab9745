"""Keeping the file in shape: statistics, checkpoints, vacuuming, pruning.

Promise: one run at a time, in steps that let writers pass (``task_context``); nothing is rewritten without
space for it; what is pruned is old by a clock that is believed.

Way in: ``Maintenance.run(RunRequest)``. Owner: the manager, which waits for it when closing.
"""

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

"""What serves people while the database is away, and what happens first when it is back.

Promise: a deferrable write that was answered is in a file on the disk and is made once, in order
(``journal``); kept queries answer from the last snapshot and say how old it is (``snapshot``); hot answers
come from memory until the next commit (``hot_reads``); disk space is held back for the day it runs out
(``reserve``, ``space``). How long anybody waits for the database before that is decided by ``wait_policy``.

Way in: ``Fallback`` owns these; ``Reconnection`` has the order of the way back.
Owner: the manager, which enters and leaves it.
"""

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

"""The continuous archive: every commit copied within moments, and any moment of the retention restorable.

Promise: Litestream does the copying and never touches the file unseen: it is locked, supervised, told when
to copy (``sync_loop``), made to checkpoint by the bot alone (``checkpoint_trigger``), and gets a full copy
only of a file that passed its check.

Way in: ``Archive``. Owner: ``recovery.Protection``; its program dies with the bot.
"""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.archive.archive import Archive
    from modelus_bot.database.archive.litestream_config import meta_folder

__all__ = ["Archive", "meta_folder"]

__getattr__ = lazy_names(
    __name__,
    {
        "Archive": "archive.archive",
        "meta_folder": "archive.litestream_config",
    },
)

"""What works on one file, put together: opened in order, closed in reverse.

Promise: open is all or nothing; a file that cannot be written to is opened for reading alone.
Way in: ``Engine``. Owner: the manager. Nothing here decides what to do about failures.
"""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.composition.engine import Engine

__all__ = ["Engine"]

__getattr__ = lazy_names(
    __name__,
    {
        "Engine": "composition.engine",
    },
)

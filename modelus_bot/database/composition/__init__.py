"""What works on one file, put together and opened and closed in order."""

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

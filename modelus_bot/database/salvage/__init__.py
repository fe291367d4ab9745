"""Every row that a damaged file still holds, read without SQLite into a new file.

Promise: a row is taken only where its bytes prove what they are; where two tables could own it, neighbours
and parents decide (``evidence``); every row that could not be taken is counted with its reason.

Way in: the child job ``salvage`` and its ``SalvageReport``. Owner: a child process; the bot's own never
parses damage.
"""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.salvage.filling import is_refusal
    from modelus_bot.database.salvage.layouts import AUDIT, Layout, read_reference
    from modelus_bot.database.salvage.report import SalvageReport

__all__ = ["AUDIT", "Layout", "SalvageReport", "is_refusal", "read_reference"]

__getattr__ = lazy_names(
    __name__,
    {
        "AUDIT": "salvage.layouts",
        "Layout": "salvage.layouts",
        "SalvageReport": "salvage.report",
        "is_refusal": "salvage.filling",
        "read_reference": "salvage.layouts",
    },
)

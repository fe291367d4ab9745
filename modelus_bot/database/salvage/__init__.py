"""Reading database files without SQLite: what a file is, and every row that a damaged one still holds."""

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

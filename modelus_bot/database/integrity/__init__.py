"""Looking for damage and for rows that break rules, in files of any kind."""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.integrity.budget import Budget
    from modelus_bot.database.integrity.check import check_file
    from modelus_bot.database.integrity.opening import opened, with_any_text
    from modelus_bot.database.integrity.quarantine import QuarantineReport, QuarantineRows, quarantine_file
    from modelus_bot.database.integrity.report import CheckReport

__all__ = [
    "Budget",
    "CheckReport",
    "QuarantineReport",
    "QuarantineRows",
    "check_file",
    "opened",
    "quarantine_file",
    "with_any_text",
]

__getattr__ = lazy_names(
    __name__,
    {
        "Budget": "integrity.budget",
        "CheckReport": "integrity.report",
        "QuarantineReport": "integrity.quarantine",
        "QuarantineRows": "integrity.quarantine",
        "check_file": "integrity.check",
        "opened": "integrity.opening",
        "quarantine_file": "integrity.quarantine",
        "with_any_text": "integrity.opening",
    },
)

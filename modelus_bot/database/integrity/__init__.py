"""Looking for damage, and for rows that break rules, in files of any kind.

Promise: a check never raises, never hangs and never changes what it looks at (``check``, ``budget``); what
a file is, is said before it is believed (``recognition``). Rows that break a rule are moved whole into
``quarantined_rows``, or put right where the rule says how, inside one transaction.

Way in: ``check_file`` (in a child: ``CheckReport``), ``quarantine_file``, ``QuarantineRows``,
``Recognised.at``.
Owner: nobody; everything works on a path or a transaction it is given.
"""

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

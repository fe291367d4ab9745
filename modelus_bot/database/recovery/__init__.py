"""What happens when the file is damaged, moved, deleted or to be replaced: one newest good state wins."""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.recovery.protection import Protection
    from modelus_bot.database.recovery.read_only_opening import made_readable
    from modelus_bot.database.recovery.recovery_outcome import Recovered
    from modelus_bot.database.recovery.search_backoff import SearchBackoff
    from modelus_bot.database.recovery.startup_checks import create_file

__all__ = ["Protection", "Recovered", "SearchBackoff", "create_file", "made_readable"]

__getattr__ = lazy_names(
    __name__,
    {
        "Protection": "recovery.protection",
        "Recovered": "recovery.recovery_outcome",
        "SearchBackoff": "recovery.search_backoff",
        "create_file": "recovery.startup_checks",
        "made_readable": "recovery.read_only_opening",
    },
)

"""What happens when the file is damaged, moved, deleted, replaced or to be replaced.

Promise: nothing is put in the file's place automatically unless it holds, by the audit log, everything that
the present file can still give; where it would not, both are joined, or the bot asks (``decision``, a pure
function whose table is in docs/reliability.md). Damage counts when it was seen twice
(``damage_confirmation``).

Way in: ``Protection`` builds everything that keeps one file safe. At the start ``startup_checks``; while
running ``file_monitor`` sees, ``response_table`` decides (pure functions, the table is its docstring) and
``damage_response`` does it: ``undelete``, ``recover``, ``atomic_swap``. ``restore_request`` is what
administrators ask for, ``drill`` its rehearsal. Owner: the manager gets it; ``composition.Engine`` opens
and closes its parts.
"""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.recovery.protection import Protection
    from modelus_bot.database.recovery.read_only_opening import made_readable
    from modelus_bot.database.recovery.startup_checks import create_file

__all__ = ["Protection", "create_file", "made_readable"]

__getattr__ = lazy_names(
    __name__,
    {
        "Protection": "recovery.protection",
        "create_file": "recovery.startup_checks",
        "made_readable": "recovery.read_only_opening",
    },
)

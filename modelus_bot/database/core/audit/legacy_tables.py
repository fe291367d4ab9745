"""Tables with damaged chains, kept as they were: ``audit_logs_damaged_1`` and so on."""

from __future__ import annotations

import re
from collections.abc import Iterable

from modelus_bot.database.core.names import with_names

__all__ = ["FIND_PRESERVED", "PREFIX", "kept_as_it_is", "next_name", "preserved_names"]

PREFIX = "audit_logs_damaged_"
"""What the names of preserved tables begin with; the schema's comparison leaves them out."""

FIND_PRESERVED = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'audit_logs_damaged_[0-9]*'"
)
_NO_INSERT = (
    "CREATE TRIGGER {no_insert} BEFORE INSERT ON {kept}"
    " BEGIN SELECT RAISE(ABORT, 'audit log is append-only'); END"
)
_NO_UPDATE = (
    "CREATE TRIGGER {no_update} BEFORE UPDATE ON {kept}"
    " BEGIN SELECT RAISE(ABORT, 'audit log is append-only'); END"
)
_NO_DELETE = (
    "CREATE TRIGGER {no_delete} BEFORE DELETE ON {kept}"
    " BEGIN SELECT RAISE(ABORT, 'audit log is append-only'); END"
)
_BY_RECORD = "CREATE INDEX {by_record} ON {kept} (table_name, record_id, id DESC)"
_BY_AUTHOR = "CREATE INDEX {by_author} ON {kept} (changed_by, id DESC)"
_NAME = re.compile(rf"{PREFIX}([1-9][0-9]{{0,8}})")


def preserved_names(found: Iterable[str]) -> tuple[str, ...]:
    """Return the preserved tables among ``found``, in the order in which they were set aside."""
    numbered = [(int(match[1]), match[0]) for name in found if (match := _NAME.fullmatch(name))]
    return tuple(name for _, name in sorted(numbered))


def next_name(found: Iterable[str]) -> str:
    """Return the name for one more."""
    names = preserved_names(found)
    last = int(names[-1].removeprefix(PREFIX)) if names else 0
    return f"{PREFIX}{last + 1}"


def kept_as_it_is(kept: str) -> tuple[str, ...]:
    """Return the statements that forbid every change of a preserved table and index it for looking up."""
    parts = ("no_insert", "no_update", "no_delete", "by_record", "by_author")
    names = {part: f"{kept}_{part}" for part in parts}
    statements = (_NO_INSERT, _NO_UPDATE, _NO_DELETE, _BY_RECORD, _BY_AUTHOR)
    return tuple(with_names(statement, kept=kept, **names) for statement in statements)

"""Tables with damaged chains, kept as they were: ``audit_logs_damaged_1`` and so on."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["FIND_PRESERVED", "PREFIX", "next_name", "preserved_names"]

PREFIX = "audit_logs_damaged_"
"""What the names of preserved tables begin with; the schema's comparison leaves them out."""

FIND_PRESERVED = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'audit_logs_damaged_[0-9]*'"
)
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

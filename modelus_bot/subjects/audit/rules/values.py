"""Values of entries in words: people, nations, moments, figures, yes and no. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from modelus_bot.domain.table_words import value_called
from modelus_bot.subjects.audit.model import AuditView
from modelus_bot.subjects.nations.rules.figures import FIGURES, shown

__all__ = ["MOMENTS", "NATIONS", "PEOPLE", "nations_in", "simple_words"]

PEOPLE = frozenset(
    {
        "assigned_to", "assigned_user_id", "author_id", "created_by", "decided_by", "discord_id",
        "original_id", "recipient_id", "replacement_id", "reporter_id", "requested_by", "sender_id",
        "user_id",
    }
)  # fmt: skip
"""Values that are people, or several."""
NATIONS = frozenset({"nation_id", "joined", "left", "A", "B"})
"""Values that are nations, or several."""
MOMENTS = re.compile(r".*_at|.*_until|until|respond_by|.*_before")
"""Values that are UTC seconds."""
MINUTES = frozenset({"quiet_from", "quiet_to"})
_WORDS = re.compile(r"[a-z]+(_[a-z]+)+")
_HOUR = 60


def nations_in(entries: Iterable[AuditView]) -> set[int]:
    """Return the numbers of all nations that entries name."""
    return {number for entry in entries for pair in _of_nations(entry) for number in _numbers(pair)}


def _of_nations(entry: AuditView) -> Iterator[Any]:
    for key, pair in entry.changes().items():
        if key in NATIONS:
            yield from pair
    if entry.table == "nations" and entry.record_id.isdecimal():
        yield int(entry.record_id)


def _numbers(value: Any) -> Iterator[int]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, int) and 0 < one < 2**63:
            yield one


def simple_words(table: str, key: str, value: Any) -> str:
    """Return a value that is neither a person nor a nation nor a moment, as people write it."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool) or (value in (0, 1) and value_called(key).startswith("whether ")):
        return "yes" if value else "no"
    if table == "nations" and key in FIGURES and isinstance(value, int):
        return shown(key, value)
    if key in MINUTES and isinstance(value, int):
        return f"{value // _HOUR:02d}:{value % _HOUR:02d}"
    text = str(value)
    return text.replace("_", " ") if _WORDS.fullmatch(text) else text or "nothing"

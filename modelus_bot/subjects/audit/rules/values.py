"""Values of entries in words: people, what has a name, moments, figures, yes and no. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from modelus_bot.domain.table_words import value_called
from modelus_bot.subjects.audit.model import AuditView
from modelus_bot.subjects.nations.rules.figures import FIGURES, shown

__all__ = ["MOMENTS", "NAMED", "REFERS", "Names", "Reference", "references_in", "simple_words"]

Reference = tuple[str, int]
"""A row that a value or an entry is about: its table and number."""
Names = Mapping[Reference, str]

NAMED = frozenset({"nations", "laws", "tags", "wars", "sprints", "users"})
"""Tables whose rows have a name that people know them by."""
REFERS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "nation_id", "nation_a", "nation_b", "nations", "lender_id", "borrower_id", "proposed_by",
            "joined", "left", "A", "B",
        ),
        "nations",
    ),
    **dict.fromkeys(
        (
            "assigned_to", "assigned_user_id", "author_id", "created_by", "decided_by", "discord_id",
            "original_id", "recipient_id", "replacement_id", "reporter_id", "requested_by", "sender_id",
            "ended_by", "user_id",
        ),
        "users",
    ),
    "tags": "tags",
    "sprint_id": "sprints",
}  # fmt: skip
"""Values that are numbers of rows of a table, one or several."""
MOMENTS = re.compile(r".*_at|.*_until|until|respond_by|.*_before")
"""Values that are UTC seconds."""
MINUTES = frozenset({"quiet_from", "quiet_to"})
_WORDS = re.compile(r"[a-z]+(_[a-z]+)+")
_HOUR = 60


def references_in(entries: Iterable[AuditView]) -> set[Reference]:
    """Return all rows that entries name or are about and that may have a name."""
    return {found for entry in entries for found in _of(entry)}


def _of(entry: AuditView) -> Iterator[Reference]:
    for key, pair in entry.changes().items():
        if key in REFERS:
            yield from ((REFERS[key], number) for value in pair for number in _numbers(value))
    if entry.table in NAMED and entry.record_id.isdecimal():
        yield from ((entry.table, number) for number in _numbers(int(entry.record_id)))


def _numbers(value: Any) -> Iterator[int]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, int) and 0 < one < 2**63:
            yield one


def simple_words(table: str, key: str, value: Any) -> str:
    """Return a value that names no row and no moment, as people write it."""
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

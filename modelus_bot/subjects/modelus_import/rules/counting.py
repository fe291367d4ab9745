"""What of the original bot's tables is counted only, why, and which of its faults can be seen there. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from modelus_bot.subjects.modelus_import.model.source import LaterTable

__all__ = ["LATER", "later_table"]

_COMES = "not taken in by this version; keep the file and import it again with one that has them"
_NOTHING = "nothing here stands for them"
_UNKNOWN = "not one of the original bot's tables, so not looked into"

LATER: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "loans": (_COMES, ("loan_code", "description")),
    "investments": (_COMES, ()),
    "international_countries": (_COMES, ()),
    "diplomatic_requests": (_COMES, ()),
    "diplomatic_relations": (_COMES, ()),
    "diplomatic_events": (_COMES, ()),
    "disasters": (_COMES, ()),
    "disaster_odds": (_COMES, ()),
    "user_activity": (_COMES, ()),
    "admin_actions": (_COMES, ()),
    "map_settings": (_NOTHING, ()),
    "backup_records": (_NOTHING, ()),
}
"""Why each is only counted, and the columns that show its faults."""


class _Counted(Protocol):
    count: int
    unique: tuple[str, ...]
    read: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def later_table(name: str, table: _Counted) -> LaterTable:
    """Return what is to be said of a table that is not taken in."""
    why, _ = LATER.get(name, (_UNKNOWN, ()))
    look = _FAULTS.get(name)
    values = [dict(zip(table.read, row, strict=True)) for row in table.rows]
    return LaterTable(name, table.count, why, tuple(look(table, values)) if look is not None else ())


def _loan_faults(table: _Counted, rows: list[dict[str, Any]]) -> Iterator[str]:
    if "loan_code" not in table.unique and not any(row.get("description") for row in rows):
        yield "their codes were drawn anew when the bot started: those that people know mean nothing now"
    codes = Counter(str(row["loan_code"]) for row in rows if row.get("loan_code"))
    several = sum(count > 1 for count in codes.values())
    if several:
        yield f"codes that several loans share: {several}"
    if without := sum(not row.get("loan_code") for row in rows):
        yield f"loans without a code: {without}"


_FAULTS: Mapping[str, Callable[[_Counted, list[dict[str, Any]]], Iterator[str]]] = {
    "loans": _loan_faults,
}

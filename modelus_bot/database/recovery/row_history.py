"""What the audit log says happened to the rows of one table after a copy was made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["RowHistory", "object_in", "ranges_in", "scalars_in"]

Row = tuple[int, str, str, str | None, str | None]
"""An audit entry: id, record id, operation, old values, new values."""


@dataclass(frozen=True, slots=True)
class _LoggedRow:
    id: int
    parts: tuple[str, ...]
    """The record id at its colons: ``7``, or ``account:7`` where a key has several columns."""
    deleted: bool
    changes: dict[str, Any]


class RowHistory:
    """Audit entries of one table, found by the row that they mean."""

    def __init__(self, entries: Iterable[Row]) -> None:
        """Sort them, oldest first, by the first part of what they name."""
        self._by_part: dict[str, list[_LoggedRow]] = {}
        self._ranges: list[tuple[int, int, int]] = []
        for number, record, operation, old_values, new_values in entries:
            deleted = operation == "DELETE"
            entry = _LoggedRow(number, tuple(record.split(":")), deleted, scalars_in(new_values))
            self._by_part.setdefault(entry.parts[0], []).append(entry)
            if deleted:
                ranges = object_in(old_values).get("ids")
                self._ranges += [(first, last, number) for first, last in ranges_in(ranges)]

    def rolled_forward(self, row: dict[str, Any], key: list[str]) -> dict[str, Any] | None:
        """Return the row as the entries left it, None when they deleted it."""
        newest: dict[str, Any] | None = row
        for entry in sorted(self._about(row, key), key=lambda item: item.id):
            if entry.deleted:
                newest = None
            elif entry.changes:
                newest = (newest or row) | {k: v for k, v in entry.changes.items() if k in row}
        return newest

    def _about(self, row: dict[str, Any], key: list[str]) -> Iterator[_LoggedRow]:
        values = {str(value) for value in row.values()}
        single = str(row[key[0]]) if len(key) == 1 else None
        for value in values:
            for entry in self._by_part.get(value, ()):
                if entry.parts == (single,) or (len(entry.parts) > 1 and values.issuperset(entry.parts)):
                    yield entry
        number = row[key[0]] if len(key) == 1 else None
        if isinstance(number, int):
            for first, last, entry_id in self._ranges:
                if first <= number <= last:
                    yield _LoggedRow(entry_id, (), deleted=True, changes={})


def ranges_in(text: object) -> Iterator[tuple[int, int]]:
    """Yield the ranges in a text like ``4-9,12``; whatever else it says is passed over."""
    for part in text.split(",") if isinstance(text, str) else ():
        first, _, last = part.partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            yield int(first), int(last or first)


def scalars_in(text: str | None) -> dict[str, Any]:
    """Return the values that a column can hold; truth values as SQLite stores them."""
    return {
        name: int(value) if isinstance(value, bool) else value
        for name, value in object_in(text).items()
        if value is None or isinstance(value, bool | int | float | str)
    }


def object_in(text: str | None) -> dict[str, Any]:
    """Return the object in a text of JSON, empty where it holds anything else."""
    try:
        content = json.loads(text) if text else None
    except (ValueError, RecursionError):
        content = None
    return content if isinstance(content, dict) else {}

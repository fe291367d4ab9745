"""Single rows by their key, whatever lies in their columns: found, read as JSON, deleted.

Values travel as pairs of SQLite's type and the value, texts as bytes: a broken row may hold a number
where a text belongs, or a text that is no UTF-8.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from modelus_bot.database.core.names import quoted
from modelus_bot.database.schema import TableShape

__all__ = [
    "RowKey",
    "Value",
    "delete_sql",
    "key_columns",
    "key_from",
    "key_of",
    "read_sql",
    "row_json",
    "where",
]

Value = tuple[str, Any]
"""SQLite's type of a value, and the value."""


@dataclass(frozen=True, slots=True)
class RowKey:
    """Which row of which table: the rowid, or the primary key of a table that has none."""

    table: str
    values: tuple[Value, ...]

    @property
    def record_id(self) -> str:
        """The key as people read it: a number, a text, or a JSON array of several."""
        told = [_told(value) for value in self.values]
        return str(told[0]) if len(told) == 1 else json.dumps(told, ensure_ascii=False)

    @property
    def audit_id(self) -> str:
        """The key as the audit log takes it: 1 to 64 characters, parts joined by colons."""
        text = ":".join(str(_told(value)) for value in self.values)
        return text[:64] if text else "(empty)"

    @property
    def parameters(self) -> list[Any]:
        """What the question marks of ``where`` stand for."""
        return [value for _, value in self.values]


def key_columns(table: TableShape) -> str:
    """Return the columns to select so that ``key_of`` finds a row's key in the result."""
    names = [quoted(name) for name in table.key_columns] if table.without_rowid else ["rowid"]
    return ", ".join(map(pair, names))


def pair(expression: str) -> str:
    """Return SQL for the type of a value and the value itself, a text as its bytes."""
    text = f"CASE typeof({expression}) WHEN 'text' THEN CAST({expression} AS BLOB) ELSE {expression} END"
    return f"typeof({expression}), {text}"


def pairs_of(row: Sequence[Any]) -> tuple[Value, ...]:
    """Return the values that ``pair`` selected; types are bytes on a connection without text."""
    return tuple((_word(row[at]), row[at + 1]) for at in range(0, len(row), 2))


def key_of(table: TableShape, row: Sequence[Any]) -> RowKey:
    """Return the key that the first columns of a row hold."""
    parts = len(table.key_columns) if table.without_rowid else 1
    return RowKey(table.name, pairs_of(tuple(row)[: 2 * parts]))


def key_from(table: TableShape, record_id: str) -> RowKey | None:
    """Return the key behind a record id as ``RowKey.record_id`` gives it; None if it cannot be one."""
    if not table.without_rowid:
        return (
            RowKey(table.name, (("integer", int(record_id)),)) if record_id.lstrip("-").isdecimal() else None
        )
    parts: Any = [record_id]
    if len(table.key_columns) > 1:
        try:
            parts = json.loads(record_id)
        except ValueError:
            return None
    if not isinstance(parts, list) or len(parts) != len(table.key_columns):
        return None
    types = {column.name: column.type for column in table.columns}
    return RowKey(
        table.name,
        tuple(_typed(types[name], part) for name, part in zip(table.key_columns, parts, strict=True)),
    )


def where(key: RowKey, table: TableShape) -> str:
    """Return the condition that finds exactly this row."""
    if not table.without_rowid:
        return "rowid = ?"
    return " AND ".join(
        is_value(quoted(name), value) for name, value in zip(table.key_columns, key.values, strict=True)
    )


def is_value(expression: str, value: Value) -> str:
    """Return a comparison with a value that is given as a parameter, texts as bytes."""
    return f"{expression} IS CAST(? AS TEXT)" if value[0] == "text" else f"{expression} IS ?"


def read_sql(table: TableShape, key: RowKey) -> str:
    """Return the query for all values of one row."""
    columns = ", ".join(pair(quoted(column.name)) for column in table.columns)
    return " ".join(("SELECT", columns, "FROM", quoted(table.name), "WHERE", where(key, table)))


def delete_sql(table: TableShape, key: RowKey) -> str:
    """Return the statement that deletes one row."""
    return " ".join(("DELETE FROM", quoted(table.name), "WHERE", where(key, table)))


def row_json(table: TableShape, values: Iterable[Value]) -> dict[str, Any]:
    """Return a row by column, nothing lost: what JSON has no word for is ``{type: hexadecimal digits}``."""
    return {column.name: _plain(value) for column, value in zip(table.columns, values, strict=True)}


def _plain(value: Value) -> Any:
    kind, content = value
    if kind == "text":
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            return {"text": content.hex()}
    if kind == "blob":
        return {"blob": content.hex()}
    if kind == "real" and not math.isfinite(content):
        return {"real": str(content)}
    return content


def _told(value: Value) -> Any:
    kind, content = value
    if kind == "text":
        return content.decode("utf-8", "replace")
    return content.hex() if kind == "blob" else content


def _typed(type_: str, part: Any) -> Value:
    if type_ == "integer" and str(part).lstrip("-").isdecimal():
        return "integer", int(part)
    return "text", str(part).encode("utf-8", "surrogatepass")


def _word(value: Any) -> str:
    return value.decode("ascii") if isinstance(value, bytes) else str(value)

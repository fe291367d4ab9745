"""Rows that others refer to and that are lost: made anew from the audit log; else who refers to them goes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from modelus_bot.database.core.names import quoted
from modelus_bot.database.format.records import Value
from modelus_bot.database.salvage.filling import Rejections, is_refusal
from modelus_bot.database.salvage.layouts import Layout, ParentLink, Reference
from modelus_bot.database.salvage.report import RebuiltRow

__all__ = ["close_references"]

_TRAIL = (
    "SELECT old_values, new_values, changed_at FROM audit_logs"
    " WHERE table_name = ? AND record_id = ? ORDER BY id"
)
_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
_ROUNDS = 50


def close_references(
    connection: sqlite3.Connection, reference: Reference, rejections: Rejections
) -> tuple[RebuiltRow, ...]:
    """Make every foreign key lead somewhere and return the rows that were made for it.

    A missing parent is made from what the audit log says of it, with stand-ins for what it does not
    say. Where its table does not accept that, the rows that refer to it are rejected.
    """
    rebuilt: list[RebuiltRow] = []
    for _ in range(_ROUNDS):
        if connection.execute("PRAGMA foreign_key_check").fetchone() is None:
            return tuple(rebuilt)
        for layout in reference.layouts:
            for link in layout.links:
                rebuilt.extend(_rebuild_parents(connection, reference, link))
                _remove_orphans(connection, layout, link, rejections)
    return tuple(rebuilt)


def _rebuild_parents(
    connection: sqlite3.Connection, reference: Reference, link: ParentLink
) -> Iterator[RebuiltRow]:
    parent = reference.named(link.parent)
    if parent is None or not parent.own or parent.key_columns != link.parent_columns or len(link.columns) > 1:
        return
    for (key,) in connection.execute(_missing(link)).fetchall():
        made = _rebuild(connection, parent, key)
        if made is not None:
            yield made


def _rebuild(connection: sqlite3.Connection, layout: Layout, key: int | str) -> RebuiltRow | None:
    """Insert the row of ``layout`` with primary key ``key``; None if the table does not accept it."""
    known, changed_at = _last_known(connection, layout, key)
    known[layout.key_columns[0]] = key
    invented = {
        column: _stand_in(allowed, key, changed_at)
        for column, allowed in zip(layout.columns, layout.types, strict=True)
        if column in layout.mandatory and column not in known
    }
    values = known | invented
    names = ", ".join(map(quoted, values))
    statement = " ".join(
        ("INSERT INTO", quoted(layout.table), f"({names})", f"VALUES({', '.join('?' * len(values))})")
    )
    try:
        connection.execute(statement, tuple(values.values()))
    except (sqlite3.Error, OverflowError) as error:
        if not is_refusal(error):
            raise
        return None
    return RebuiltRow(table=layout.table, key=key, known=tuple(known), invented=tuple(invented))


def _last_known(
    connection: sqlite3.Connection, layout: Layout, key: int | str
) -> tuple[dict[str, Value], int]:
    """Return a record's values as the audit log last saw them, and when that was (UTC seconds)."""
    values: dict[str, Value] = {}
    changed_at = 0
    for old, new, at in connection.execute(_TRAIL, (layout.table, str(key))):
        values = _scalars(layout, old) | values | _scalars(layout, new)
        changed_at = at
    return values, changed_at


def _scalars(layout: Layout, text: str | None) -> dict[str, Value]:
    try:
        loaded: Any = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(loaded, dict):
        return {}
    return {
        column: int(value) if isinstance(value, bool) else value
        for column, value in loaded.items()
        if column in layout.columns and (value is None or isinstance(value, bool | int | float | str))
    }


def _stand_in(allowed: frozenset[Any], key: int | str, changed_at: int) -> Value:
    if int in allowed:
        return changed_at
    return f"recovered {key}" if str in allowed else b""


def _remove_orphans(
    connection: sqlite3.Connection, layout: Layout, link: ParentLink, rejections: Rejections
) -> None:
    orphans = connection.execute(_orphans(layout, link)).fetchall()
    if not orphans:
        return
    # A table that forbids deleting forbids it to its users, not to who never let the row in.
    triggers = connection.execute(_TRIGGERS, (layout.table,)).fetchall()
    for name, _ in triggers:
        connection.execute(" ".join(("DROP TRIGGER", quoted(name))))
    for row in orphans:
        rejections.add(layout, row, f"what it refers to in {link.parent} is lost")
        connection.execute(layout.delete, layout.key(row))
    for _, statement in triggers:
        connection.execute(statement)


def _missing(link: ParentLink) -> str:
    """Return the query for the keys that ``link`` refers to and that are not there."""
    column = quoted(link.columns[0])
    return " ".join(
        ("SELECT DISTINCT", column, "FROM", quoted(link.table), "AS child WHERE", _dangling(link))
    )


def _orphans(layout: Layout, link: ParentLink) -> str:
    """Return the query for whole rows whose ``link`` leads nowhere."""
    names = ", ".join(map(quoted, layout.columns))
    return " ".join(("SELECT", names, "FROM", quoted(layout.table), "AS child WHERE", _dangling(link)))


def _dangling(link: ParentLink) -> str:
    pairs = list(zip(link.columns, link.parent_columns, strict=True))
    given = " AND ".join(f"child.{quoted(column)} IS NOT NULL" for column in link.columns)
    same = " AND ".join(f"parent.{quoted(there)} = child.{quoted(here)}" for here, there in pairs)
    lookup = " ".join(("SELECT 1 FROM", quoted(link.parent), "AS parent WHERE", same))
    return f"{given} AND NOT EXISTS({lookup})"

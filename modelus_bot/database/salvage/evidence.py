"""Which table rows belong to, by the company they keep: parents they name, rows an index leads to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from modelus_bot.database.core.names import quoted
from modelus_bot.database.salvage.cells import CellEntry
from modelus_bot.database.salvage.layouts import Layout

__all__ = ["likeliest"]


def likeliest(
    connection: sqlite3.Connection, candidates: Iterable[Layout], entries: Sequence[CellEntry]
) -> tuple[Layout, ...]:
    """Keep of several layouts those that what has been salvaged so far speaks for most.

    An index is right if its table has the rows it leads to, and wrong if not; a table is likelier the
    more of the rows it refers to are there.
    """
    rated: dict[Layout, float] = {}
    for layout in candidates:
        share = _share_found(connection, layout, entries)
        if layout.is_table:
            rated[layout] = share
        elif share > 0:
            # No table's rows lead to other rows in every column.
            rated[layout] = 1 + share
    best = max(rated.values(), default=0.0)
    return tuple(layout for layout, share in rated.items() if share == best)


def _share_found(connection: sqlite3.Connection, layout: Layout, entries: Sequence[CellEntry]) -> float:
    asked = found = 0
    for statement, columns in _questions(layout):
        places = [layout.columns.index(column) for column in columns]
        for entry in entries:
            values = layout.values(entry.rowid, entry.row)
            wanted = tuple(values[place] if place < len(values) else None for place in places)
            if any(value is not None for value in wanted):
                asked += 1
                found += connection.execute(statement, wanted).fetchone() is not None
    return found / asked if asked else 0.0


def _questions(layout: Layout) -> list[tuple[str, tuple[str, ...]]]:
    """Return statements that look for what an entry leads to, each with the columns it asks for."""
    if layout.is_table:
        return [(_lookup(link.parent, link.parent_columns), link.columns) for link in layout.links]
    columns = tuple(dict.fromkeys(layout.columns))
    return [(_lookup(layout.table, columns), columns)]


def _lookup(table: str, columns: Sequence[str]) -> str:
    condition = " AND ".join(f"{quoted(column)} IS ?" for column in columns)
    return " ".join(("SELECT 1 FROM", quoted(table), "WHERE", condition))

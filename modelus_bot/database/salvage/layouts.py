"""What our own b-trees look like: which columns, in which order, of which types, in which order of keys."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import cached_property
from typing import Any

from modelus_bot.database.core.names import quoted
from modelus_bot.database.format.records import Row

__all__ = ["AUDIT", "Layout", "LayoutKind", "Reference", "fits", "key_of", "read_reference"]

Types = frozenset[Any]
"""Python types a value may have."""

_TYPES: dict[str, Types] = {
    "INT": frozenset({int}),
    "INTEGER": frozenset({int}),
    "TEXT": frozenset({str}),
    "BLOB": frozenset({bytes}),
    # SQLite stores a whole number in a REAL column as an integer.
    "REAL": frozenset({float, int}),
}
_ANY: Types = frozenset({int, float, str, bytes, type(None)})
_NOTHING: Types = frozenset({type(None)})

AUDIT = "audit_logs"
"""The table whose rows prove themselves."""

_TREES = "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master WHERE rootpage > 0 ORDER BY rootpage"
_TABLES = (
    "SELECT name, wr, strict, type = 'shadow' FROM pragma_table_list"
    " WHERE schema = 'main' AND type IN ('table', 'shadow')"
)
_COLUMNS = 'SELECT cid, name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)'
_INDEX = "SELECT cid FROM pragma_index_xinfo(?) ORDER BY seqno"
_LINKS = 'SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id, seq'
_MISFIT = (-1,)
_VIRTUAL = 2
_EXPRESSION = -2


class LayoutKind(Enum):
    """How a b-tree stores its entries."""

    ROWID_TABLE = auto()
    ROWLESS_TABLE = auto()
    INDEX = auto()


@dataclass(frozen=True, slots=True)
class ParentLink:
    """A foreign key: ``columns`` of ``table`` refer to ``parent_columns`` of ``parent``."""

    table: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Layout:
    """One b-tree: its entries' ``columns`` as they are stored, and the types each may have.

    ``root`` is its root page in a file fresh from the migrations. A row has at least ``fewest``
    values: those of columns that were added later may be missing. ``alias`` is the column that
    stands for the rowid. ``mandatory`` columns
    have no default and take no NULL. ``keys`` leading columns order a b-tree that has no rowids; None where
    their order is not that of plain values.
    """

    name: str
    table: str
    root: int
    kind: LayoutKind
    columns: tuple[str, ...]
    types: tuple[Types, ...]
    fewest: int
    mandatory: frozenset[str] = frozenset()
    alias: int | None = None
    keys: int | None = None
    links: tuple[ParentLink, ...] = ()
    derived: bool = False
    """Whether it is inside a search, which is made anew from the rows."""
    shapes: dict[tuple[type, ...], tuple[int, ...]] = field(default_factory=dict, repr=False)
    """What is known of rows' types so far, for ``fits``."""

    @property
    def is_table(self) -> bool:
        """Whether its entries are a table's rows."""
        return self.kind is not LayoutKind.INDEX

    @cached_property
    def own(self) -> bool:
        """Whether it is a table of the bot's, not of the tool that applies migrations or inside a search."""
        return self.is_table and not self.derived and "yoyo" not in self.table

    @property
    def verified(self) -> bool:
        """Whether each row proves by its own hash that it was written, and none is ever changed."""
        return self.name == AUDIT

    @cached_property
    def loose(self) -> int:
        """How many columns take anything."""
        return sum(allowed >= _ANY - _NOTHING for allowed in self.types)

    def values(self, rowid: int, row: Row) -> Row:
        """Return a stored row as its columns' values, with the rowid where it belongs."""
        if self.alias is not None and self.alias < len(row):
            return (*row[: self.alias], rowid, *row[self.alias + 1 :])
        return row

    def insert(self, count: int) -> str:
        """Return the statement that inserts the first ``count`` columns."""
        # The names come from the migrations, never from the damaged file.
        names = ", ".join(map(quoted, self.columns[:count]))
        return " ".join(("INSERT INTO", quoted(self.table), f"({names})", f"VALUES({places(count)})"))

    @cached_property
    def _key_places(self) -> tuple[int, ...]:
        if self.alias is not None:
            return (self.alias,)
        return tuple(range(self.keys or 0))

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        return tuple(self.columns[place] for place in self._key_places)

    def key(self, values: Row) -> Row:
        """Return the primary key among a row's values."""
        return tuple(values[place] for place in self._key_places)

    @cached_property
    def select(self) -> str:
        """The statement that reads all columns of the row with a key."""
        names = ", ".join(map(quoted, self.columns))
        return " ".join(("SELECT", names, "FROM", quoted(self.table), self._where))

    @cached_property
    def delete(self) -> str:
        """The statement that deletes the row with a key."""
        return " ".join(("DELETE FROM", quoted(self.table), self._where))

    @property
    def _where(self) -> str:
        names = (f"{quoted(self.columns[place])} = ?" for place in self._key_places)
        return "WHERE " + " AND ".join(names)


@dataclass(frozen=True, slots=True)
class Reference:
    """Every b-tree a file of this schema has, and the statements that make its tables."""

    layouts: tuple[Layout, ...]
    tables: tuple[str, ...]

    def named(self, name: str) -> Layout | None:
        """Return the layout of a b-tree, or None if this schema has none of that name."""
        return next((layout for layout in self.layouts if layout.name == name), None)


def places(count: int) -> str:
    """Return ``count`` question marks."""
    return ", ".join("?" * count)


def fits(layout: Layout, row: Row) -> bool:
    """Say whether a stored row has the right number of values, each of a type its column takes.

    A text with a NUL is none that this program wrote: zeros were written over it.
    """
    shape = tuple(map(type, row))
    texts = layout.shapes.get(shape)
    if texts is None:
        texts = layout.shapes[shape] = _text_places(layout, shape)
    return texts is not _MISFIT and all("\0" not in row[place] for place in texts)  # type: ignore[operator]


def _text_places(layout: Layout, shape: tuple[type, ...]) -> tuple[int, ...]:
    """Return where rows of these types have texts, _MISFIT if the layout takes no such rows."""
    if not layout.fewest <= len(shape) <= len(layout.types):
        return _MISFIT
    if any(item not in allowed for item, allowed in zip(shape, layout.types, strict=False)):
        return _MISFIT
    return tuple(place for place, item in enumerate(shape) if item is str)


def key_of(layout: Layout, rowid: int, row: Row | None) -> Any:
    """Return what orders an entry in its b-tree, None if it cannot be compared."""
    if layout.kind is LayoutKind.ROWID_TABLE:
        return rowid
    if layout.keys is None or row is None:
        return None
    return row[: layout.keys]


def read_reference(connection: sqlite3.Connection) -> Reference:
    """Read the layouts of a file that the migrations have just made."""
    trees = connection.execute(_TREES).fetchall()
    kinds = {name: tuple(map(bool, options)) for name, *options in connection.execute(_TABLES)}
    layouts = []
    for kind, name, table, root, _ in trees:
        rowless, strict, derived = kinds[table]
        columns = _Columns(connection.execute(_COLUMNS, (table,)).fetchall(), rowless, strict)
        if kind == "index":
            layouts.append(_index_layout(connection, name, table, root, columns))
        else:
            layout = _table_layout(connection, name, root, columns)
            layouts.append(replace(layout, derived=derived))
    return Reference(tuple(layouts), tuple(sql for kind, *_, sql in trees if kind == "table"))


class _Columns:
    """A table's columns by number, and the order in which its rows store them."""

    def __init__(self, rows: list[Any], rowless: bool, strict: bool) -> None:
        self.rowless = rowless
        self.by_number = {row[0]: row for row in rows}
        self.strict = strict
        key = [row[0] for row in sorted((row for row in rows if row[5]), key=lambda row: row[5])]
        self.key_size = len(key)
        self.order = [row[0] for row in rows if row[6] != _VIRTUAL]
        if rowless:
            self.order = key + [number for number in self.order if number not in key]
        declared = self.by_number[key[0]][2].upper() if len(key) == 1 else ""
        self.alias = self.order.index(key[0]) if declared == "INTEGER" and not rowless else None

    def name(self, number: int) -> str:
        return str(self.by_number[number][1])

    def is_alias(self, number: int) -> bool:
        return self.alias is not None and self.order[self.alias] == number

    def types(self, number: int) -> Types:
        _, _, declared, not_null, _, key, _ = self.by_number[number]
        allowed = _TYPES.get(declared.upper(), _ANY) if self.strict else _ANY
        if not_null or (self.rowless and key):
            return allowed - _NOTHING
        return allowed | _NOTHING

    def _is_mandatory(self, number: int) -> bool:
        _, _, _, not_null, default, key, _ = self.by_number[number]
        return bool(key) or (bool(not_null) and default is None)

    def mandatory(self) -> frozenset[str]:
        return frozenset(self.name(number) for number in self.order if self._is_mandatory(number))

    def fewest(self) -> int:
        """Return how many values a row must have: columns after the last that ALTER TABLE cannot add."""
        needed = (place for place, number in enumerate(self.order, 1) if self._is_mandatory(number))
        return max(needed, default=1)


def _table_layout(connection: sqlite3.Connection, name: str, root: int, columns: _Columns) -> Layout:
    types = [columns.types(number) for number in columns.order]
    if columns.alias is not None:
        types[columns.alias] = _NOTHING
    return Layout(
        name,
        name,
        root,
        LayoutKind.ROWLESS_TABLE if columns.rowless else LayoutKind.ROWID_TABLE,
        tuple(map(columns.name, columns.order)),
        tuple(types),
        columns.fewest(),
        columns.mandatory(),
        columns.alias,
        columns.key_size if columns.rowless else None,
        _links(connection, name),
    )


def _index_layout(
    connection: sqlite3.Connection, name: str, table: str, root: int, columns: _Columns
) -> Layout:
    names, types = [], []
    for (number,) in connection.execute(_INDEX, (name,)):
        if number >= 0 and not columns.is_alias(number):
            names.append(columns.name(number))
            types.append(columns.types(number))
        else:
            names.append("rowid")
            types.append(_ANY if number == _EXPRESSION else _TYPES["INTEGER"])
    return Layout(name, table, root, LayoutKind.INDEX, tuple(names), tuple(types), len(names))


def _links(connection: sqlite3.Connection, table: str) -> tuple[ParentLink, ...]:
    found: dict[int, list[tuple[str, str, str]]] = {}
    for number, parent, column, parent_column in connection.execute(_LINKS, (table,)):
        found.setdefault(number, []).append((parent, column, parent_column))
    return tuple(
        ParentLink(table, tuple(part[1] for part in parts), parts[0][0], tuple(part[2] for part in parts))
        for parts in found.values()
        # A reference without columns means the parent's key; ours name them.
        if all(part[2] for part in parts)
    )

"""Reads the shape of an open database, from SQLite's pragmas and from what only the text tells."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from modelus_bot.database.core.audit.legacy_tables import PREFIX
from modelus_bot.database.core.errors import CorruptionDetected
from modelus_bot.database.schema.declarations import TableText, index_text, table_text
from modelus_bot.database.schema.shape import (
    Check,
    Column,
    ForeignKey,
    Index,
    Shape,
    TableShape,
    TriggerShape,
    View,
)
from modelus_bot.database.schema.tokens import normalised

__all__ = ["read_shape", "schema_rows"]

_OBJECTS = (
    "SELECT type, name, tbl_name, coalesce(sql, '') FROM main.sqlite_master"
    " WHERE type IN ('table', 'index', 'trigger', 'view') ORDER BY rowid"
)
_TABLES = "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'"
_COLUMNS = "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?, 'main')"
_INDEXES = "SELECT name, \"unique\", origin FROM pragma_index_list(?, 'main')"
_INDEX_COLUMNS = (
    'SELECT name, "desc", coll FROM pragma_index_xinfo(?, \'main\') WHERE "key" = 1 ORDER BY seqno'
)
_FOREIGN_KEYS = (
    'SELECT id, "table", "from", "to", on_update, on_delete'
    " FROM pragma_foreign_key_list(?, 'main') ORDER BY id DESC, seq"
)
_NOT_OURS = ("sqlite_", "_litestream_", "_yoyo_", "yoyo_", PREFIX)
_HIDDEN = {1: "hidden", 2: "virtual", 3: "stored"}


@dataclass(frozen=True, slots=True)
class _Object:
    """One row of ``sqlite_master``."""

    type: str
    name: str
    table: str
    sql: str


REMEMBERED = 500
"""How many different tables, and indexes, need not be read again; a migration is checked before and after."""
_TABLES_READ: dict[tuple[Any, ...], TableShape] = {}
_INDEXES_READ: dict[tuple[_Object, str], Index] = {}


def read_shape(connection: sqlite3.Connection) -> Shape:
    """Read the schema of the main database; left out are tables of SQLite, yoyo and
    Litestream, and damaged audit logs that were set aside.

    Raises ``sqlite3.Error`` when SQLite cannot read the schema, ``CorruptionDetected`` when it is no text.
    """
    with _one_moment(connection):
        options = {_key(row[0]): row[1:] for row in schema_rows(connection, _TABLES)}
        objects = [_Object(*row) for row in schema_rows(connection, _OBJECTS)]
        ours = [
            thing for thing in objects if _is_ours(thing.name, options) and _is_ours(thing.table, options)
        ]
        tables = {
            _key(our.name): _known_table(connection, our, options[_key(our.name)])
            for our in ours
            if our.type == "table"
        }
        texts = {_key(our.name): our.sql for our in ours if our.type == "table"}
        indexes = {
            _key(our.name): _known_index(connection, our, texts.get(_key(our.table), ""))
            for our in ours
            if our.type == "index"
        }
    return Shape(
        {name: _resolved(table, tables) for name, table in tables.items()},
        indexes,
        {_key(our.name): _trigger(our) for our in ours if our.type == "trigger"},
        {_key(our.name): _view(our) for our in ours if our.type == "view"},
    )


@contextmanager
def _one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """Let nobody change the schema between two looks at it."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def schema_rows(connection: sqlite3.Connection, sql: str, *values: str) -> list[tuple[Any, ...]]:
    """Run a query about the schema; raises ``CorruptionDetected`` for text that is no UTF-8.

    Python's module has no class of its own for that, so the texts are decoded here, whatever the
    connection gives otherwise.
    """
    before = connection.text_factory
    connection.text_factory = bytes
    try:
        found = connection.execute(sql, values).fetchall()
    finally:
        connection.text_factory = before
    try:
        return [tuple(item.decode() if isinstance(item, bytes) else item for item in row) for row in found]
    except UnicodeDecodeError as error:
        raise CorruptionDetected("the schema has text that is no UTF-8") from error


def _is_ours(name: str, options: Mapping[str, tuple[Any, ...]]) -> bool:
    """Say whether an object is the bot's and not a part of a virtual table or another program's."""
    kind = options.get(_key(name), ("table",))[0]
    return kind != "shadow" and not _key(name).startswith(_NOT_OURS)


def _key(name: str) -> str:
    return name.lower()


def _known_table(connection: sqlite3.Connection, thing: _Object, options: tuple[Any, ...]) -> TableShape:
    """Return a table as it was read before where its text is the same: all the rest follows from that."""
    key = thing, *options
    if (known := _TABLES_READ.get(key)) is None:
        if len(_TABLES_READ) >= REMEMBERED:
            _TABLES_READ.clear()
        known = _TABLES_READ[key] = _table(connection, thing, options)
    return known


def _known_index(connection: sqlite3.Connection, thing: _Object, table: str) -> Index:
    """Return an index as it was read before where its text and its table's are the same."""
    key = thing, table
    if (known := _INDEXES_READ.get(key)) is None:
        if len(_INDEXES_READ) >= REMEMBERED:
            _INDEXES_READ.clear()
        known = _INDEXES_READ[key] = _index(connection, thing)
    return known


def _table(connection: sqlite3.Connection, thing: _Object, options: tuple[Any, ...]) -> TableShape:
    name = thing.name
    kind, without_rowid, strict = options
    if kind == "virtual":
        return _virtual(thing)
    text = table_text(thing.sql)
    columns = schema_rows(connection, _COLUMNS, name)
    unique, key = _declared_keys(connection, name)
    if not key:
        key = tuple(_key(row[0]) for row in sorted(columns, key=lambda row: row[4]) if row[4])
    return TableShape(
        _key(name),
        tuple(_column(row, text) for row in columns),
        key,
        unique,
        tuple(sorted(Check(*check) for check in text.checks.elements())),
        _foreign_keys(connection, name, text),
        tuple(sorted(text.conflicts.elements())),
        bool(strict),
        bool(without_rowid),
        text.autoincrement,
        "",
    )


def _virtual(thing: _Object) -> TableShape:
    """Return a table whose columns only its module knows, which may not open what is damaged."""
    nothing = (), (), (), (), (), ()
    text = normalised(thing.sql)
    return TableShape(_key(thing.name), *nothing, False, False, False, text, thing.sql)


def _column(row: tuple[Any, ...], text: TableText) -> Column:
    name, type_, not_null, default, _, hidden = row
    word = normalised(_quoted(name))
    expression = text.generated.get(word, "")
    return Column(
        _key(name),
        normalised(type_),
        bool(not_null),
        None if default is None else normalised(default),
        f"{_HIDDEN[hidden]} ({expression})" if hidden else "",
        text.collations.get(word, "binary"),
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _declared_keys(
    connection: sqlite3.Connection, table: str
) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Return the columns of each UNIQUE of the table, and of its primary key if that has an index."""
    unique = []
    key: tuple[str, ...] = ()
    for name, _, origin in schema_rows(connection, _INDEXES, table):
        if origin == "u":
            unique.append(_index_columns(connection, name))
        elif origin == "pk":
            key = _index_columns(connection, name)
    return tuple(sorted(unique)), key


def _index_columns(
    connection: sqlite3.Connection, index: str, expressions: tuple[str, ...] = ()
) -> tuple[str, ...]:
    columns = []
    for number, (name, descending, collation) in enumerate(schema_rows(connection, _INDEX_COLUMNS, index)):
        if name is None:
            column = expressions[number] if number < len(expressions) else "?"
        else:
            column = _key(name) + ("" if _key(collation) == "binary" else f" collate {_key(collation)}")
        columns.append(column + (" desc" if descending else ""))
    return tuple(columns)


def _foreign_keys(connection: sqlite3.Connection, table: str, text: TableText) -> tuple[ForeignKey, ...]:
    found: dict[int, ForeignKey] = {}
    for number, parent, child, to, on_update, on_delete in schema_rows(connection, _FOREIGN_KEYS, table):
        known = found.get(number) or ForeignKey((), _key(parent), (), _key(on_update), _key(on_delete), False)
        found[number] = replace(
            known,
            columns=(*known.columns, _key(child)),
            parent_columns=(*known.parent_columns, *([_key(to)] if to is not None else [])),
        )
    keys = [replace(item, deferred=_is_deferred(item, text)) for item in found.values()]
    return tuple(sorted(keys, key=lambda key: (key.columns, key.parent)))


def _is_deferred(key: ForeignKey, text: TableText) -> bool:
    columns = tuple(normalised(_quoted(column)) for column in key.columns)
    return (columns, normalised(_quoted(key.parent))) in text.deferred


def _resolved(table: TableShape, tables: Mapping[str, TableShape]) -> TableShape:
    """Write out the columns that a foreign key means when it names only the table."""
    keys = tuple(
        key
        if key.parent_columns or key.parent not in tables
        else replace(key, parent_columns=tables[key.parent].key_columns)
        for key in table.foreign_keys
    )
    return replace(table, foreign_keys=keys)


def _index(connection: sqlite3.Connection, thing: _Object) -> Index:
    text = index_text(thing.sql)
    unique = any(row[1] for row in schema_rows(connection, _INDEXES, thing.table) if row[0] == thing.name)
    columns = _index_columns(connection, thing.name, text.parts)
    return Index(_key(thing.name), _key(thing.table), unique, columns, text.predicate, thing.sql)


def _trigger(thing: _Object) -> TriggerShape:
    return TriggerShape(_key(thing.name), _key(thing.table), normalised(thing.sql), thing.sql)


def _view(thing: _Object) -> View:
    return View(_key(thing.name), normalised(thing.sql), thing.sql)

"""The queries that find broken rows, made from the schema that the migrations lead to.

Every rule of the schema is asked of each row anew: what was written with the rules switched off, or by
another program, or by a failing disk, breaks them although SQLite says that its structure is whole.
Indexes are not trusted, and ``IS NULL`` is not used: SQLite answers it from NOT NULL without looking.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modelus_bot.database.core.names import quoted
from modelus_bot.database.integrity.row_keys import key_columns
from modelus_bot.database.schema import Column, ForeignKey, Shape, TableShape

__all__ = ["NOT_ASCII", "ConstraintQuery", "duplicates", "orphans", "row_rules", "texts"]

NOT_ASCII = "*[^\x01-\x7f]*"
"""What GLOB finds a text with that may be no UTF-8."""

_STORED = {
    "integer": ("integer",),
    "int": ("integer",),
    "text": ("text",),
    "blob": ("blob",),
    "real": ("real", "integer"),
}


@dataclass(frozen=True, slots=True)
class ConstraintQuery:
    """A query that gives the key of each broken row, then one flag for each of ``reasons``.

    Without flags every row found breaks the only reason there is. The last parameter is how many rows
    are wanted at most.
    """

    table: TableShape
    sql: str
    reasons: tuple[str, ...]
    flagged: bool = False


def row_rules(table: TableShape, *, only_checks: bool = False) -> ConstraintQuery | None:
    """Ask for rows that break NOT NULL, a column's type, or a CHECK; None for a table without rules."""
    rules = [*_checks(table)] if only_checks else [*_filled(table), *_types(table), *_checks(table)]
    if not rules:
        return None
    flags = [flag for _, flag in rules]
    sql = " ".join(
        (
            "SELECT", key_columns(table), ",", ", ".join(flags),
            "FROM", quoted(table.name), "NOT INDEXED WHERE", " OR ".join(flags), "LIMIT ?",
        )
    )  # fmt: skip
    return ConstraintQuery(table, sql, tuple(reason for reason, _ in rules), flagged=True)


def orphans(table: TableShape, shape: Shape) -> Iterator[ConstraintQuery]:
    """Ask for rows that refer to a row that is not there, one query for each foreign key."""
    for key in table.foreign_keys:
        if key.parent in shape.tables:
            yield ConstraintQuery(table, _orphan_sql(table, key), (_orphan_reason(key),))


def duplicates(table: TableShape, shape: Shape) -> Iterator[ConstraintQuery]:
    """Ask for all but the first of rows with the same unique values, one query for each unique key."""
    for columns in table.unique:
        yield ConstraintQuery(table, _duplicate_sql(table, columns, ""), (_duplicate_reason(columns),))
    for index in shape.indexes.values():
        if index.table == table.name and index.unique:
            columns = tuple(_without_order(column) for column in index.columns)
            yield ConstraintQuery(
                table, _duplicate_sql(table, columns, index.predicate), (_duplicate_reason(columns),)
            )


def texts(table: TableShape) -> ConstraintQuery | None:
    """Ask for texts that may be no UTF-8: after the key come all text columns as bytes.

    The first parameter is ``NOT_ASCII``. None for a table without text.
    """
    columns = [quoted(column.name) for column in table.columns if column.type == "text"]
    if not columns:
        return None
    suspicious = [
        f"typeof({item}) = 'text' AND ({item} GLOB ?1 OR instr(CAST({item} AS BLOB), x'00'))"
        for item in columns
    ]
    values = [f"CASE typeof({item}) WHEN 'text' THEN CAST({item} AS BLOB) END" for item in columns]
    sql = " ".join(
        (
            "SELECT", key_columns(table), ",", ", ".join(values),
            "FROM", quoted(table.name), "NOT INDEXED WHERE", " OR ".join(suspicious), "LIMIT ?2",
        )
    )  # fmt: skip
    return ConstraintQuery(
        table, sql, tuple(column.name for column in table.columns if column.type == "text")
    )


def _filled(table: TableShape) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        if column.not_null or (table.without_rowid and column.name in table.key_columns):
            yield f"has no value in {column.name}", f"typeof({quoted(column.name)}) = 'null'"


def _types(table: TableShape) -> Iterator[tuple[str, str]]:
    if not table.strict:
        return
    for column in table.columns:
        if column.type in _STORED:
            yield f"has a value of the wrong type in {column.name}", _wrong_type(column)


def _wrong_type(column: Column) -> str:
    allowed = ", ".join(f"'{item}'" for item in (*_STORED[column.type], "null"))
    return f"typeof({quoted(column.name)}) NOT IN ({allowed})"


def _checks(table: TableShape) -> Iterator[tuple[str, str]]:
    for check in table.checks:
        yield f"breaks {check.name or check.expression}", f"coalesce(NOT ({check.expression}), 0)"


def _orphan_reason(key: ForeignKey) -> str:
    return f"refers by {', '.join(key.columns)} to a row of {key.parent} that is not there"


def _orphan_sql(table: TableShape, key: ForeignKey) -> str:
    child = quoted(table.name)
    pairs = list(zip(key.columns, key.parent_columns, strict=True))
    given = [f"typeof({child}.{quoted(column)}) <> 'null'" for column, _ in pairs]
    same = [f"parent.{quoted(there)} = {child}.{quoted(here)}" for here, there in pairs]
    return " ".join(
        (
            "SELECT", key_columns(table), "FROM", child, "NOT INDEXED WHERE", " AND ".join(given),
            "AND NOT EXISTS (SELECT 1 FROM", quoted(key.parent), "AS parent WHERE", " AND ".join(same),
            ") LIMIT ?",
        )
    )  # fmt: skip


def _duplicate_reason(columns: tuple[str, ...]) -> str:
    return f"has the same {', '.join(columns)} as another row"


def _duplicate_sql(table: TableShape, columns: tuple[str, ...], predicate: str) -> str:
    """Number the rows of each group; a join could ask the very index that is wrong for "the" row."""
    names = {column.name for column in table.columns}
    parts = [quoted(item) if item in names else item for item in columns]
    order = ", ".join(map(quoted, table.key_columns)) if table.without_rowid else "rowid"
    conditions = [f"typeof({part}) <> 'null'" for part in parts] + ([f"({predicate})"] if predicate else [])
    keys = ", ".join(
        f"k{number}" for number in range(2 * (len(table.key_columns) if table.without_rowid else 1))
    )
    return " ".join(
        (
            "WITH numbered (", keys, ", place) AS (SELECT", key_columns(table),
            ", row_number() OVER (PARTITION BY", ", ".join(parts), "ORDER BY", order,
            ") FROM", quoted(table.name), "WHERE", " AND ".join(conditions),
            ") SELECT", keys, "FROM numbered WHERE place > 1 LIMIT ?",
        )
    )  # fmt: skip


def _without_order(column: str) -> str:
    return column.removesuffix(" desc")

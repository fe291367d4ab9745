"""Finds single rows that break a rule of the schema or an invariant, in a structure that is whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.integrity.constraint_queries import (
    NOT_ASCII,
    ConstraintQuery,
    duplicates,
    orphans,
    row_rules,
    texts,
)
from modelus_bot.database.integrity.report import BrokenRow
from modelus_bot.database.integrity.row_keys import RowKey, key_from, key_of
from modelus_bot.database.schema import Shape, TableShape

__all__ = [
    "Ask",
    "Violation",
    "broken_texts",
    "find_broken_rows",
    "findings",
    "is_about_text",
    "key_of_record",
    "merged",
    "no_text",
    "violations",
]

Ask = Callable[[str, Sequence[Any]], Iterable[Any]]
"""Runs a query and gives its rows: ``connection.execute``, or ``fetch_all`` of a transaction."""

_NO_TEXT = "that is no UTF-8"
LIMIT = 1000
"""How many rows each query names."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A row and one rule that it breaks."""

    key: RowKey
    reason: str


def find_broken_rows(
    connection: sqlite3.Connection, shape: Shape, *, tables: Collection[str] | None = None, limit: int = LIMIT
) -> tuple[BrokenRow, ...]:
    """Return the rows that break a rule of ``shape``, each with all its reasons.

    Looks at every row of ``tables``, by default of all. Raises ``sqlite3.Error`` when a table cannot
    be read or lacks a column.
    """
    found = findings(connection.execute, shape, tables=tables, limit=limit)
    return merged((item.key.table, item.key.record_id, item.reason) for item in found)


def findings(
    ask: Ask,
    shape: Shape,
    *,
    tables: Collection[str] | None = None,
    text_tables: Collection[str] | None = None,
    closely: Collection[str] | None = None,
    limit: int = LIMIT,
) -> list[Violation]:
    """Return every broken rule of every row of ``tables`` (None: all).

    Texts are decoded in ``text_tables`` only; ``closely`` are those that are asked about more than
    CHECKs and references: about empty columns, types, and duplicates.
    """
    found: list[Violation] = []
    for table in shape.tables.values():
        if table.virtual or (tables is not None and table.name not in tables):
            continue
        for question in _questions(table, shape, closely=closely is None or table.name in closely):
            found.extend(_answers(ask, question, limit))
        if text_tables is None or table.name in text_tables:
            odd = broken_texts(ask, table, limit)
            found.extend(Violation(key, no_text(column)) for key, column, _ in odd)
    return found


def broken_texts(ask: Ask, table: TableShape, limit: int = LIMIT) -> Iterator[tuple[RowKey, str, bytes]]:
    """Yield key, column and content of each text that is no UTF-8."""
    question = texts(table)
    if question is None:
        return
    named = 0
    for row in ask(question.sql, (NOT_ASCII, -1)):
        values = tuple(row)
        for column, content in zip(question.reasons, values[-len(question.reasons) :], strict=True):
            if content is not None and not _is_text(content):
                yield key_of(table, values), column, content
                named += 1
        if named >= limit:
            return


def no_text(column: str) -> str:
    """Return the reason of a row with a text that is no UTF-8."""
    return f"has text in {column} {_NO_TEXT}"


def is_about_text(reason: str) -> bool:
    """Say whether a reason is one that ``no_text`` gave."""
    return reason.endswith(_NO_TEXT)


def violations(ask: Ask, invariant: Invariant, limit: int = LIMIT) -> Iterator[tuple[str, str, str]]:
    """Yield table, record id and what is wrong, for each row that breaks an invariant."""
    for number, row in enumerate(ask(invariant.sql, ())):
        if number >= limit:
            return
        table, record, reason = (_told(value) for value in row)
        yield table, record, f"{invariant.name}: {reason}"


def key_of_record(shape: Shape, table: str, record_id: str) -> RowKey | None:
    """Return the key of the row that an invariant named; None if there can be no such row."""
    known = shape.tables.get(table)
    return None if known is None else key_from(known, record_id)


def merged(found: Iterable[tuple[str, str, str]]) -> tuple[BrokenRow, ...]:
    """Put the reasons of the same row together, in the order in which rows were found."""
    reasons: dict[tuple[str, str], dict[str, None]] = {}
    for table, record, reason in found:
        reasons.setdefault((table, record), {})[reason] = None
    return tuple(
        BrokenRow(table=table, record_id=record, reason="; ".join(why))
        for (table, record), why in reasons.items()
    )


def _questions(table: TableShape, shape: Shape, *, closely: bool) -> Iterator[ConstraintQuery]:
    rules = row_rules(table, only_checks=not closely)
    if rules is not None:
        yield rules
    yield from orphans(table, shape)
    if closely:
        yield from duplicates(table, shape)


def _answers(ask: Ask, question: ConstraintQuery, limit: int) -> Iterator[Violation]:
    for row in ask(question.sql, (limit,)):
        values = tuple(row)
        key = key_of(question.table, values)
        flags = values[-len(question.reasons) :] if question.flagged else [1]
        for reason, flag in zip(question.reasons, flags, strict=True):
            if flag:
                yield Violation(key, reason)


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _told(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

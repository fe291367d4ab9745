"""Reads a table from CSV, divided by commas, semicolons or tabs. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import PurePath

from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.staff_import.model.source import Place, SourceRow, SourceTable, TableName
from modelus_bot.subjects.staff_import.rules.shapes import (
    NEEDED,
    canonical,
    table_of_columns,
    table_of_name,
)

__all__ = ["csv_table"]

EMPTY = {"", "\\N", "NULL"}
"""How programs write that there is no value."""
LONGEST = 1_000_000
"""Characters one field may have."""


def csv_table(name: str, text: str) -> SourceTable:
    """Return the table of a file; raises ``ImportProblem`` naming file, line and column."""
    rows = _records(name, text)
    header = next(rows, None)
    if header is None:
        raise ImportProblem(f"{Place(name, 1)}: the file is empty; its first line has to name the columns.")
    names = [field.strip().lower() for field in header[1]]
    table = _table(name, names)
    columns = _columns(name, table, names)
    found = tuple(_row(name, at, columns, fields) for at, fields in rows if fields)
    untaken = [field for field, column in zip(names, columns, strict=True) if column is None and field]
    return SourceTable(table, found, tuple(untaken))


def _records(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines on which records begin, and their fields."""
    first = text.partition("\n")[0]
    divider = max(",;\t", key=first.count)
    before = csv.field_size_limit(LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True)
    line = 1
    try:
        for fields in reader:
            yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        raise ImportProblem(
            f"{Place(name, max(line, reader.line_num))}: this is not CSV ({error})."
        ) from error
    finally:
        csv.field_size_limit(before)


def _table(name: str, names: list[str]) -> TableName:
    table = table_of_name(PurePath(name).stem) or table_of_columns(names)
    if table is None:
        raise ImportProblem(
            f"{Place(name, 1)}: neither the file's name nor its columns tell which table this is. Call it"
            " users.csv, tasks.csv, notifications.csv, messages.csv or triage.csv."
        )
    return table


def _columns(name: str, table: TableName, names: list[str]) -> list[str | None]:
    """Return what each field is; raises ``ImportProblem`` where a column is missing or there twice."""
    columns = [canonical(table, field) for field in names]
    for number, column in enumerate(columns):
        if column is not None and column in columns[:number]:
            raise ImportProblem(f"{Place(name, 1, number + 1)}: the column {column} is there twice.")
    missing = [column for column in NEEDED[table] if column not in columns]
    if missing:
        raise ImportProblem(
            f"{Place(name, 1, len(names) + 1)}: the column {missing[0]} is missing; the first line of"
            f" {table} has to name {', '.join(NEEDED[table])}."
        )
    return columns


def _row(name: str, line: int, columns: list[str | None], fields: list[str]) -> SourceRow:
    if len(fields) != len(columns):
        where = Place(name, line, min(len(fields), len(columns)) + 1)
        raise ImportProblem(
            f"{where}: there are {len(fields)} fields, but {len(columns)} columns."
            " Is a quotation mark missing?"
        )
    pairs = zip(columns, fields, strict=True)
    values = {column: None if text in EMPTY else text for column, text in pairs if column is not None}
    return SourceRow(Place(name, line), values)

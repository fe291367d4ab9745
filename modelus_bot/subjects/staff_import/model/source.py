"""The source's tables as they are found: each row with its place in its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

__all__ = ["TABLES", "Place", "SourceRow", "SourceTable", "TableName"]

TableName = Literal["users", "tasks", "notifications", "chat_messages", "triage_items"]
TABLES: tuple[TableName, ...] = get_args(TableName)
"""In the order in which they are taken in: what a row refers to comes first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file; lines and columns count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        """Return it as sentences name it."""
        return f"{self.file}, line {self.line}, column {self.column}"

    @property
    def short(self) -> str:
        """Return it as lists name it."""
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def cells(self) -> tuple[str, int, int]:
        """Return its parts, for columns of a report."""
        return self.file, self.line, self.column


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row by the names of its columns; what a file leaves empty is None."""

    place: Place
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SourceTable:
    """The rows that one file has of a table; ``untaken`` names columns of it that nothing here stands for."""

    name: TableName
    rows: tuple[SourceRow, ...]
    untaken: tuple[str, ...] = ()

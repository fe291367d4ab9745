"""The tables of the original bot's database as they are found: each row with its place in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

__all__ = [
    "STORED_AS",
    "TABLES",
    "LaterTable",
    "ModelusSource",
    "RecordPlace",
    "RecordRow",
    "SimulationTable",
]

SimulationTable = Literal[
    "nations",
    "nation_renames",
    "user_links",
    "tags",
    "laws",
    "law_tags",
    "wars",
    "alliances",
    "multi_alliances",
    "multi_alliance_members",
]
TABLES: tuple[SimulationTable, ...] = get_args(SimulationTable)
"""In the order in which they are taken in: what a row refers to comes first."""

STORED_AS: Mapping[str, str] = {
    "nation_renames": "nation_names",
    "user_links": "nation_offices",
    "alliances": "treaties",
    "multi_alliances": "blocs",
    "multi_alliance_members": "bloc_members",
}
"""Where rows of a table go whose name there is not the one here."""


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where a row stands: ``row`` is its number there, or ``#3`` for the third of those without."""

    file: str
    table: str
    row: str

    def __str__(self) -> str:
        """Return it as sentences name it."""
        return f"{self.table} {self.row}"

    @property
    def short(self) -> str:
        """Return it as lists name it."""
        return self.row

    @property
    def cells(self) -> tuple[str, str]:
        """Return its parts, for columns of a report."""
        return self.file, self.row


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A row by the names of its columns."""

    place: RecordPlace
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LaterTable:
    """A table that is counted and not taken in, with what can be said of it already."""

    name: str
    rows: int
    why: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelusSource:
    """What a database has: rows to take in, columns that are not taken over, and tables that are counted.

    ``missing`` are tables that it should have and has not.
    """

    tables: Mapping[SimulationTable, tuple[RecordRow, ...]]
    untaken: Mapping[SimulationTable, tuple[str, ...]]
    later: tuple[LaterTable, ...]
    missing: tuple[str, ...]

    @property
    def rows(self) -> int:
        """How many rows are to be taken in."""
        return sum(map(len, self.tables.values()))

"""Makes the source of the tables that were read, whatever else the file has. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from modelus_bot.subjects.modelus_import.model.source import (
    TABLES,
    ModelusSource,
    RecordPlace,
    RecordRow,
    SimulationTable,
)
from modelus_bot.subjects.modelus_import.rules.counting import LATER, later_table
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem

__all__ = ["WANTED", "FoundTable", "source_of"]

_COLUMNS: Mapping[SimulationTable, Mapping[str, tuple[str, ...]]] = {
    "nations": {
        "id": (), "name": (), "gdp": (), "stability": (), "population": (), "tax_rate": (),
        "previous_gdp": (), "previous_population": (), "flag": (), "capitol": ("capital",),
        "description": (), "ground_strength": (), "naval_strength": (), "air_strength": (),
        "tax_rate_changed_at": (), "government_type": (), "provincial_capitals": (), "national_debt": (),
        "last_rename_at": (), "created_at": (),
    },
    "nation_renames": {
        "id": (), "old_name": ("previous_name", "from_name"), "new_name": ("nation_name", "to_name"),
        "created_at": ("renamed_at", "timestamp"),
    },
    "user_links": {
        "id": (), "discord_id": ("user_id",), "nation_name": (), "role": (),
        "created_at": ("linked_at",),
    },
    "tags": {"id": (), "name": (), "description": (), "created_at": ()},
    "laws": {
        "id": (), "name": (), "body_text": (), "is_public": (), "nation_name": (), "created_by": (),
        "created_at": (), "edited_at": (), "edited_by": (), "original_text": (),
    },
    "law_tags": {"law_id": (), "tag_id": ()},
    "wars": {
        "id": (), "name": (), "participants": (), "start_date": (), "end_date": (), "casualties": (),
        "description": (), "status": (), "end_reason": ("reason",), "created_at": (), "updated_at": (),
    },
    "alliances": {
        "id": (), "nation1": ("nation_1",), "nation2": ("nation_2",), "status": (),
        "requested_at": ("created_at",), "approved_at": (), "updated_at": ("ended_at",),
    },
    "multi_alliances": {
        "id": (), "name": (), "description": (), "leader_nation": ("leader",), "created_at": (),
    },
    "multi_alliance_members": {
        "alliance_id": ("multi_alliance_id", "alliance"), "alliance_name": ("multi_alliance_name",),
        "nation_name": ("nation",), "joined_at": ("created_at",),
    },
}  # fmt: skip
"""Columns that are taken, with what else they are called."""
_NEEDED: Mapping[SimulationTable, tuple[str, ...]] = {
    "nations": ("id", "name"),
    "nation_renames": ("id", "old_name", "new_name"),
    "user_links": ("discord_id", "nation_name"),
    "tags": ("id", "name"),
    "laws": ("id", "name", "body_text", "nation_name"),
    "law_tags": ("law_id", "tag_id"),
    "wars": ("id", "name"),
    "alliances": (),
    "multi_alliances": ("id", "name"),
    "multi_alliance_members": (),
}
_DERIVED = {"budget", "gdp_per_capita", "gdp_change", "population_change", "flag_set_at", "updated_at"}
"""Columns that follow from others, or say when a flag was set that is not taken over."""

WANTED: Mapping[str, Sequence[str]] = {
    name: [name for column, others in columns.items() for name in (column, *others)]
    for name, columns in _COLUMNS.items()
} | {name: columns for name, (_, columns) in LATER.items() if columns}
"""What has to be read: columns by table."""


class FoundTable(Protocol):
    """A table that was read."""

    columns: tuple[str, ...]
    count: int
    unique: tuple[str, ...]
    read: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def source_of(file: str, tables: Mapping[str, FoundTable]) -> ModelusSource:
    """Return what a database has for us; raises ``ImportProblem`` where it is not the original bot's."""
    if "nations" not in tables:
        raise ImportProblem(
            f"{file} is no database of the original Model US bot: it has no table of nations."
        )
    known = {name: tables[name] for name in TABLES if name in tables}
    for name, table in known.items():
        lacking = [column for column in _NEEDED[name] if _position(name, column, table) is None]
        if lacking and table.count:
            raise ImportProblem(
                f"{file}: the table {name} lacks the column {lacking[0]}, so it is not one of the original"
                " Model US bot."
            )
    return ModelusSource(
        {name: tuple(_rows(file, name, table)) for name, table in known.items()},
        {name: found for name, table in known.items() if (found := _untaken(name, table))},
        tuple(
            later_table(name, table) for name, table in tables.items() if name not in known and table.count
        ),
        tuple(name for name in TABLES if name not in tables),
    )


def _rows(file: str, name: SimulationTable, table: FoundTable) -> list[RecordRow]:
    places = {column: _position(name, column, table) for column in _COLUMNS[name]}
    found = [
        {column: row[place] for column, place in places.items() if place is not None} for row in table.rows
    ]
    rows = [
        RecordRow(RecordPlace(file, name, _called(values, count)), values)
        for count, values in enumerate(found, 1)
    ]
    return sorted(rows, key=lambda row: _order(row.values.get("id")))


def _called(values: Mapping[str, Any], count: int) -> str:
    number = values.get("id")
    return str(number)[:20] if isinstance(number, int | str) and number != "" else f"#{count}"


def _order(number: object) -> tuple[bool, int]:
    """Sort by number where there is one; others keep their order behind."""
    return (False, number) if isinstance(number, int) else (True, 0)


def _position(name: SimulationTable, column: str, table: FoundTable) -> int | None:
    for called in (column, *_COLUMNS[name][column]):
        if called in table.read:
            return table.read.index(called)
    return None


def _untaken(name: SimulationTable, table: FoundTable) -> tuple[str, ...]:
    taken = set(WANTED[name])
    return tuple(column for column in table.columns if column not in taken and column not in _DERIVED)

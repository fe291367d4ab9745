"""Which schema a file should have, by its own record of migrations, and which of its tables have it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from modelus_bot.database.schema import (
    Remedy,
    SchemaValidator,
    Shape,
    applied_migrations,
    compare,
    newer_than_known,
    read_shape,
)

__all__ = ["Expectation", "expectation_of"]

_NOTHING = Shape({}, {}, {}, {})


@dataclass(frozen=True, slots=True)
class Expectation:
    """The expected ``shape`` (None: nobody knows), the ``tables`` with its columns, and what differs.

    ``missing`` tables are not there, ``altered`` ones have other rules or unique indexes than they should.
    ``newest`` is true for a file that has all migrations, so that invariants can be asked.
    """

    found: Shape = _NOTHING
    shape: Shape | None = None
    tables: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    altered: frozenset[str] = frozenset()
    newest: bool = False
    problems: tuple[str, ...] = field(default=())


def expectation_of(
    connection: sqlite3.Connection, migrations: Path | None = None, digest: str | None = None
) -> Expectation:
    """Compare a file with what its own migrations should have led to.

    An older file is as good as a new one. ``digest`` is what a file must have that has no record of
    its migrations. Raises ``sqlite3.Error`` when the schema cannot be read.
    """
    found = read_shape(connection)
    validator = SchemaValidator(migrations)
    known = [script.id for script in validator.scripts]
    applied = applied_migrations(connection)
    newer = sorted(applied - set(known))
    if newer:
        return Expectation(found, problems=(newer_than_known(newer),))
    if applied:
        expected = validator.expected_after(applied)
    elif found.digest == validator.digest:
        expected = validator.expected
    else:
        return Expectation(found, problems=_strange(digest))
    differences = compare(expected, found).differences
    return Expectation(
        found,
        expected,
        frozenset(name for name in expected.tables if _answers(expected, found, name)),
        _missing(expected, found),
        frozenset(name for name in expected.tables if _is_altered(expected, found, name)),
        set(known) <= applied or expected.digest == validator.digest,
        tuple(difference.fact for difference in differences if difference.remedy is not Remedy.NOTE),
    )


def _strange(digest: str | None) -> tuple[str, ...]:
    return ("the file has no record of the bot's migrations, and another schema",) if digest else ()


def _missing(expected: Shape, found: Shape) -> tuple[str, ...]:
    """Return the tables that are gone with their rows; a search is made anew from those of others."""
    gone = expected.tables.keys() - found.tables.keys()
    return tuple(sorted(name for name in gone if not expected.tables[name].virtual))


def _answers(expected: Shape, found: Shape, name: str) -> bool:
    """Say whether a table and those it refers to have all columns that are asked about."""
    table = expected.tables[name]
    return all(
        _has_columns(expected, found, item) for item in {name, *(key.parent for key in table.foreign_keys)}
    )


def _has_columns(expected: Shape, found: Shape, name: str) -> bool:
    if name not in found.tables or name not in expected.tables:
        return False
    wanted = {column.name for column in expected.tables[name].columns}
    return wanted <= {column.name for column in found.tables[name].columns}


def _is_altered(expected: Shape, found: Shape, name: str) -> bool:
    def rules(shape: Shape) -> tuple[object, ...]:
        unique = [index for index in shape.indexes.values() if index.table == name and index.unique]
        return shape.tables.get(name), sorted(unique, key=lambda item: item.name)

    return rules(expected) != rules(found)

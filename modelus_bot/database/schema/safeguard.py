"""What has to hold before a migration is committed, and before one is begun."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from modelus_bot.config.units import megabytes
from modelus_bot.database.core.errors import MigrationFailed
from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.schema.drift import compare
from modelus_bot.database.schema.reading import read_shape
from modelus_bot.database.schema.report import Difference
from modelus_bot.database.schema.validator import SchemaValidator, applied_migrations

__all__ = ["Before", "Safeguard", "check_space"]

LEAST_SPACE = 1_000_000
"""Bytes that have to be free for a file of any size."""

Violation = tuple[str, str, str]
"""What is broken, in which table, at which row."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was wrong before a migration; it is not the migration's fault."""

    violations: Counter[Violation]
    differences: frozenset[Difference]


class Safeguard:
    """Looks at schema, references and invariants in a migration's own transaction."""

    def __init__(self, validator: SchemaValidator, invariants: Sequence[Invariant]) -> None:
        """Check against what ``validator`` expects; ``invariants`` belong to the newest schema."""
        self._validator = validator
        self._invariants = invariants

    def before(self, connection: sqlite3.Connection) -> Before:
        """Remember what is wrong already."""
        violations = self._violations(connection)
        if violations:
            logger.bind(count=violations.total(), first=_first(violations)).warning("broken_rows_migrated")
        return Before(violations, frozenset(self._differences(connection)))

    def after(self, connection: sqlite3.Connection, before: Before) -> None:
        """Raise ``MigrationFailed`` if something is wrong that was not before."""
        differences = [
            difference for difference in self._differences(connection) if difference not in before.differences
        ]
        if differences:
            facts = " ".join(difference.fact for difference in differences[:3])
            raise MigrationFailed(f"the schema would not be what the migrations say: {facts}")
        broken = self._violations(connection) - before.violations
        if broken:
            rows = "1 row" if broken.total() == 1 else f"{broken.total()} rows"
            raise MigrationFailed(f"{rows} would break a rule, first {_first(broken)}")

    def _differences(self, connection: sqlite3.Connection) -> tuple[Difference, ...]:
        expected = self._validator.expected_after(applied_migrations(connection))
        return compare(expected, read_shape(connection)).differences

    def _violations(self, connection: sqlite3.Connection) -> Counter[Violation]:
        found: Counter[Violation] = Counter()
        for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
            found[f"reference to {parent}", table, str(row)] += 1
        complete = applied_migrations(connection) >= {script.id for script in self._validator.scripts}
        for invariant in self._invariants:
            found.update(_broken(connection, invariant, complete=complete))
        return found


def check_space(path: Path) -> None:
    """Raise ``MigrationFailed`` unless twice the size of the file and its -wal is free beside it."""
    size = sum(part.stat().st_size for part in parts_of(path)[:2] if part.exists())
    needed = max(2 * size, LEAST_SPACE)
    free = shutil.disk_usage(path.parent).free
    if free < needed:
        raise MigrationFailed(
            f"{megabytes(needed)} must be free in {path.parent} to migrate {path.name}"
            f" ({megabytes(size)}), but only {megabytes(free)} are. Nothing was changed."
        )


def _broken(connection: sqlite3.Connection, invariant: Invariant, *, complete: bool) -> Iterator[Violation]:
    """Yield what breaks an invariant; halfway through the migrations its tables may not be there yet."""
    try:
        for table, row, *_ in connection.execute(invariant.sql):
            yield invariant.name, str(table), str(row)
    except sqlite3.OperationalError as error:
        if complete or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_ERROR:
            raise


def _first(violations: Counter[Violation]) -> str:
    name, table, row = min(violations)
    return f"{name} in {table}, row {row}"

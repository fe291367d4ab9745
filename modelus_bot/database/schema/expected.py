"""What a database should look like: the migrations, run on an empty database in memory."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from modelus_bot.database.core.errors import MigrationFailed
from modelus_bot.database.schema.reading import read_shape
from modelus_bot.database.schema.shape import Shape
from modelus_bot.database.schema.tokens import first_token, statements

__all__ = ["Script", "read_scripts", "shape_after"]

ROLLBACK = ".rollback.sql"
_OUTSIDE_TRANSACTIONS = frozenset(
    {"attach", "begin", "commit", "detach", "end", "pragma", "release", "rollback", "savepoint", "vacuum"}
)


@dataclass(frozen=True, slots=True)
class Script:
    """One migration: its id (``0001.core``), its SQL, and the SQL that undoes it, empty if there is none."""

    id: str
    sql: str
    rollback: str


def read_scripts(folder: Path) -> tuple[Script, ...]:
    """Return the migrations of a folder in order.

    Raises ``MigrationFailed`` for one that is no SQL file, or that is no single transaction.
    """
    texts = {path.name: _text(path) for path in sorted(folder.iterdir()) if path.suffix in {".sql", ".py"}}
    return tuple(
        Script(name.removesuffix(".sql"), text, texts.get(name.removesuffix(".sql") + ROLLBACK, ""))
        for name, text in texts.items()
        if not name.endswith(ROLLBACK)
    )


def shape_after(scripts: Collection[Script], applied: Collection[str]) -> Shape:
    """Return the shape that the migrations with the ids ``applied`` lead to.

    Raises ``MigrationFailed`` if they cannot be run one after the other.
    """
    return _run(tuple(script for script in scripts if script.id in applied))


@lru_cache(maxsize=32)
def _run(scripts: tuple[Script, ...]) -> Shape:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for script in scripts:
            try:
                for statement in statements(script.sql):
                    connection.execute(statement)
            except sqlite3.Error as error:
                raise MigrationFailed(f"{script.id} does not work on an empty database: {error}") from error
        return read_shape(connection)


def _text(file: Path) -> str:
    if file.suffix != ".sql":
        raise MigrationFailed(f"{file.name}: a migration is an SQL file")
    sql = file.read_text(encoding="utf-8")
    outside = sorted({first_token(statement) for statement in statements(sql)} & _OUTSIDE_TRANSACTIONS)
    if outside:
        raise MigrationFailed(
            f"{file.name}: a migration is one transaction, {', '.join(outside).upper()} cannot be part of it"
        )
    return sql

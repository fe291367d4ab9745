"""Snapshots for tests: contents with any rows, and what a rota says through one."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from modelus_bot.database.core.operation import Query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.core.visibility.connection import GatedConnection, close_gate, seated
from modelus_bot.database.core.visibility.gate import GateKind
from modelus_bot.database.offline.snapshot.answering import filled
from modelus_bot.database.offline.snapshot.contents import Contents, TableContents, kept_contents
from modelus_bot.database.offline.snapshot.folder import SnapshotFolder
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects import DECLARED

VALIDATOR = SchemaValidator()
TABLES = ("first", "second", "third")


def contents(generation: int, *, changing: int = 1, rows: int = 40) -> Contents:
    """Return contents whose first ``changing`` tables differ from those of every other generation."""
    return Contents(
        {
            name: _table(name, generation if number < changing else 0, rows)
            for number, name in enumerate(TABLES)
        },
        ("0001.core",),
        generation,
        f"{generation:064x}",
        1_700_000_000 + generation,
    )


def _table(name: str, generation: int, rows: int) -> TableContents:
    lines = ",\n".join(f'[{number},"{name} {generation}"]' for number in range(rows))
    text = f'{{"table":"{name}","columns":["id","text"],"rows":[\n{lines}\n]}}\n'
    return TableContents.of(name, text.encode(), rows)


def folder_at(path: Path) -> SnapshotFolder:
    """Return a snapshot's folder for the schema ``s``."""
    return SnapshotFolder(path, "s")


def read_contents(connection: sqlite3.Connection, at: int = 1) -> Contents:
    """Return what a snapshot keeps of a database."""
    connection.row_factory = sqlite3.Row
    return kept_contents(ReadTransaction(connection), DECLARED.kept_tables, at, DECLARED.kept_rows)


def outcome(connection: sqlite3.Connection, query: Query[..., Any], given: tuple[Any, ...]) -> Any:
    """Return what a query answers; refusals and failures of SQLite are answers, too."""
    viewer = query.seen_by(given)
    if viewer is not None and not isinstance(connection, GatedConnection):
        with closing(shown(connection, GateKind.BARRIER)) as gated:
            return outcome(gated, query, given)
    try:
        with seated(connection, viewer):
            return query(ReadTransaction(connection), *given)
    except (Refusal, sqlite3.Error) as error:
        return type(error), str(error)


def shown(live: sqlite3.Connection, kind: GateKind) -> GatedConnection:
    """Return a copy of a database that shows viewers what they may see."""
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=GatedConnection)
    connection.deserialize(live.serialize())
    close_gate(connection, DECLARED.visibility, kind)
    connection.row_factory = sqlite3.Row
    return connection


def compared(
    live: sqlite3.Connection, questions: Mapping[Query[..., Any], list[tuple[Any, ...]]]
) -> list[str]:
    """Return in words where a snapshot of a database answers other than the database itself."""
    held = read_contents(live)
    with (
        closing(filled(held, VALIDATOR.scripts)) as kept,
        closing(filled(held, VALIDATOR.scripts, DECLARED.visibility)) as kept_for_viewers,
        closing(shown(live, GateKind.BARRIER)) as live_for_viewers,
    ):
        return [
            f"{query.name}{given}: {there!r} became {here!r}"
            for query, asked in questions.items()
            for given in asked
            if (there := outcome(live_for_viewers if query.viewer else live, query, given))
            != (here := outcome(kept_for_viewers if query.viewer else kept, query, given))
        ]

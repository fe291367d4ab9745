"""A small file with a table of every kind, and who may see what of it."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from modelus_bot.database.core.visibility.connection import GatedConnection, close_gate, seated
from modelus_bot.database.core.visibility.declaration import EVERY_ROW, NO_ROW, Viewer, Visibility, Visible
from modelus_bot.database.core.visibility.gate import GateKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADA, BEN, CLEO = 1, 2, 3
"""Ada is nobody in particular; Ben is on staff."""

_SCHEMA = """
CREATE TABLE people (id INTEGER PRIMARY KEY, role TEXT) STRICT;
CREATE TABLE letters (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    body TEXT NOT NULL,
    size INTEGER AS (length(body)) VIRTUAL,
    UNIQUE (user_id, body)
) STRICT;
CREATE INDEX letters_by_body ON letters (body, user_id);
CREATE TABLE duties (key TEXT NOT NULL, holder INTEGER, PRIMARY KEY (key)) STRICT, WITHOUT ROWID;
CREATE TABLE days (day TEXT NOT NULL) STRICT;
CREATE TABLE secrets (word TEXT NOT NULL) STRICT;
CREATE TABLE forgotten (word TEXT NOT NULL) STRICT;
CREATE TABLE talk (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL) STRICT;
CREATE VIRTUAL TABLE talk_search USING fts5(body, content = 'talk', content_rowid = 'id');
CREATE VIEW everything AS SELECT * FROM letters;
INSERT INTO people VALUES (1, NULL), (2, 'developer'), (3, NULL);
INSERT INTO letters(user_id, body) VALUES (1, 'to ada'), (2, 'to ben'), (2, 'secret to ben'), (3, 'to cleo');
INSERT INTO duties VALUES ('account', 2), ('producer', 3);
INSERT INTO days VALUES ('monday'), ('tuesday');
INSERT INTO secrets VALUES ('swordfish');
INSERT INTO forgotten VALUES ('swordfish');
INSERT INTO talk(body) VALUES ('hello world'), ('a secret plan'), ('hello again');
INSERT INTO talk_search(talk_search) VALUES ('rebuild');
"""
STAFF = "EXISTS (SELECT 1 FROM main.people AS me WHERE me.id = viewer_id() AND me.role IS NOT NULL)"
MINE = "EXISTS (SELECT 1 FROM main.people AS me WHERE me.id = letters.user_id AND me.id = viewer_id())"
"""SQLite asks a condition that looks elsewhere after all others."""
VISIBILITY = Visibility(
    (
        Visible("people", f"id = viewer_id() OR {STAFF}", reported=True),
        Visible("letters", "user_id = viewer_id()"),
        Visible("duties", f"{STAFF} OR viewer_is_admin()", reported=True),
        Visible("days", EVERY_ROW, reported=True),
        Visible("secrets", NO_ROW),
        Visible("talk", STAFF),
        Visible("talk_search", STAFF),
    )
)


def make(path: Path) -> Path:
    """Write the file."""
    connection = sqlite3.connect(path)
    connection.executescript(_SCHEMA)
    connection.close()
    return path


@contextmanager
def gated(path: Path, kind: GateKind, visibility: Visibility = VISIBILITY) -> Iterator[GatedConnection]:
    """Open the file for reading, behind a gate."""
    uri = f"{path.as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, factory=GatedConnection)
    try:
        close_gate(connection, visibility, kind)
        yield connection
    finally:
        connection.close()


def ask(connection: GatedConnection, sql: str, viewer: int | None, *values: Any) -> list[tuple[Any, ...]]:
    """Run a statement for somebody."""
    with seated(connection, None if viewer is None else Viewer(viewer)):
        return [tuple(row) for row in connection.execute(sql, values).fetchall()]

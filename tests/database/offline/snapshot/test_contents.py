"""Rows in the text of a file: every value that SQLite has comes back as it was."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.offline.snapshot.contents import decoded, kept_contents
from modelus_bot.subjects import DECLARED
from tests.database.offline.snapshot.keeping import read_contents
from tests.subjects.rota import ADA, Rota

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=("Cs",))),
    st.binary(),
)


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(st.tuples(VALUES, VALUES), max_size=8))
def test_every_value_comes_back(rows: list[tuple[Any, Any]]) -> None:
    """Whole numbers, fractions, texts with anything in them, bytes and NULL survive, types included."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        connection.executescript(
            "CREATE TABLE _yoyo_migration(migration_id); CREATE TABLE audit_logs(id, row_hash);"
            'CREATE TABLE "odd "" name"("a b", "hex")'
        )
        connection.executemany('INSERT INTO "odd "" name" VALUES(?, ?)', rows)
        table = kept_contents(ReadTransaction(connection), ('odd " name',), 5).tables['odd " name']
    columns, found = decoded(table.content)
    assert columns == ["a b", "hex"]
    assert table.rows == len(rows)
    assert [[(type(item), item) for item in row] for row in found] == [
        [(type(item), item) for item in row] for row in rows
    ]


def test_infinity_comes_back() -> None:
    """A column may hold infinity, which plain JSON has no word for."""
    assert decoded(b'{"columns":["x"],"rows":[[Infinity],[-Infinity]]}')[1] == [[math.inf], [-math.inf]]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b'{"columns":["a"],"rows":[[1,2]]}', b'{"columns":1,"rows":[]}', b"\xff"]
)
def test_other_files_are_no_tables(content: bytes) -> None:
    """What is no table is refused as a value that cannot be read."""
    with pytest.raises(ValueError):  # noqa: PT011 - json and we raise different kinds of it
        decoded(content)


def test_contents_say_how_far_the_database_was(rota: Rota) -> None:
    """They carry migrations, the newest audit link and the moment; a change changes its table only."""
    before = read_contents(rota.connection, 7)
    rota.connection.execute("UPDATE users SET username = 'Eda' WHERE discord_id = ?", (ADA,))
    after = read_contents(rota.connection, 8)

    assert before.migrations == (
        "0001.core",
        "0002.staff",
        "0003.quarantine",
        "0004.cover_cards",
        "0005.cover_days",
        "0008.triage",
        "0009.messages",
    )
    assert (before.audit_id, bytes.fromhex(before.audit_head)) == (rota.chain.last_id, rota.chain.head)
    assert (before.as_of, after.as_of) == (7, 8)
    assert list(before.tables) == list(DECLARED.kept_tables)
    changed = {name for name in DECLARED.kept_tables if before.tables[name] != after.tables[name]}
    assert changed == {"users"}
    assert read_contents(rota.connection, 9) == after

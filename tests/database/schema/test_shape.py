"""What is read of a schema is what SQLite made of it, however it was written."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from modelus_bot.bundled import migrations_dir
from modelus_bot.database.schema.drift import compare
from modelus_bot.database.schema.expected import read_scripts
from modelus_bot.database.schema.reading import read_shape
from modelus_bot.database.schema.shape import Shape
from modelus_bot.database.schema.tokens import normalised, statements, tokens_of
from modelus_bot.database.schema.validator import SchemaValidator
from tests.database.schema.sample import SQL

NAMES = {
    *("nations", "cities", "notes", "code", "title", "motto", "area", "people", "density", "nation", "name"),
    *("twin_nation", "twin_name", "body", "idx_people", "idx_title", "idx_lower", "large", "keep_notes"),
    *("rename_large", "area_range", "code_unique", "code_length", "id"),
}
GAPS = (" ", "\n", "\t ", " -- why\n", " /* a, (b' */ ", "  ")
OURS = "\n".join(script.sql for script in read_scripts(migrations_dir()))


def shape_of(sql: str) -> Shape:
    """Return the shape of an empty database that ran a script."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(sql)
        return read_shape(connection)


def spelt_anew(sql: str, dice: random.Random) -> str:
    """Write a script with other gaps, comments, letters and quotes, and the same meaning."""
    return "".join(statement_anew(one, dice) + ";" for one in statements(sql))


def statement_anew(sql: str, dice: random.Random) -> str:
    """Write a statement so; what a module of SQLite's is told it reads its own way."""
    if sql.startswith("CREATE VIRTUAL"):
        return sql
    written = ""
    for token in tokens_of(sql):
        # SQLite takes a comment before these for a part of the column's type.
        gap = " " if token in {"generated", "always"} else dice.choice(GAPS)
        written += gap + spelling(token, dice)
    return written


def spelling(token: str, dice: random.Random) -> str:
    """Write one token in another way."""
    if token in NAMES:
        written = dice.choice((token, token.upper(), token.title()))
        return dice.choice((f"{written}", f'"{written}"', f"[{written}]", f"`{written}`"))
    if token.isidentifier():
        return "".join(dice.choice((letter, letter.upper())) for letter in token)
    return token


@given(st.integers(0, 2**32))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_spelling_does_not_change_the_shape(seed: int) -> None:
    """Gaps, comments, letters and quotes of a whole schema may change: shape and digest stay."""
    dice = random.Random(seed)

    for sql in (SQL, OURS):
        there = spelt_anew(sql, dice)
        assert compare(shape_of(sql), shape_of(there)).clean
        assert shape_of(there).digest == shape_of(sql).digest


@given(st.text(max_size=200))
@example("\0;")
def test_any_text_has_tokens(text: str) -> None:
    """Nothing that could stand in a damaged schema raises, and normal text stays as it is."""
    once = normalised(text)
    assert all(statement in text for statement in statements(text))
    if not set(text) & set("'\"`[]"):
        assert normalised(once) == once


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("SELECT a FROM b", "select  A\nfrom \"b\" ;"),
        ("x != 'A'", "X!='A'"),
        ("[order] `group`", '"ORDER" "group"'),
        ("X'AB' 0x1F 1E5", "x'ab' 0X1f 1e5"),
        ("a--c\n+b/* * */", "a + b"),
    ],
)  # fmt: skip
def test_texts_that_mean_the_same(text: str, other: str) -> None:
    """Case, gaps, comments and needless quotes say nothing."""
    assert normalised(text) == normalised(other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("'a'", "'A'"),
        ('DEFAULT "null"', "DEFAULT null"),
        ('"a b"', "a b"),
        ("'a''b'", "'a' 'b'"),
        ("a.b", "a,b"),
        ('x = "y"', "x = 'y'"),
        ("Ä", "ä"),
    ],
)
def test_texts_that_mean_something_else(text: str, other: str) -> None:
    """Strings, quoted keywords and what only looks alike are kept apart."""
    assert normalised(text) != normalised(other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("CREATE TABLE t (a INTEGER CHECK (a > 0))", "CREATE TABLE t (a INTEGER, CHECK (a > 0))"),
        ("CREATE TABLE t (a INTEGER PRIMARY KEY)", "CREATE TABLE t (a INTEGER, PRIMARY KEY (a))"),
        ("CREATE TABLE t (a TEXT UNIQUE)", "CREATE TABLE t (a TEXT, CONSTRAINT any_name UNIQUE (a))"),
        (
            "CREATE TABLE p (k INTEGER PRIMARY KEY); CREATE TABLE t (a INT REFERENCES p (k))",
            "CREATE TABLE p (k INTEGER PRIMARY KEY); CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES p)",
        ),
        ("CREATE TABLE t (a TEXT NOT NULL ON CONFLICT ABORT)", "CREATE TABLE main.t (a TEXT NOT NULL)"),
        ("CREATE TABLE t (a INT REFERENCES t NOT DEFERRABLE)", "CREATE TABLE t (a INT REFERENCES t)"),
        ("CREATE TABLE t (a, CHECK (a) CHECK (a < 9))", "CREATE TABLE t (a CHECK (a < 9), CHECK (a))"),
        ("CREATE TABLE t (a); CREATE INDEX i ON t (a ASC)", "CREATE TABLE t (a); CREATE INDEX i ON t (a)"),
        ("CREATE TABLE o (a INT); ALTER TABLE o RENAME TO t", "CREATE TABLE t (a INT)"),
        ("CREATE TABLE t (a INT); ALTER TABLE t ADD COLUMN b TEXT", "CREATE TABLE t (a INT, b TEXT)"),
    ],
)
def test_declarations_that_mean_the_same(text: str, other: str) -> None:
    """It does not matter where a rule stands, nor how a table came to be."""
    assert shape_of(text).digest == shape_of(other).digest


def test_the_sample_is_read_in_full() -> None:
    """Each fact of a table that uses everything arrives in its place."""
    shape = shape_of(SQL)
    nations, cities = shape.tables["nations"], shape.tables["cities"]
    columns = {column.name: column for column in nations.columns}

    assert nations.strict
    assert nations.autoincrement
    assert nations.primary_key == ("id",)
    assert nations.unique == (("code collate nocase",),)
    assert columns["code"].collation == "nocase"
    assert columns["title"].default == "'new'"
    assert columns["density"].generated == "stored (people / area)"
    assert [check.name for check in nations.checks] == ["", "area_range", "code_length"]
    assert cities.without_rowid
    assert cities.primary_key == ("nation", "name")
    assert cities.conflicts == (("unique of name, size", "ignore"),)
    assert [(key.columns, key.parent, key.deferred) for key in cities.foreign_keys] == [
        (("nation",), "nations", False),
        (("twin_nation", "twin_name"), "cities", True),
    ]
    assert (cities.foreign_keys[0].on_update, cities.foreign_keys[0].on_delete) == ("cascade", "restrict")
    assert shape.indexes["idx_people"].columns == ("people desc", "title")
    assert shape.indexes["idx_people"].predicate == "people > 10"
    assert shape.indexes["idx_lower"].columns == ("lower ( motto )",)
    assert [*shape.views] == ["large"]
    assert {trigger.name: trigger.table for trigger in shape.triggers.values()} == {
        "keep_notes": "notes",
        "rename_large": "large",
    }


def test_the_bots_schema_is_read_as_sqlite_tells_it() -> None:
    """Every table, column, CHECK, index and trigger of the migrations is in the expected shape."""
    shape = SchemaValidator().expected
    ordinary = "name IN (SELECT name FROM pragma_table_list WHERE type = 'table')"
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(OURS)
        counted = dict(
            connection.execute(
                "SELECT type, count(*) FROM sqlite_master"
                f" WHERE sql IS NOT NULL AND (type <> 'table' OR {ordinary}) GROUP BY type"
            )
        )
        tables = "\n".join(
            row[0] for row in connection.execute(f"SELECT sql FROM sqlite_master WHERE {ordinary}")
        )
        columns = connection.execute(
            f"SELECT count(*) FROM sqlite_master m, pragma_table_xinfo(m.name) WHERE m.{ordinary}"
        ).fetchone()[0]
    searches = [name for name, table in shape.tables.items() if table.virtual]

    assert counted == {
        "table": len(shape.tables) - len(searches),
        "index": len(shape.indexes),
        "trigger": len(shape.triggers),
        "view": len(shape.views),
    }
    assert sum(len(table.columns) for table in shape.tables.values()) == columns
    assert sum(len(table.checks) for table in shape.tables.values()) == tokens_of(tables).count("check")
    assert sum(len(table.foreign_keys) for table in shape.tables.values()) == tokens_of(tables).count(
        "references"
    )
    assert all(table.strict for name, table in shape.tables.items() if name not in searches)
    assert searches == ["chat_search", "law_search"]


def test_reading_works_on_a_connection_that_gives_bytes(file: Path, folder: Path) -> None:
    """Checks of files that may be damaged read texts as bytes; the shape is the same."""
    with closing(sqlite3.connect(file)) as connection:
        connection.text_factory = bytes
        assert read_shape(connection) == SchemaValidator(folder).expected
        assert SchemaValidator(folder).inspect(connection).clean


def test_reading_inside_a_transaction_leaves_it_open(file: Path) -> None:
    """The reader neither commits nor rolls back what it did not begin."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("CREATE TABLE fresh (a)")
        assert "fresh" in read_shape(connection).tables
        assert connection.in_transaction
        connection.execute("ROLLBACK")
        assert "fresh" not in read_shape(connection).tables
        assert not connection.in_transaction


def test_statements_of_a_script_are_told_apart() -> None:
    """What stands inside a trigger is no statement of its own, and CASE … END does not end one."""
    trigger = (
        "CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN"
        " SELECT CASE WHEN 1 THEN 2 END; DELETE FROM t; /* END; */ SELECT 'END;'; END;"
    )
    script = f"-- ;\nCREATE TABLE t (a); /* BEGIN; */ {trigger} COMMIT; ;SELECT 'x;y' -- the end;"

    assert statements(script) == (
        "-- ;\nCREATE TABLE t (a);",
        f"/* BEGIN; */ {trigger}",
        "COMMIT;",
        "SELECT 'x;y' -- the end;",
    )

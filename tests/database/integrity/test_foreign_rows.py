"""Reading another program's file: whatever is in it, it ends soon, and the file stays as it was."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.database.integrity.foreign_rows import LONGEST_TEXT, ForeignDatabase, foreign_rows_job
from modelus_bot.database.integrity.recognition import Nature
from modelus_bot.database.schema.migrations import Migrator

WANTED = {"nations": ["id", "name"], "shown": ["x"], "searched": ["x"], "sqlite_sequence": ["seq"]}


def made(path: Path, script: str) -> Path:
    """Make a file by a script."""
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path


def looked(path: Path) -> tuple[dict[str, Any], list[Any]]:
    """Return what the child says, without a child."""
    rows: list[Any] = []
    answer = foreign_rows_job({"path": str(path), "wanted": WANTED}, lambda body: rows.extend(body["rows"]))
    return answer, rows


async def test_rows_come_as_they_are_through_a_child_and_the_file_stays(tmp_path: Path) -> None:
    """Names in any case; numbers, texts and bytes; unique columns; other tables are counted."""
    path = made(
        tmp_path / "old.db",
        """
        CREATE TABLE Nations(ID INTEGER PRIMARY KEY, Name UNIQUE, more);
        INSERT INTO nations VALUES(1, 'A', 0), (2, 2.5, 0), (3, x'ff41', 0), (4, NULL, 0);
        CREATE TABLE "odd "" name"(x); INSERT INTO "odd "" name" VALUES(1);
        CREATE VIEW shown AS SELECT 1 AS x; CREATE VIRTUAL TABLE searched USING fts5(x);
        """,
    )
    before = hashlib.sha256(path.read_bytes()).digest()
    found = await ForeignDatabase.read(path, WANTED)

    table = found.tables["nations"]
    assert found.readable
    assert table.rows == [(1, "A"), (2, 2.5), (3, "\udcffA"), (4, None)]
    assert (table.columns, table.unique, table.count) == (("id", "name", "more"), ("name",), 4)
    assert found.tables['odd " name'].count == 1
    assert not {"shown", "searched"} & set(found.tables)
    assert hashlib.sha256(path.read_bytes()).digest() == before
    assert [file.name for file in tmp_path.iterdir()] == ["old.db"]


def test_huge_texts_are_read_as_far_as_anybody_writes(tmp_path: Path) -> None:
    """The rest is left where it is."""
    script = "CREATE TABLE nations(id, name); INSERT INTO nations VALUES(1, hex(zeroblob(3000000)));"
    _, ((_, name),) = looked(made(tmp_path / "old.db", script))
    assert len(name) == LONGEST_TEXT + 1


@pytest.mark.parametrize(
    "name",
    [
        "instr(hex(zeroblob(4000000 + id)), 'f')",
        "replace(replace(hex(zeroblob(9000 + id)), '0', hex(zeroblob(900))), '0', hex(zeroblob(900)))",
    ],
)
def test_a_file_made_to_keep_its_reader_busy_is_given_up(tmp_path: Path, name: str) -> None:
    """What its columns calculate costs no more than a few seconds, and is said."""
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) SELECT i FROM n"
    column = f"ALTER TABLE nations ADD COLUMN name AS ({name})"
    script = f"CREATE TABLE nations(id); INSERT INTO nations {rows}; {column};"
    path = made(tmp_path / "old.db", script)
    begun = time.process_time()
    answer, _ = looked(path)

    assert time.process_time() - begun < 4
    assert answer["tables"] == {}
    assert answer["nature"] in {Nature.UNREADABLE, Nature.DAMAGED}


def test_what_is_no_other_programs_database_is_named(tmp_path: Path) -> None:
    """The bot's own, none, a text, a folder, a damaged one."""
    own = tmp_path / "own.db"
    Migrator(own).up()
    text = tmp_path / "a.txt"
    text.write_text("hello" * 100, encoding="utf-8")
    broken = made(tmp_path / "broken.db", "CREATE TABLE nations(id, name); INSERT INTO nations VALUES(1, 2);")
    broken.write_bytes(broken.read_bytes()[:4096] + b"\x07" * 4096)

    natures = [looked(path)[0]["nature"] for path in (own, text, tmp_path, tmp_path / "none", broken)]
    assert natures == [
        Nature.OURS,
        Nature.NO_DATABASE,
        Nature.NOT_A_FILE,
        Nature.MISSING,
        Nature.DAMAGED,
    ]

"""The index of a search is made anew from the rows, whichever part of it is damaged or behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.integrity.check import check_file
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.search_index import (
    broken_searches,
    is_about_searches,
    mend_searches,
    merge_searches,
)
from modelus_bot.database.schema.validator import SchemaValidator

MESSAGES = 300
FILL = f"""
INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(1, 'Ada', 0, 0);
INSERT INTO triage_items(id, reporter_id, title, description, created_at, updated_at)
VALUES(1, 1, 'T', 'D', 0, 0);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MESSAGES})
INSERT INTO chat_messages(id, sender_id, triage_id, message, created_at)
SELECT i, 1, 1, 'word' || i || ' Müller', i FROM n;
"""
INSERT = (
    "INSERT INTO chat_messages(id, sender_id, triage_id, message, created_at) VALUES(999, 1, 1, 'hidden', 0)"
)
DAMAGES = {
    "blocks overwritten": "UPDATE chat_search_data SET block = x'0011' WHERE id > 9",
    "blocks gone": "DELETE FROM chat_search_data",
    "lengths gone": "DELETE FROM chat_search_docsize",
    "settings gone": "DELETE FROM chat_search_config",
    "another version": "UPDATE chat_search_config SET v = 99",
    "no blocks": "DROP TABLE chat_search_data",
    "no directory": "DROP TABLE chat_search_idx",
    "no lengths": "DROP TABLE chat_search_docsize",
    "no settings": "DROP TABLE chat_search_config",
    "a row not noticed": f"DROP TRIGGER chat_search_i; {INSERT}",
    "a change not noticed": (
        "DROP TRIGGER chat_search_u_out; DROP TRIGGER chat_search_u_in;"
        " UPDATE chat_messages SET message = 'hidden' WHERE id = 5"
    ),
    "a deletion not noticed": "DROP TRIGGER chat_search_d; DELETE FROM chat_messages WHERE id = 5",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a file with messages."""
    path = tmp_path_factory.mktemp("whole") / "whole.db"
    Migrator(path).up()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(FILL)
        connection.execute("PRAGMA journal_mode=DELETE")
    return path.read_bytes()


@pytest.fixture
def path(whole: bytes, tmp_path: Path) -> Path:
    """Return a copy of it."""
    copy = tmp_path / "modelus.db"
    copy.write_bytes(whole)
    return copy


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    """Open it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        yield opened


def found(connection: sqlite3.Connection, words: str = "muller") -> int:
    """Count what a search finds."""
    sql = "SELECT count(*) FROM chat_search WHERE chat_search MATCH ?"
    return int(connection.execute(sql, (words,)).fetchone()[0])


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_and_mended(path: Path, damage: str) -> None:
    """Also by a program that opens the file only afterwards; the file itself is whole all the while."""
    with closing(sqlite3.connect(path, isolation_level=None)) as before:
        assert broken_searches(before) == ()
        before.executescript(DAMAGES[damage])
    report = check_file(path, finished=True)
    assert not report.damaged, report.problems
    assert report.missing_tables == ()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert broken_searches(connection) == ("chat_search",)
        assert mend_searches(connection) == ("chat_search",)
        assert broken_searches(connection) == mend_searches(connection) == ()
        left = connection.execute(
            "SELECT count(*) FROM chat_messages WHERE message LIKE '%Müller'"
        ).fetchone()
        assert found(connection) == left[0]
        assert found(connection, "hidden") == (damage in {"a row not noticed", "a change not noticed"})
        connection.execute(INSERT.replace("999", "1000"))
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE chat_search",
        "DROP TABLE chat_search; CREATE VIRTUAL TABLE chat_search USING fts5(message)",
        "PRAGMA writable_schema=ON; DELETE FROM sqlite_master WHERE name = 'chat_search'",
    ],
)
def test_a_search_that_is_gone_or_another_is_made_again(path: Path, damage: str) -> None:
    """As an index is: nothing is lost with it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(damage)
    validator = SchemaValidator()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        report = validator.inspect(connection)
        assert report.repairable
        assert not report.refused
        assert "Search chat_search was made again." in validator.repair(connection, report)
        assert validator.inspect(connection).clean
        assert broken_searches(connection) == ()
        assert found(connection) == MESSAGES


def test_words_of_what_is_gone_are_taken_out(connection: sqlite3.Connection) -> None:
    """No search finds them at once; merging takes them out of the blocks, too."""

    def blocks() -> bytes:
        return b"".join(row[0] for row in connection.execute("SELECT block FROM chat_search_data"))

    connection.execute("INSERT INTO chat_messages(sender_id, triage_id, message, created_at)"
                       " VALUES(1, 1, 'xylophone', 0)")  # fmt: skip
    assert found(connection, "xylophone") == 1
    connection.execute("UPDATE chat_messages SET message = '(erased)' WHERE message = 'xylophone'")
    assert found(connection, "xylophone") == 0
    assert b"xylophone" in blocks()
    assert merge_searches(connection) == 2
    assert b"xylophone" not in blocks()
    assert found(connection) == MESSAGES


def test_newer_sqlite_says_of_a_search_what_is_no_damage_of_the_file() -> None:
    """Its check of a file looks into searches from 3.44 on."""
    assert is_about_searches("malformed inverted index for FTS5 table main.chat_search")
    assert is_about_searches(
        "unable to validate the inverted index for FTS5 table main.chat_search: SQL error"
    )
    assert not is_about_searches("wrong # of entries in index idx_chat_search")

"""Every rule of the schema is provoked, and its sentence read; a rule without a sentence fails here."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from typing import Any

import pytest

from modelus_bot.bundled import migrations_dir
from modelus_bot.database.core.errors import ConstraintViolated
from modelus_bot.domain.sentences import sentence_for
from modelus_bot.subjects import DECLARED
from tests.subjects.rota import Rota
from tests.subjects.schema_rows import APPROVED, CLASHING, DAYS, FITTING, UNCHECKED

JARGON = re.compile(r"_|\bNULL\b|constraint|sqlite|\bSQL\b|\bFK\b|\bCHECK\b", re.IGNORECASE)
PLAIN_UNDERSCORES = {"project_manager", "pre_migration", "pre_restore", "IN_PROGRESS", "read_only"}
"""Values that people type or read with an underscore."""


OVERLAPPING = (
    "INSERT INTO sprints(sprint_index, name, start_date, end_date, updated_at)"
    " VALUES(7, 'S', '2026-01-10', '2026-02-01', 0)"
)
COVERED_TWICE = (
    "INSERT INTO overrides(sprint_id, discipline, requested_by, original_id, replacement_id, status,"
    " decided_by, decided_at, created_at, updated_at, first_day, last_day)"
    " VALUES(1, 'd', 2, 2, 1, 'approved', 3, 0, 0, 0, '2026-01-06', '2026-01-08')"
)


_TABLES = """
SELECT m.name, m.sql FROM sqlite_master AS m JOIN pragma_table_list AS t ON t.name = m.name
WHERE m.type = 'table' AND t.type = 'table' AND t.schema = 'main'
"""
"""All but searches, which hold nothing of their own."""


@cache
def schema() -> dict[str, str]:
    """Return the SQL of every table of the migrations, by name."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for path in sorted(migrations_dir().glob("????.*.sql")):
            if not path.name.endswith(".rollback.sql"):
                connection.executescript(path.read_text("utf-8"))
        rows = connection.execute(_TABLES).fetchall()
    return {name: sql for name, sql in rows if not name.startswith(("sqlite_", "_yoyo", "yoyo"))}


def checks() -> list[tuple[str, str]]:
    """Return every CHECK constraint as table and name."""
    return [
        (table, name)
        for table, sql in schema().items()
        for name in re.findall(r"CONSTRAINT (\w+)\s+CHECK", sql)
    ]


@pytest.fixture
def beside(empty: Rota) -> Iterator[Rota]:
    """Return a file with the rows that the fitting rows refer to."""
    with empty.transaction() as connection:
        for number in (1, 2, 3):
            insert(connection, "users", {**FITTING["users"], "discord_id": number})
        insert(connection, "disciplines", {"key": "d", "label": "D"})
        dates = {"start_date": "2026-01-01", "end_date": "2026-01-15"}
        insert(connection, "sprints", {**FITTING["sprints"], **dates, "id": 1, "sprint_index": 0})
        insert(connection, "overrides", {**FITTING["overrides"], "id": 1, "requested_by": 3})
        for number in (1, 2):
            insert(connection, "nations", {**FITTING["nations"], "id": number, "name": f"Nation {number}"})
        insert(connection, "triage_items", {**FITTING["triage_items"], "id": 1, "thread_id": None})
        insert(connection, "nation_offices", {**FITTING["nation_offices"], "id": 1, "user_id": 3, "until": 9})
        insert(connection, "laws", {**FITTING["laws"], "id": 1, "name": "First", "number": 1})
        insert(connection, "ledger_transactions", {**FITTING["ledger_transactions"], "id": 1})
        insert(connection, "loans", {**FITTING["loans"], "id": 1, "code": "FIRST-1"})
        insert(connection, "wars", {**FITTING["wars"], "id": 1, "name": "First"})
        insert(connection, "blocs", {**FITTING["blocs"], "id": 1, "name": "First"})
        insert(connection, "tags", {**FITTING["tags"], "id": 1, "name": "first"})
    yield empty
    for trigger in ("audit_no_delete", "ledger_transfers_kept"):
        empty.connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    gone = ("audit_logs", "ledger_transfers", "notifications", "requests", "current_holders")
    for table in (*gone, "bloc_members", "blocs"):
        empty.connection.execute(f"DELETE FROM {table}")


def insert(connection: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    """Insert a row."""
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table}({', '.join(row)}) VALUES({marks})", list(row.values()))


def broken(rota: Rota, table: str, row: dict[str, Any]) -> ConstraintViolated:
    """Return the rule that a row breaks, having read its sentence."""
    marks = ", ".join("?" * len(row))
    error = rota.violation(f"INSERT INTO {table}({', '.join(row)}) VALUES({marks})", *row.values())
    read(error)
    return error


def read(error: ConstraintViolated) -> str:
    """Return the sentence of a violation after checking that a person can read it."""
    sentence = sentence_for(error)
    spoken = sentence
    for word in PLAIN_UNDERSCORES:
        spoken = spoken.replace(word, "")
    spoken = re.sub(r"`[^`]*`", "", spoken)
    assert sentence.endswith("."), sentence
    assert "Nothing was changed" in sentence
    assert not JARGON.search(spoken), sentence
    assert len(sentence) <= 300
    return sentence


def test_every_table_has_a_row_that_fits(beside: Rota) -> None:
    """Without the break, the row is accepted: so the break is what is refused."""
    assert set(FITTING) == set(schema()) == set(DECLARED.row)
    for table, row in FITTING.items():
        with beside.transaction() as connection:
            insert(connection, table, row)
        assert beside.value(f"SELECT count(*) FROM {table}") >= 1


@pytest.mark.parametrize(("table", "name"), checks())
def test_checks(beside: Rota, table: str, name: str) -> None:
    """Each has a break and a sentence of its own."""
    error = broken(beside, table, FITTING[table] | UNCHECKED[name])
    assert (error.kind, error.rule) == ("check", name)
    assert name in DECLARED.ranges or name in DECLARED.sentences


def test_no_check_is_anonymous() -> None:
    """A CHECK without a name could not be told apart from others."""
    for table, sql in schema().items():
        assert len(re.findall(r"\bCHECK\b", sql)) == len(re.findall(r"CONSTRAINT \w+\s+CHECK", sql)), table


def needed(table: str) -> list[str]:
    """Return the columns of a table that must be filled."""
    return re.findall(r"(?:^ {4}|, )(\w+)\s+(?:INTEGER|TEXT|BLOB) NOT NULL", schema()[table], re.MULTILINE)


@pytest.mark.parametrize("table", FITTING)
def test_columns_that_must_be_filled(beside: Rota, table: str) -> None:
    """Each is missed in words."""
    stated = [
        row["name"] for row in beside.connection.execute(f"PRAGMA table_info({table})") if row["notnull"]
    ]
    assert stated == needed(table)
    for column in stated:
        error = broken(beside, table, {**FITTING[table], column: None})
        assert (error.kind, error.rule) == ("not_null", f"{table}.{column}")
        assert column in DECLARED.columns
        assert DECLARED.columns[column] in sentence_for(error)
        assert DECLARED.row[table] in sentence_for(error)


@pytest.mark.parametrize("table", FITTING)
def test_unique_keys(beside: Rota, table: str) -> None:
    """Primary keys, UNIQUE constraints and unique indexes each have a sentence of their own."""
    for rule in unique_rules(beside, table):
        first, second = CLASHING.get(rule, ({}, {}))
        with beside.transaction() as connection:
            insert(connection, table, FITTING[table] | first)
        error = broken(beside, table, FITTING[table] | second)
        assert (error.kind, error.rule) == ("unique", rule)
        assert rule in DECLARED.taken
        with beside.transaction() as connection:
            for trigger in ("audit_no_delete", "ledger_transactions_kept", "ledger_transfers_kept"):
                connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
            key = next(iter(FITTING[table]))
            connection.execute(f"DELETE FROM {table} WHERE {key} = ?", (FITTING[table][key],))


def unique_rules(rota: Rota, table: str) -> list[str]:
    """Return the unique keys of a table the way SQLite names them when they are broken."""
    found = []
    for index in rota.connection.execute(f"PRAGMA index_list({table})").fetchall():
        if index["unique"]:
            columns = rota.connection.execute(f"PRAGMA index_info({index['name']})").fetchall()
            found.append(", ".join(f"{table}.{column['name']}" for column in columns))
    keys = [row["name"] for row in rota.connection.execute(f"PRAGMA table_info({table})") if row["pk"]]
    rowid = f"{table}.{keys[0]}"
    return found if rowid in found or len(keys) > 1 or "WITHOUT ROWID" in schema()[table] else [*found, rowid]


@pytest.mark.parametrize("table", FITTING)
def test_references(beside: Rota, table: str) -> None:
    """What does not exist cannot be referred to, and what is referred to cannot be deleted."""
    for key in beside.connection.execute(f"PRAGMA foreign_key_list({table})").fetchall():
        row = {**FITTING[table], key["from"]: "nowhere" if key["from"] == "discipline" else 99999}
        if table == "backups":
            row["kind"] = "wal"
        if key["from"] == "nation_a":
            row |= {"nation_b": 10**6, "proposed_by": 10**6}
        if table == "ledger_transactions":
            row["kind"] = "reversal"
        error = broken(beside, table, row)
        assert error.kind == "foreign_key"
        assert "does not exist" in sentence_for(error)


def test_what_is_referred_to_stays(beside: Rota) -> None:
    """A member with a roster entry cannot be deleted."""
    with beside.transaction() as connection:
        insert(connection, "user_disciplines", FITTING["user_disciplines"])
    error = beside.violation("DELETE FROM users WHERE discord_id = 1")
    assert (error.kind, error.rule) == ("trigger", "FOREIGN KEY constraint failed")
    assert "still needs" in read(error)


@pytest.mark.parametrize("table", FITTING)
def test_types(beside: Rota, table: str) -> None:
    """Text where a number belongs is refused, in every column of numbers."""
    for column in re.findall(r"^ {4}(\w+)\s+INTEGER(?! GENERATED)", schema()[table], re.MULTILINE):
        error = broken(beside, table, {**FITTING[table], column: "x"})
        assert error.kind == "type"


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE audit_logs SET reason = 'x'", "audit log is append-only"),
        ("DELETE FROM audit_logs", "audit log is append-only"),
        (
            "UPDATE sprints SET start_date = '2026-01-02', end_date = '2026-01-03' WHERE id = 500",
            "sprint overlap",
        ),
        (OVERLAPPING, "sprint overlap"),
        ("UPDATE overrides SET status = 'approved', decided_by = 3, decided_at = 0", "cover overlap"),
        (COVERED_TWICE, "cover overlap"),
        ("INSERT INTO bloc_members(bloc_id, nation_id, at) VALUES(3, 1, 0)", "bloc limit"),
        ("UPDATE bloc_members SET rank = 'member', expires_at = NULL WHERE bloc_id = 4", "bloc limit"),
        ("UPDATE ledger_transfers SET amount = 1", "the ledger is append-only"),
        ("DELETE FROM ledger_transactions WHERE id = 1", "the ledger is append-only"),
        ("UPDATE nations SET status = 'archived' WHERE id = 2", "nation has open loans"),
        ("UPDATE nations SET treasury = -1", "treasury overdrawn"),
    ],
)
def test_triggers(beside: Rota, statement: str, rule: str) -> None:
    """What they raise has a sentence."""
    with beside.transaction() as connection:
        insert(connection, "audit_logs", FITTING["audit_logs"])
        insert(connection, "sprints", FITTING["sprints"])
        insert(connection, "overrides", FITTING["overrides"])
        insert(connection, "overrides", FITTING["overrides"] | DAYS | APPROVED | {"id": 501})
        for number in (2, 3, 4):
            insert(connection, "blocs", FITTING["blocs"] | {"id": number, "name": f"Bloc {number}"})
        for number in (1, 2):
            insert(connection, "bloc_members", FITTING["bloc_members"] | {"bloc_id": number})
        invited = {"bloc_id": 4, "rank": "invited", "expires_at": 9}
        insert(connection, "bloc_members", FITTING["bloc_members"] | invited)
        insert(connection, "ledger_transfers", FITTING["ledger_transfers"])
        insert(connection, "loans", FITTING["loans"])
    error = beside.violation(statement)
    assert (error.kind, error.rule) == ("trigger", rule)
    assert rule in DECLARED.sentences
    read(error)


def test_every_trigger_s_words_are_known(empty: Rota) -> None:
    """Whatever a trigger raises has a sentence."""
    for (sql,) in empty.rows("SELECT sql FROM sqlite_master WHERE type = 'trigger'"):
        assert set(re.findall(r"RAISE\(ABORT, '([^']+)'\)", sql)) <= set(DECLARED.sentences)


def test_no_sentence_is_left_over() -> None:
    """Every sentence belongs to a rule that exists."""
    names = {name for _, name in checks()}
    triggers = {
        "sprint overlap",
        "cover overlap",
        "bloc limit",
        "audit log is append-only",
        "the ledger is append-only",
    }
    triggers |= {"treasury overdrawn", "nation has open loans"}
    assert set(DECLARED.ranges) <= names
    assert set(DECLARED.sentences) <= names | triggers
    assert set(UNCHECKED) == names


def test_unknown_rules_still_have_a_sentence() -> None:
    """A rule of a later version is answered in general words."""
    for kind in ("check", "unique", "not_null", "trigger", "foreign_key", "type"):
        read(ConstraintViolated(kind=kind, rule="something_new"))
        read(ConstraintViolated(kind=kind, rule="nations.brand_new"))

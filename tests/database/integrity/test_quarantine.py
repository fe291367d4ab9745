"""Every rule of the schema broken in a real file: named, set aside with the reason, nothing else touched."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from modelus_bot.database.integrity.check import check_file
from modelus_bot.database.integrity.quarantine import QuarantineReport, quarantine_file
from modelus_bot.database.integrity.report import BrokenRow, CheckReport
from modelus_bot.database.integrity.violations import find_broken_rows
from modelus_bot.database.schema.shape import TableShape
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.subjects import DECLARED
from tests.daily_size import FULL
from tests.database.integrity.injecting import OWN, all_rows, fitting, kept, lawless, put
from tests.subjects.schema_rows import CLASHING, FITTING, UNCHECKED

Row = dict[str, Any]
KEPT = {"audit_logs"}


@cache
def tables() -> dict[str, TableShape]:
    """Every table that the migrations make."""
    return dict(SchemaValidator().expected.tables)


def check(path: Path) -> CheckReport:
    """Check a file with all rules of the subjects."""
    return check_file(path, invariants=DECLARED.invariants)


def cases() -> list[tuple[str, Row, str]]:
    """Every CHECK, NOT NULL, type and foreign key: table, what breaks it, and the words for that."""
    found: list[tuple[str, Row, str]] = []
    for name, table in tables().items():
        if name in KEPT:
            continue
        found += [(name, UNCHECKED[item.name], f"breaks {item.name}") for item in table.checks]
        for column in table.columns:
            if column.generated:
                continue
            in_key = column.name in table.key_columns
            if column.not_null and not in_key:
                found.append((name, {column.name: None}, f"has no value in {column.name}"))
            if not in_key:
                odd: Any = b"odd" if column.type == "text" else "odd"
                found.append((name, {column.name: odd}, f"has a value of the wrong type in {column.name}"))
            if column.type == "text":
                found.append((name, {column.name: Broken()}, f"has text in {column.name} that is no UTF-8"))
        for key in table.foreign_keys:
            absent: Any = "nowhere" if key.parent == "disciplines" else 99_999
            row = {key.columns[0]: absent} | ({"kind": "wal"} if name == "backups" else {})
            found.append(
                (name, row, f"refers by {key.columns[0]} to a row of {key.parent} that is not there")
            )
    return found


class Broken:
    """Stands for a text that is no UTF-8."""

    def __repr__(self) -> str:
        """What the name of a test case shows."""
        return "broken"


def test_rows_are_found_by_columns_that_there_are() -> None:
    """Also where a key compares its texts in a way of its own."""
    for name, table in tables().items():
        assert set(table.key_columns) <= {column.name for column in table.columns}, name
    assert tables()["nation_names"].key_columns == ("name", "nation_id")


def named(case: tuple[str, Row, str]) -> str:
    """A test case's name."""
    return f"{case[0]} {case[2]}"


def inject(path: Path, table: str, row: Row) -> None:
    """Write a row that no rule stops."""
    with lawless(path, table) as connection:
        connection.execute(f"DELETE FROM {table} WHERE {'id = 1' if table == 'current_state' else '0'}")
        plain = {name: b"caf\xe9" if isinstance(value, Broken) else value for name, value in row.items()}
        marks = ", ".join("CAST(? AS TEXT)" if isinstance(value, Broken) else "?" for value in row.values())
        connection.execute(f"INSERT INTO {table}({', '.join(row)}) VALUES({marks})", list(plain.values()))


def some(found: list[tuple[str, Row, str]]) -> list[tuple[str, Row, str]]:
    """At full size all of them; else each table's first, each kind of rule, and some of the rest."""
    if FULL:
        return found
    tables_first = {table: (table, row, why) for table, row, why in reversed(found)}
    kinds_first = {why.partition(" in ")[0]: (table, row, why) for table, row, why in reversed(found)}
    first = [*tables_first.values(), *kinds_first.values()]
    return [case for case in found if case in first or crc32(named(case).encode()) % 9 == 0]


@pytest.mark.parametrize("case", some(cases()), ids=named)
def test_every_rule_of_the_schema(file: Path, case: tuple[str, Row, str]) -> None:
    """The row is named with its reason; afterwards it lies in quarantine, and the file is sound again."""
    table, change, reason = case
    inject(file, table, fitting(table) | change)
    before = all_rows(file)

    report = check(file)
    assert not report.damaged, report.problems
    assert [item.table for item in report.broken_rows if reason in item.reason] == [table]

    done = quarantine_file(file, invariants=DECLARED.invariants)

    assert done.left == ()
    assert done.moved + done.corrected >= 1
    rows = [(record, json.loads(row), why) for name, record, row, why in kept(file) if name == table]
    assert any(reason in why or why.endswith("put right") for _, _, why in rows)
    assert any(row[column] == told(value) for _, row, _ in rows for column, value in change.items())
    after = check(file)
    assert after.ok, after.problems
    # A correction that adds rows beside the one that is named has no entry of its own.
    assert 0 <= report.audit_id + done.moved + done.corrected - after.audit_id <= beside(done)
    assert_rest_is_untouched(before, all_rows(file), table, done.moved, done.corrected)


def beside(done: QuarantineReport) -> int:
    """Return how many corrections were made in other rows than those that are named."""
    return sum(row.reason.startswith(("books_match_nations", "figures_have_history")) for row in done.rows)


def told(value: Any) -> Any:
    """Return how the quarantine table writes a value."""
    if isinstance(value, Broken):
        return {"text": "636166e9"}
    return {"blob": value.hex()} if isinstance(value, bytes) else value


def assert_rest_is_untouched(
    before: dict[str, set[str]], after: dict[str, set[str]], table: str, moved: int, corrected: int
) -> None:
    """Only rows that were moved or put right are gone, and only from where the broken row was."""
    books = {"ledger_transactions", "ledger_transfers"} if table == "nations" else set()
    for name in before.keys() - OWN - books - {table, "current_holders", "current_state"}:
        assert after[name] == before[name], name
    assert len(before[table] - after[table]) <= moved + corrected
    assert len(after[table] - before[table]) <= corrected + (table in OWN) + (moved + corrected) * (
        table == "quarantined_rows"
    )


def duplicate_cases() -> list[tuple[str, tuple[str, ...], str]]:
    """Every unique key besides primary keys, where rows have a number: table, columns, index or empty."""
    shape = SchemaValidator().expected
    found = [(name, columns, "") for name, table in shape.tables.items() for columns in table.unique]
    found += [(index.table, index.columns, index.name) for index in shape.indexes.values() if index.unique]
    return [case for case in found if "id" in FITTING[case[0]]]


def test_entries_that_are_twice_where_rows_have_no_number(file: Path) -> None:
    """The second leader of a bloc goes, by the two numbers that it is known by."""
    with lawless(file, "bloc_members", loose_indexes=True) as connection:
        put(connection, "bloc_members", fitting("bloc_members") | {"rank": "leader"})
    twice = BrokenRow(table="bloc_members", record_id="[1, 2]", reason="has the same bloc_id as another row")
    assert check(file).broken_rows == (twice,)
    done = quarantine_file(file, invariants=DECLARED.invariants)
    assert (done.left, done.moved) == ((), 1)
    assert check(file).ok


@pytest.mark.parametrize(("table", "columns", "index"), [case for case in duplicate_cases() if case[2]])
def test_entries_that_are_twice_in_a_unique_index(
    file: Path, table: str, columns: tuple[str, ...], index: str
) -> None:
    """The first stays, the other one goes; the index is what it says again."""
    first, second = clashing(table, columns)
    with lawless(file, table, loose_indexes=True) as connection:
        put(connection, table, fitting(table) | {"id": 500} | first)
        put(connection, table, fitting(table) | {"id": 501} | first | second | {"id": 501})
    before = all_rows(file)

    report = check(file)
    assert not report.damaged
    reason = f"has the same {', '.join(columns)} as another row"
    assert [row.record_id for row in report.broken_rows if reason in row.reason] == ["501"]

    done = quarantine_file(file, invariants=DECLARED.invariants)

    assert done.left == ()
    assert {record for name, record, _, _ in kept(file) if name == table} & {"500", "501"}
    assert check(file).ok, check(file).problems
    assert_rest_is_untouched(before, all_rows(file), table, done.moved, done.corrected)
    assert index


@pytest.mark.parametrize(("table", "columns", "index"), duplicate_cases())
def test_duplicates_behind_a_unique_index_that_is_gone(
    file: Path, table: str, columns: tuple[str, ...], index: str
) -> None:
    """Without the index nothing but the rows themselves can tell; afterwards it can be made again."""
    first, second = clashing(table, columns)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        drop_unique(connection, table, index)
    with lawless(file) as connection:
        put(connection, table, fitting(table) | {"id": 500} | first)
        put(connection, table, fitting(table) | {"id": 501} | first | second | {"id": 501})
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        rows = find_broken_rows(connection, SchemaValidator().expected)
    assert (
        BrokenRow(table=table, record_id="501", reason=f"has the same {', '.join(columns)} as another row")
        in rows
    )

    done = quarantine_file(file, invariants=DECLARED.invariants)

    assert done.left == ()
    assert [
        record
        for name, record, _, why in kept(file)
        if name == table and re.search("same|several|overlaps|of its own", why)
    ]
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(f"CREATE UNIQUE INDEX again ON {table} ({', '.join(columns)}) {condition(index)}")
        assert find_broken_rows(connection, SchemaValidator().expected) == ()


def clashing(table: str, columns: tuple[str, ...]) -> tuple[Row, Row]:
    """Return what makes two rows the same to a unique key, whether or not case counts for it."""
    plain = (column.removesuffix(" collate nocase") for column in columns)
    return CLASHING[", ".join(f"{table}.{column}" for column in plain)]


def drop_unique(connection: sqlite3.Connection, table: str, index: str) -> None:
    """Drop a unique index, or make the table again without its UNIQUE."""
    if index:
        connection.execute(f"DROP INDEX {index}")
        return
    sql = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    plain = re.sub(r",?\s*(?:CONSTRAINT \w+ )?UNIQUE \([^)]*\)", "", sql)
    assert plain != sql
    connection.execute(plain.replace(f"CREATE TABLE {table}", "CREATE TABLE plain"))
    connection.execute(f"INSERT INTO plain SELECT * FROM {table}")
    connection.execute(f"DROP TABLE {table}")
    connection.execute("PRAGMA legacy_alter_table=ON")
    connection.execute(f"ALTER TABLE plain RENAME TO {table}")


def condition(index: str) -> str:
    """Return the condition of a partial index."""
    predicate = SchemaValidator().expected.indexes[index].predicate if index else ""
    return f"WHERE {predicate}" if predicate else ""


def test_what_refers_to_a_broken_row_goes_with_it(file: Path) -> None:
    """A sprint on no real day cannot stay; its turns and covers are kept beside it, none is dropped."""
    with lawless(file, "sprints") as connection:
        sprint = connection.execute("SELECT id FROM sprints WHERE sprint_index = 1").fetchone()[0]
        connection.execute("UPDATE sprints SET end_date = '2026-02-30' WHERE id = ?", (sprint,))
        turns = connection.execute(
            "SELECT count(*) FROM assignments WHERE sprint_id = ?", (sprint,)
        ).fetchone()[0]
    before = all_rows(file)

    done = quarantine_file(file, invariants=DECLARED.invariants)

    lying = kept(file)
    assert [name for name, *_ in lying].count("assignments") == turns > 0
    assert [name for name, *_ in lying].count("overrides") == 1
    assert lying[-1][:2] == ("sprints", str(sprint))
    assert "breaks sprints_end_date_date" in lying[-1][3]
    assert all(
        why == f"refers to sprints {sprint}, which was quarantined; moved here" for *_, why in lying[:-1]
    )
    after = all_rows(file)
    lost = sum(len(before[name] - after[name]) for name in before.keys() - OWN)
    assert lost == done.moved == len(lying)
    assert check(file).ok


def test_people_are_put_right_and_keep_what_they_hold(file: Path) -> None:
    """A role that does not exist is no reason to forget somebody's turns."""
    with lawless(file, "users") as connection:
        connection.execute("UPDATE users SET role = 'king' WHERE username = 'Ada'")
        connection.execute("UPDATE users SET username = '' WHERE username = 'Ben'")
        connection.execute("UPDATE users SET username = CAST(x'4e6fe9' AS TEXT) WHERE username = 'Cleo'")
        people = dict(
            connection.execute("SELECT username, discord_id FROM users WHERE username IN ('Ada', '')")
        )
    before = all_rows(file)

    done = quarantine_file(file, invariants=DECLARED.invariants)

    assert (done.moved, done.corrected, done.left) == (0, 3, ())
    with closing(sqlite3.connect(file)) as connection:
        names = dict(connection.execute("SELECT discord_id, username FROM users"))
        roles = dict(connection.execute("SELECT discord_id, role FROM users"))
        old, new = connection.execute(
            "SELECT old_values, new_values FROM audit_logs WHERE operation = 'UPDATE' AND record_id = ?"
            " ORDER BY id DESC",
            (str(people["Ada"]),),
        ).fetchone()
    assert roles[people["Ada"]] is None
    assert names[people[""]] == f"Member {people['']}"
    assert "No\N{REPLACEMENT CHARACTER}" in names.values()
    assert (json.loads(old), json.loads(new)) == ({"role": "king"}, {"role": None})
    assert_rest_is_untouched(before, all_rows(file), "users", 0, 3)
    assert check(file).ok


def test_the_audit_log_is_never_touched(file: Path) -> None:
    """Its broken entries are told and left: taking one out would break the chain for good."""
    with lawless(file, "audit_logs") as connection:
        connection.execute("UPDATE audit_logs SET operation = 'GUESS' WHERE id = 3")
    before = all_rows(file)["audit_logs"]

    report = check(file)
    done = quarantine_file(file, invariants=DECLARED.invariants)

    assert (
        BrokenRow(table="audit_logs", record_id="3", reason="breaks audit_logs_operation_known")
        in report.broken_rows
    )
    assert not report.chain_intact
    assert (done.moved, done.corrected) == (0, 0)
    assert [(item.table, item.record_id) for item in done.left] == [("audit_logs", "3")]
    assert all_rows(file)["audit_logs"] == before


def test_a_sound_file_stays_as_it_is(file: Path) -> None:
    """Nothing is moved, and nothing is written but the answered request."""
    before = all_rows(file)

    done = quarantine_file(file, invariants=DECLARED.invariants)

    assert (done.moved, done.corrected, done.rows, done.left, done.more) == (0, 0, (), (), False)
    after = all_rows(file)
    assert {name for name in before if after[name] != before[name]} == {"requests"}

"""Statements by normalised text: figures, plans of a real file, and advice."""

from __future__ import annotations

import sqlite3
import string
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConstraintViolated
from modelus_bot.database.core.normalising import LONGEST, normalised, parameters_wanted
from modelus_bot.database.core.operation import Write, query
from modelus_bot.database.core.statement_fields import told
from modelus_bot.database.core.transaction import FAILED, STEPS, ReadTransaction, Transaction
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.database.health.statements.advice import index_advice
from modelus_bot.database.health.statements.plan import QueryPlan, plan_of
from modelus_bot.database.health.statements.planning import (
    IndexUse,
    StatementExamination,
    examine,
    explain_slow,
)
from modelus_bot.database.health.statements.statistics import StatementSeen, StatementStatistics
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import BreakRule, PutSetting, setting
from tests.inside import connections

DAY = 86_400


class PutMany(Write[int]):
    """Upsert the same setting many times in one operation."""

    times: int

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        for number in range(self.times):
            tx.execute(
                "INSERT INTO settings(key, value, updated_at) VALUES('many', ?, 0)"
                " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                (str(number),),
            )
        return self.times


@query
def by_reason(tx: ReadTransaction, reason: str) -> int:
    """Look for audit entries by a column without an index, in an order without one."""
    return len(
        tx.fetch_all("SELECT a.id FROM audit_logs a WHERE a.reason = ? ORDER BY a.changed_at", (reason,))
    )


@query
def of_record(tx: ReadTransaction, record: str) -> int:
    """Look for audit entries by an index."""
    return len(
        tx.fetch_all(
            "SELECT id FROM audit_logs WHERE table_name = :of AND record_id = :record",
            {"of": "settings", "record": record},
        )
    )


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SELECT  a,b\n FROM t -- why\n WHERE x=5", "SELECT a, b FROM t WHERE x = ?"),
        ("SELECT a FROM t WHERE b = 'it''s' AND c=x'00ff'", "SELECT a FROM t WHERE b = ? AND c = ?"),
        ("SELECT a FROM t WHERE b IN (1,2, 3)", "SELECT a FROM t WHERE b IN (?)"),
        ("SELECT a FROM t WHERE b IN ( ?,? ) AND c in (?)", "SELECT a FROM t WHERE b IN (?) AND c in (?)"),
        ("INSERT INTO t(a) VALUES (1), (2),(3)", "INSERT INTO t(a) VALUES (?)"),
        ("INSERT INTO t(a, b) VALUES(?1, :b),(@c, $d);", "INSERT INTO t(a, b) VALUES(?, ?)"),
        ("UPDATE t1 SET a2=-1.5e-3, b=b+2", "UPDATE t1 SET a2 = ?, b = b + ?"),
        ('SELECT count( * ) FROM "odd 1\'s" /* 7 */ LIMIT -1', 'SELECT count(*) FROM "odd 1\'s" LIMIT ?'),
        ("SELECT [a 1], `b 2` FROM é2 WHERE a<>0x1F", "SELECT [a 1], `b 2` FROM é2 WHERE a <> ?"),
        ("SELECT 'never closed", "SELECT ?"),
        ("", ""),
    ],
)
def test_values_and_layout_do_not_matter(sql: str, text: str) -> None:
    """Values and parameters become ?, lists one element, comments and line breaks nothing."""
    assert normalised(sql) == text


WORDS = st.text(string.ascii_letters + " '%_;()-/*?\n", max_size=20)
VALUES = st.one_of(
    st.integers(-(2**63), 2**63 - 1).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    WORDS.map(lambda word: "'" + word.replace("'", "''") + "'"),
    st.just("?"),
)
SPACES = st.sampled_from([" ", "\n", "\t ", " -- 'a' 1\n", " /* b = 2 */ "])


@settings(max_examples=100, deadline=None)
@given(first=VALUES, second=VALUES, listed=st.lists(VALUES, min_size=1, max_size=6), gap=SPACES)
def test_one_text_for_all_values(first: str, second: str, listed: list[str], gap: str) -> None:
    """Whatever the values and the layout, the text is the same, and normalising it changes nothing."""
    sql = f"SELECT a{gap}FROM t WHERE b = {first}{gap}AND c>={second} AND d IN ({', '.join(listed)})"

    text = normalised(sql)

    assert text == "SELECT a FROM t WHERE b = ? AND c >= ? AND d IN (?)"
    assert normalised(text) == text


@settings(max_examples=100, deadline=None)
@given(sql=st.text(max_size=200))
def test_any_text_can_be_normalised(sql: str) -> None:
    """Nonsense gives some text of bounded length, and no exception."""
    assert len(normalised(sql)) <= LONGEST


def test_long_statements_are_told_apart() -> None:
    """Two texts that differ only far behind the cut keep two figures."""
    head = "SELECT " + ", ".join(f"column_{number}" for number in range(300))

    one, other = normalised(head + " FROM one"), normalised(head + " FROM two")

    assert len(one) == len(other) == LONGEST
    assert one != other


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("SELECT 1", 0),
        ("SELECT ?, '?', ?", 2),
        ("SELECT ?2, ?1, ?", 3),
        ("SELECT :a", None),
        ("SELECT @a, $b", None),
    ],
)
def test_parameters_are_counted(sql: str, wanted: int | None) -> None:
    """A plan can be asked for without knowing the values."""
    assert parameters_wanted(sql) == wanted


def test_figures_are_added_up() -> None:
    """Count, total, worst, 99th percentile, rows and errors, over texts that mean the same statement."""
    statistics = StatementStatistics(clock=lambda: 1000.0)
    for number in range(99):
        statistics.add([(f"SELECT a FROM t WHERE b = {number % 3}", 0.001, 2, (), 1)])
    statistics.add([("SELECT a FROM t WHERE b = 7", 1.0, FAILED, (), 1)])
    statistics.add([("DELETE FROM t", 0.5, 10, None, 100)])

    first, second = statistics.seen()

    assert (first.text, first.count, first.errors, first.rows) == ("SELECT a FROM t WHERE b = ?", 100, 1, 198)
    assert first.total == pytest.approx(1.099)
    assert first.worst == 1.0
    assert 0.001 <= first.p99 <= 0.0011
    assert (second.text, second.count, second.rows, second.worst) == ("DELETE FROM t", 100, 10, 0.005)
    assert statistics.since == 1000
    assert statistics.forgotten == 0


@settings(max_examples=100, deadline=None)
@given(seconds=st.lists(st.floats(1e-6, 60.0), min_size=1, max_size=200))
def test_the_percentile_is_near_the_true_one(seconds: list[float]) -> None:
    """The 99th percentile is never below the true one and at most a tenth above it."""
    statistics = StatementStatistics()
    for second in seconds:
        statistics.add([("SELECT a", second, 1, (), 1)])

    (seen,) = statistics.seen()

    ordered = sorted(seconds)
    true = ordered[-(-99 * len(ordered) // 100) - 1]
    assert true * 0.999 <= seen.p99 <= true * 1.1 + 1e-8
    assert seen.worst == ordered[-1]


def test_memory_is_bounded() -> None:
    """The statement that was not seen for longest makes room; the indexes it used are not forgotten."""
    statistics = StatementStatistics(kept=10)
    statistics.add([("SELECT a FROM first", 0.1, 1, (), 1)])
    statistics.seen()
    statistics.keep_plan("SELECT a FROM first", QueryPlan((), frozenset({"by_first"})))
    for number in range(10_000):
        statistics.add([(f"SELECT a FROM t{number}", 0.1, 1, (), 1), ("SELECT a FROM often", 0.1, 1, (), 1)])

    texts = [item.text for item in statistics.seen()]

    assert len(texts) == 10
    assert texts[0] == "SELECT a FROM often"
    assert statistics.forgotten == 10_002 - 10
    assert statistics.used_before == {"by_first"}
    assert len(statistics._by_sql) <= 2000


async def test_every_statement_of_an_operation_is_counted(db: DatabaseManager) -> None:
    """The operation's own statements, its audit entry and the note of its request, on a real file."""
    before = db.health.figures.statements.seen()
    for number in range(5):
        await db.write(PutSetting(key="a", value=number), Context())
    await db.read(setting, "a")

    seen = {item.text: item for item in db.health.figures.statements.seen()}

    assert not [item for item in before if "settings" in item.text]
    counts = {text.split("(")[0]: item.count for text, item in seen.items()}
    assert counts["INSERT INTO settings"] == 5
    assert counts["INSERT INTO audit_logs"] == 5
    assert counts["INSERT INTO requests"] == 5
    assert seen["SELECT value FROM settings WHERE key = ?"].rows == 1
    assert all(item.total > 0 for item in seen.values())


async def test_failures_are_counted_by_their_statement(db: DatabaseManager) -> None:
    """A statement that breaks a rule has an error, and no rows for that run."""
    with pytest.raises(ConstraintViolated):
        await db.write(BreakRule(key="twice"), Context())

    (seen,) = [
        item for item in db.health.figures.statements.seen() if item.text.startswith("INSERT INTO settings")
    ]
    assert (seen.count, seen.errors, seen.rows) == (2, 1, 1)


async def test_an_operation_of_many_statements_is_added_up_where_it_runs(db: DatabaseManager) -> None:
    """However many statements an operation has, all are counted and few are kept."""
    await db.write(PutMany(times=STEPS + 700), Context())

    (seen,) = [
        item for item in db.health.figures.statements.seen() if item.text.startswith("INSERT INTO settings")
    ]
    assert seen.count == STEPS + 700
    assert seen.rows == STEPS + 700


async def test_plans_are_those_of_the_file(db: DatabaseManager) -> None:
    """Full scans, sorting and indexes are read from SQLite's own description; asking is not counted."""
    await db.write(PutSetting(key="a", value=1), Context(reason="why"))
    await db.read(by_reason, "why")
    await db.read(of_record, "a")

    found = await examine(db, db.health.figures.statements)

    plans = {item.text: plan for item, plan in found.statements}
    scan = plans["SELECT a.id FROM audit_logs a WHERE a.reason = ? ORDER BY a.changed_at"]
    assert scan is not None
    assert scan.scans == ("audit_logs",)
    assert scan.sorts == ("ORDER BY",)
    assert scan.remarks == ("reads all of audit_logs", "temporary b-tree for ORDER BY")
    search = plans["SELECT id FROM audit_logs WHERE table_name = ? AND record_id = ?"]
    assert search is not None
    assert (search.scans, search.indexes) == ((), {"idx_audit_record"})
    assert found.unexplained == 0
    indexes = {index.name: index for index in found.indexes}
    assert (indexes["idx_audit_record"].table, indexes["idx_audit_record"].used_by) == ("audit_logs", 1)
    assert indexes["idx_audit_record"].columns == "table_name, record_id, id"
    assert indexes["idx_audit_actor"].unused
    assert not any(index.name.startswith("yoyo") or index.table.startswith("_") for index in found.indexes)
    assert not any(item.text.startswith("EXPLAIN") for item in db.health.figures.statements.seen())


async def test_indexes_that_keep_rules_are_not_called_unused(db: DatabaseManager) -> None:
    """An index that keeps rows unique or serves a foreign key has its purpose without any statement."""
    found = await examine(db, db.health.figures.statements)

    purposes = {index.purpose for index in found.indexes}
    assert purposes == {"", "keeps rows unique", "finds rows by their foreign key"}
    assert not any(index.unused for index in found.indexes if index.purpose)


async def test_a_statement_that_makes_no_sense_any_more_has_no_plan(db: DatabaseManager) -> None:
    """A table that is gone leaves its statements without a plan and the others with theirs."""
    db.health.figures.statements.add([("SELECT a FROM gone WHERE b = ?", 1.0, 1, (1,), 1)])
    await db.read(setting, "a")

    found = await examine(db, db.health.figures.statements)

    plans = {item.text: plan for item, plan in found.statements}
    assert plans["SELECT a FROM gone WHERE b = ?"] is None
    assert plans["SELECT value FROM settings WHERE key = ?"] is not None
    assert found.unexplained == 1


async def test_slow_statements_are_explained_once(db: DatabaseManager) -> None:
    """Those that took too long get a plan by themselves; the next round has nothing to do."""
    await db.read(by_reason, "why")
    await db.read(setting, "a")

    statistics = db.health.figures.statements
    assert await explain_slow(db, statistics, 3600.0) == 0
    assert await explain_slow(db, statistics, 0.0) == 2
    plan = statistics.plan("SELECT a.id FROM audit_logs a WHERE a.reason = ? ORDER BY a.changed_at")
    assert plan is not None
    assert plan.scans == ("audit_logs",)
    left = [
        item.text
        for item in db.health.figures.statements.seen()
        if db.health.figures.statements.plan(item.text) is None
    ]
    assert left == []


async def test_plans_are_asked_for_on_the_long_reader(db: DatabaseManager) -> None:
    """Neither the writer nor the reader of short queries runs an EXPLAIN."""
    roles = (ConnectionRole.WRITER, ConnectionRole.READER, ConnectionRole.LONG_READER)
    asked: dict[ConnectionRole, list[str]] = {role: [] for role in roles}
    for role in roles:
        await connections(db).run(role, lambda raw, role=role: raw.set_trace_callback(asked[role].append))
    await db.write(PutSetting(key="a", value=1), Context())
    await db.read(setting, "a")

    await examine(db, db.health.figures.statements)

    looked = {role: any("sqlite_master" in sql for sql in texts) for role, texts in asked.items()}
    assert looked == {role: role is ConnectionRole.LONG_READER for role in roles}


def test_plans_name_tables_behind_aliases_and_no_subqueries() -> None:
    """An alias is the table it stands for; a common table expression and json_each are none."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT)")
    connection.execute("CREATE TABLE duties(person INTEGER, name TEXT)")
    tables = ("people", "duties")

    def plan(sql: str) -> QueryPlan:
        return plan_of([row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + sql)], sql, tables)

    assert plan("SELECT p.name FROM people AS p").scans == ("people",)
    assert plan('SELECT "p".name FROM "people" "p" WHERE p.name = 1').scans == ("people",)
    assert plan("WITH p(i) AS (SELECT 1) SELECT i FROM p").scans == ()
    assert plan("SELECT value FROM json_each('[1]')").scans == ()
    assert plan("SELECT name FROM people UNION SELECT name FROM duties").sorts == ("UNION",)
    assert plan("SELECT 1 FROM people p, duties d WHERE d.person = p.name").automatic in {
        ("duties",),
        ("people",),
    }
    connection.execute("CREATE INDEX by_name ON people(name)")
    assert plan("SELECT name FROM people ORDER BY name").walks == ("by_name",)
    assert plan("SELECT id FROM people WHERE name IN ('a', 'b')").indexes == {"by_name"}
    connection.close()


SEEN = StatementSeen("SELECT a FROM t WHERE b = ?", "", 50, 0.5, 0.02, 0.03, 100, 0)
SCAN = QueryPlan(("SCAN t",), scans=("t",))
UNUSED = IndexUse("idx_t", "t", "b", 0, "")


def advice(
    seen: StatementSeen, plan: QueryPlan | None, *, size: int = 0, days: float = 0.0, slow: float = 9.0
) -> str:
    """Return what is said about one statement and an index that nothing uses."""
    found = StatementExamination(((seen, plan),), (UNUSED,), {"t": size}, 1000, 0)
    return "\n".join(index_advice(found, slow=slow, now=int(1000 + days * DAY)))


def test_advice_names_the_statement_and_what_to_do() -> None:
    """Each kind of waste has its sentence; what costs nothing has none."""
    assert "reads all of t to return or change 2 rows (10.0 ms each, 50 runs)" in advice(SEEN, SCAN)
    assert advice(replace(SEEN, total=0.001), SCAN) == ""
    assert advice(replace(SEEN, total=0.001), SCAN, size=5000) != ""
    assert advice(SEEN, SCAN, size=10) == ""
    assert advice(replace(SEEN, text="SELECT a FROM t"), SCAN, size=5000) == ""
    assert "makes an index of t for each run (50 so far)" in advice(SEEN, QueryPlan((), automatic=("t",)))
    assert "sorts in a temporary b-tree (ORDER BY" in advice(SEEN, QueryPlan((), sorts=("ORDER BY",)))
    assert "takes 20 ms or more" in advice(SEEN, None, slow=0.02)
    assert "failed 10 of 50 times" in advice(replace(SEEN, errors=10), None)
    assert advice(replace(SEEN, errors=5), None) == ""


def test_an_index_is_called_superfluous_after_a_week_only() -> None:
    """What was not used for an hour may be used tomorrow."""
    assert advice(SEEN, None, days=6.9) == ""
    assert "idx_t on t (b) served none of the 1 statements seen in 7 days" in advice(SEEN, None, days=7)


def test_records_tell_statements_without_values() -> None:
    """Each statement once, with figures; values only where they are asked for."""
    steps = [
        ("SELECT a FROM t WHERE b = ?", 0.001, 2, ("private",), 1),
        ("SELECT a FROM t WHERE b=?", 0.002, 1, ("other",), 1),
        ("DELETE FROM t", 0.5, FAILED, (), 1),
    ]

    assert told(steps) == [
        {"statement": "SELECT a FROM t WHERE b = ?", "times": 2, "milliseconds": 3.0, "rows": 3},
        {"statement": "DELETE FROM t", "times": 1, "milliseconds": 500.0, "rows": 0, "failed": 1},
    ]
    assert told(steps, parameters=True)[0]["parameters"] == [["private"], ["other"]]


def test_values_beside_a_secrets_name_are_never_told() -> None:
    """A named parameter, a column or a key that is called like a secret hides what stands beside it."""
    steps = [
        ("SELECT a FROM t WHERE b = :api_token", 0.0, 1, {"api_token": "hush"}, 1),
        ("UPDATE t SET password = ? WHERE id = ?", 0.0, 1, ("hush", 5), 1),
        ("INSERT INTO settings(key, value) VALUES(?, ?)", 0.0, 1, ("webhook_url", "hush"), 1),
        ("INSERT INTO t(a, b) VALUES(?, ?)", 0.0, 1, (b"\x00" * 9, "x" * 900), 1),
    ]

    found = told(steps, parameters=True)

    assert "hush" not in str(found)
    assert found[1]["parameters"][0][1] == 5
    assert found[3]["parameters"][0] == ["9 bytes", "x" * 500 + "…"]


def test_a_record_tells_of_few_statements() -> None:
    """An operation of a thousand different statements leaves a record that can be read."""
    steps = [(f"SELECT a FROM t{number}", 0.0, 1, (number,), 1) for number in range(1000)]

    assert len(told(steps, parameters=True)) == 40

"""A gated connection shows a viewer's rows and nothing else, whatever is asked, and however it fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelus_bot.database.core.errors import QueryFailed
from modelus_bot.database.core.visibility.connection import GatedConnection, seated
from modelus_bot.database.core.visibility.declaration import Viewer, Visibility, Visible
from modelus_bot.database.core.visibility.gate import GateKind, NeedsBarrier
from tests.database.core.visibility.small_world import ADA, BEN, CLEO, MINE, VISIBILITY, ask, gated, make

VIEWERS = (GateKind.QUICK, GateKind.BARRIER)
OTHERS = tuple(visible for name, visible in VISIBILITY.tables.items() if name != "letters")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the small file."""
    return make(tmp_path_factory.mktemp("world") / "world.db")


@pytest.fixture(params=VIEWERS, ids=lambda kind: str(kind.value), scope="module")
def viewing(world: Path, request: pytest.FixtureRequest) -> Iterator[GatedConnection]:
    """Return each connection for viewers."""
    with gated(world, request.param) as connection:
        yield connection


@pytest.fixture(scope="module")
def quick(world: Path) -> Iterator[GatedConnection]:
    """Return the connection for plain statements."""
    with gated(world, GateKind.QUICK) as connection:
        yield connection


@pytest.fixture(scope="module")
def barrier(world: Path) -> Iterator[GatedConnection]:
    """Return the connection for all others."""
    with gated(world, GateKind.BARRIER) as connection:
        yield connection


@pytest.mark.parametrize(
    ("sql", "ada", "ben"),
    [
        ("SELECT body FROM letters ORDER BY id", ["to ada"], ["to ben", "secret to ben"]),
        ("SELECT body FROM temp.letters WHERE id = 3", [], ["secret to ben"]),
        ("SELECT size FROM LETTERS AS days ORDER BY 1", [6], [6, 13]),
        ("SELECT count(*) FROM letters", [1], [2]),
        ("SELECT count(*) FROM Letters", [1], [2]),
        (
            "SELECT max(l.body) FROM letters AS l JOIN days AS d GROUP BY d.day LIMIT 1",
            ["to ada"],
            ["to ben"],
        ),
        ("SELECT holder FROM duties ORDER BY key", [], [2, 3]),
        ("SELECT role FROM people ORDER BY id", [None], [None, "developer", None]),
        ("SELECT day FROM days ORDER BY day", ["monday", "tuesday"], ["monday", "tuesday"]),
        ("SELECT viewer_id()", [1], [2]),
    ],
)
def test_a_viewer_reads_their_rows(
    viewing: GatedConnection, sql: str, ada: list[object], ben: list[object]
) -> None:
    """Under the tables' own names, each time for whoever asks, though the statement is prepared once."""
    for _ in range(2):
        assert [row[0] for row in ask(viewing, sql, ADA)] == ada
        assert [row[0] for row in ask(viewing, sql, BEN)] == ben


FORBIDDEN = (
    "SELECT body FROM main.letters",
    "SELECT count(*) FROM main.letters",
    "SELECT count(*) FROM MAIN.LETTERS",
    'SELECT count(*) FROM "main"."letters" AS days',
    "SELECT rowid FROM main.letters",
    "SELECT d.day FROM days AS d LEFT JOIN main.letters AS l ON 1",
    "SELECT day FROM days WHERE 'to cleo' IN (SELECT body FROM main.letters)",
    "SELECT 1 FROM days WHERE EXISTS (SELECT 1 FROM main.letters)",
    "SELECT day FROM days WHERE day IN main.secrets",
    "WITH letters AS (SELECT * FROM main.letters) SELECT * FROM letters",
    "WITH letters AS (SELECT count(*) FROM main.letters) SELECT * FROM letters",
    "WITH people AS (SELECT body FROM main.letters) SELECT * FROM people",
    "WITH everything AS (SELECT body FROM main.letters) SELECT * FROM everything",
    "SELECT * FROM everything",
    "SELECT word FROM secrets",
    "SELECT count(*) FROM secrets",
    "SELECT word FROM forgotten",
    "SELECT count(*) FROM forgotten",
    "SELECT name FROM sqlite_master",
    "SELECT count(*) FROM sqlite_schema",
    "SELECT sql FROM sqlite_temp_schema",
    "SELECT count(*) FROM sqlite_temp_master",
    "SELECT * FROM sqlite_sequence",
    "SELECT count(*) FROM main.sqlite_sequence",
    "SELECT * FROM pragma_table_list",
    "SELECT count(*) FROM pragma_database_list",
    "SELECT * FROM pragma_table_info('letters')",
    "SELECT * FROM dbstat",
    "SELECT * FROM sqlite_dbpage",
    "SELECT * FROM sqlite_stmt",
    "SELECT * FROM talk_search_data",
    "SELECT count(*) FROM talk_search_data",
    "SELECT * FROM talk_search_docsize",
    "SELECT * FROM main.talk_search",
    "SELECT * FROM fts5vocab",
    "SELECT sqlite_offset(body) FROM letters",
    "SELECT load_extension('anything')",
    "SELECT fts3_tokenizer('simple')",
    "SELECT fts5(1)",
    "SELECT randomblob(10)",
    "SELECT zeroblob(10)",
    "SELECT readfile('/etc/passwd')",
    "PRAGMA table_list",
    "PRAGMA query_only=OFF",
    "PRAGMA writable_schema=ON",
    "PRAGMA database_list",
    "PRAGMA busy_timeout=1",
    "ATTACH ':memory:' AS other",
    "DETACH temp",
    "CREATE TEMP TABLE mine(x)",
    "CREATE TEMP VIEW mine AS SELECT * FROM main.letters",
    "CREATE TEMP TRIGGER mine AFTER INSERT ON main.days BEGIN SELECT 1; END",
    "CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, talk_search, row)",
    "DROP VIEW temp.letters",
    "INSERT INTO days VALUES ('friday')",
    "INSERT INTO letters(user_id, body) VALUES (3, 'to cleo')",
    "INSERT INTO main.letters(user_id, body) VALUES (3, 'to cleo')",
    "INSERT OR IGNORE INTO main.letters(user_id, body) SELECT user_id, body FROM main.letters",
    "UPDATE main.letters SET body = '' WHERE 0",
    "DELETE FROM main.letters RETURNING body",
    "EXPLAIN SELECT * FROM letters",
    "  ; /* */ -- \n explain query plan SELECT * FROM letters",
    "ANALYZE",
    "REINDEX",
    "VACUUM",
    "VACUUM INTO '/tmp/stolen.db'",
    "/* talk_search */ VACUUM INTO '/tmp/stolen.db'",
    "BEGIN",
    "COMMIT",
    "SAVEPOINT here",
)


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_nothing_else_is_open(viewing: GatedConnection, sql: str) -> None:
    """Tables, counts, the schema, the insides of a search, settings, functions, plans, writes."""
    for viewer in (ADA, BEN):
        with pytest.raises((sqlite3.Error, QueryFailed)) as failure:
            ask(viewing, sql, viewer)
        assert "to cleo" not in str(failure.value)
    assert ask(viewing, "SELECT count(*) FROM letters", ADA) == [(1,)]


def test_the_authorizer_alone_closes_them(viewing: GatedConnection) -> None:
    """Without a look at the text, which refuses many of them first, and a plan and a copy alone."""
    for sql in FORBIDDEN:
        if not any(word in sql.lower() for word in ("explain", "vacuum")):
            with seated(viewing, Viewer(ADA)), pytest.raises(sqlite3.Error):
                sqlite3.Connection.execute(viewing, sql).fetchall()


@pytest.mark.parametrize(
    "named",
    ["main.letters", "[main].letters", '"MAIN" . letters', "`main`/**/.letters", "'main'--\n.letters"],
)
def test_no_statement_names_the_place_of_tables(viewing: GatedConnection, named: str) -> None:
    """However it is written, and wherever it stands."""
    for sql in (f"SELECT body FROM {named}", f"SELECT 1 FROM days WHERE day IN {named}"):
        with pytest.raises(QueryFailed):
            ask(viewing, sql, ADA)


@pytest.mark.parametrize("sql", ["SELECT body FROM letters", "SELECT count(*) FROM letters"])
def test_a_part_of_the_statement_cannot_pass_for_the_rule(barrier: GatedConnection, sql: str) -> None:
    """The view with the rule has a name that is in no error and no statement."""
    gate = barrier.gate
    assert gate is not None
    spoof = f'WITH "{gate.inner_name("letters")}" AS (SELECT * FROM main.letters) {sql}'
    with pytest.raises(QueryFailed):
        ask(barrier, spoof, ADA)
    for broken in ("SELECT nothing FROM letters", "SELECT id FROM letters AS a, letters AS b", *FORBIDDEN):
        with pytest.raises((sqlite3.Error, QueryFailed)) as failure:
            ask(barrier, broken, ADA)
        assert gate.mark not in str(failure.value)


@pytest.fixture
def rule_last(world: Path) -> Iterator[GatedConnection]:
    """Return a connection with a rule that SQLite would ask last, and a limit to what a statement may do."""
    with gated(world, GateKind.BARRIER, Visibility((Visible("letters", MINE), *OTHERS))) as connection:
        left = iter((0,) * 3)
        connection.set_progress_handler(lambda: next(left, 1), 1_000_000)
        yield connection


ORACLES = (
    "SELECT 1 FROM letters WHERE CASE WHEN body = 'to cleo' THEN json('no') ELSE 1 END",
    "SELECT 1 FROM letters WHERE CASE WHEN body = 'to cleo' THEN abs(-9223372036854775808) ELSE 1 END",
    "SELECT 1 FROM letters WHERE body LIKE 'x' ESCAPE CASE WHEN body = 'to cleo' THEN 'ab' ELSE 'a' END",
    """SELECT 1 FROM letters WHERE CASE WHEN body = 'to cleo' THEN (
        WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n
    ) ELSE 1 END""",
    "SELECT 1 FROM days LEFT JOIN letters ON CASE WHEN body = 'to cleo' THEN json('no') ELSE 1 END",
    "SELECT 1 FROM letters, json_each(CASE WHEN body = 'to cleo' THEN 'no' ELSE '[1]' END)",
    "SELECT 1 FROM letters WHERE CASE WHEN body = 'to cleo' THEN bm25(body) ELSE 1 END",
    "SELECT 1 FROM letters WHERE CASE WHEN body = 'to cleo' THEN body MATCH 'x' ELSE 1 END",
    "SELECT 1 FROM letters WHERE body = 'to cleo' AND highlight(body, 0, 'x', 'y')",
    """SELECT x FROM letters
    NATURAL JOIN (SELECT id, json(CASE WHEN body = 'to cleo' THEN 'no' ELSE '1' END) AS x FROM letters)""",
    """SELECT 1 FROM letters
    WHERE body > '' AND CASE WHEN body = 'to cleo' THEN json('no') ELSE 1 END ORDER BY body""",
)


@pytest.mark.parametrize("sql", ORACLES)
def test_no_failure_depends_on_a_row_that_is_not_theirs(
    quick: GatedConnection, rule_last: GatedConnection, sql: str
) -> None:
    """A statement that fails, or never ends, for somebody's own row is not given another's to look at."""
    with pytest.raises(NeedsBarrier):
        ask(quick, sql, ADA)
    ask(rule_last, sql, ADA)
    with pytest.raises(sqlite3.Error):
        ask(rule_last, sql, CLEO)


def test_the_oracles_would_tell_without_the_barrier(world: Path) -> None:
    """A view that is only a condition is asked after the statement's own: that is what the barrier is for."""
    connection = sqlite3.connect(world)
    connection.create_function("viewer_id", 0, lambda: ADA, deterministic=True)
    connection.execute(f"CREATE TEMP VIEW mine AS SELECT * FROM main.letters WHERE {MINE}")
    with pytest.raises(sqlite3.OperationalError, match="malformed JSON"):
        connection.execute(ORACLES[0].replace("letters", "mine")).fetchall()
    connection.close()


def test_values_are_no_way_around_the_length(quick: GatedConnection) -> None:
    """What is long grows in a question: a row that is added to it could make an error."""
    with pytest.raises(NeedsBarrier):
        ask(quick, "SELECT 1 FROM letters WHERE length(?1 || body) > 0", ADA, "x" * 9_000)


def test_a_search_finds_what_the_viewer_may_see(quick: GatedConnection, barrier: GatedConnection) -> None:
    """Words are looked up by the index, whose own tables stay closed."""
    sql = """
    SELECT s.rowid, t.body FROM talk_search AS s JOIN talk AS t ON t.id = s.rowid WHERE talk_search MATCH ?
    """
    found = [(1, "hello world"), (3, "hello again")]
    assert ask(barrier, sql + " ORDER BY bm25(talk_search), s.rowid", BEN, "hello") == found
    assert ask(barrier, sql, BEN, "secret") == [(2, "a secret plan")]
    assert ask(barrier, sql, ADA, "hello") == []
    with pytest.raises(NeedsBarrier):
        ask(quick, sql, BEN, "hello")
    for connection in (quick, barrier):
        for inside in ("talk_search_data", "talk_search_idx", "talk_search_config", "main.talk"):
            with pytest.raises((sqlite3.DatabaseError, QueryFailed)):
                ask(connection, f"SELECT * FROM {inside} WHERE 'talk_search' <> ''", BEN)


@pytest.mark.parametrize(
    "condition",
    [
        "CASE WHEN body LIKE '%secret%' THEN json('no') ELSE 1 END",
        "CASE WHEN snippet(talk_search, 0, '', '', '', 9) > '' THEN json('no') ELSE 1 END",
        "talk_search MATCH 'secret' AND json(body)",
        "talk_search MATCH 'secret' AND CASE WHEN highlight(talk_search, 0, '', '') > '' THEN json('no') END",
        "rowid = 2 AND json(body)",
    ],
)
def test_no_search_fails_for_rows_that_are_not_theirs(barrier: GatedConnection, condition: str) -> None:
    """Its rule stands before the statement's own conditions."""
    sql = f"SELECT body FROM talk_search WHERE {condition}"
    assert ask(barrier, sql, ADA) == []
    with pytest.raises(sqlite3.Error):
        ask(barrier, sql, BEN)


def test_a_search_goes_on_after_the_schema_has_changed(tmp_path: Path) -> None:
    """What it asks inside is prepared anew."""
    path = make(tmp_path / "world.db")
    sql = "SELECT body FROM talk_search WHERE talk_search MATCH ?"
    with gated(path, GateKind.BARRIER) as connection:
        assert ask(connection, sql, BEN, "plan") == [("a secret plan",)]
        writer = sqlite3.connect(path)
        writer.executescript("CREATE INDEX another ON letters (id, body); VACUUM;")
        writer.execute("INSERT INTO talk(body) VALUES ('another plan')")
        writer.execute("INSERT INTO talk_search(rowid, body) VALUES (4, 'another plan')")
        writer.commit()
        writer.close()
        assert ask(connection, sql, BEN, "plan") == [("a secret plan",), ("another plan",)]
        assert ask(connection, sql, ADA, "plan") == []


def test_whoever_is_nobody_reads_nothing(viewing: GatedConnection) -> None:
    """Without a viewer no statement of theirs runs, and the seat is empty again after a failure."""
    with pytest.raises(QueryFailed):
        ask(viewing, "SELECT * FROM letters", None)
    with pytest.raises(sqlite3.Error):
        ask(viewing, "SELECT nothing", ADA)
    assert viewing.execute("SELECT viewer_id(), viewer_is_admin()").fetchone() == (None, 0)


def test_an_administrator_is_a_viewer_like_others(viewing: GatedConnection) -> None:
    """The rule says what administrators see."""
    with seated(viewing, Viewer(9, discord_admin=True)):
        assert viewing.execute("SELECT count(key) FROM duties").fetchone() == (2,)
        assert viewing.execute("SELECT count(id) FROM letters").fetchone() == (0,)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT count(*) FROM duties", [(2,)]),
        ("SELECT count(*) FROM main.people WHERE role IS NULL", [(2,)]),
        ("WITH d AS (SELECT day FROM days) SELECT group_concat(day) FROM d", [("monday,tuesday",)]),
    ],
)
def test_reports_read_whole_tables(world: Path, sql: str, found: list[object]) -> None:
    """Those that may be reported, by any SELECT."""
    with gated(world, GateKind.REPORT) as connection:
        assert ask(connection, sql, None) == found


@pytest.mark.parametrize(
    "sql", [*FORBIDDEN, "SELECT * FROM letters", "SELECT * FROM talk", "SELECT * FROM temp.x"]
)
def test_reports_read_nothing_private(world: Path, sql: str) -> None:
    """What is closed to viewers is closed to reports, and so is what is somebody's own."""
    with gated(world, GateKind.REPORT) as connection, pytest.raises((sqlite3.Error, QueryFailed)):
        ask(connection, sql, None)


def test_a_table_is_declared_once() -> None:
    """Two rules for one table would be a question of which was read first."""
    with pytest.raises(ValueError, match="letters"):
        Visibility((Visible("letters", "1"), Visible("letters", "0")))


def test_statements_in_heaps_are_refused(viewing: GatedConnection) -> None:
    """Each statement is looked at alone."""
    with pytest.raises(QueryFailed):
        viewing.executescript("SELECT 1; SELECT 2")
    with pytest.raises(QueryFailed):
        viewing.executemany("SELECT ?", [(1,)])
    with pytest.raises((sqlite3.Error, NeedsBarrier)):
        ask(viewing, "SELECT 1; SELECT body FROM letters", ADA)

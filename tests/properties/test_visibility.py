"""Whatever a viewer asks, they read their rows and nothing else, and nothing shows that there is more.

Three databases are asked the same: one with everything, one from which all rows are gone that the viewer may
not see, both behind a gate, and the latter once more without one. The first two must not be told apart, by
rows, their order, or an error; the third has the right answer.
"""

from __future__ import annotations

import random
import re
import sqlite3
from collections import Counter
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.errors import QueryFailed
from modelus_bot.database.core.visibility.connection import GatedConnection, seated
from modelus_bot.database.core.visibility.declaration import Viewer
from modelus_bot.database.core.visibility.gate import GateKind, NeedsBarrier
from tests.daily_size import FULL
from tests.properties.asked_sql import Asker
from tests.properties.seeing import hidden_words, only_for, sees
from tests.properties.visible_world import (
    CLOSED,
    OPEN,
    PEOPLE,
    READABLE,
    VISIBILITY,
    Population,
    filled,
    gated,
    populated,
)

POPULATIONS = 1000 if FULL else 25
REPORTED = 1000 if FULL else 10
STATEMENTS = 60
KINDS = (GateKind.QUICK, GateKind.BARRIER)

SEARCHES = (
    "SELECT rowid, message FROM chat_search WHERE chat_search MATCH 'said'",
    "SELECT rowid, message, bm25(chat_search) FROM chat_search WHERE chat_search MATCH 'sai*' ORDER BY 3",
    "SELECT rowid, message, highlight(chat_search, 0, '', '') FROM chat_search WHERE message MATCH 'said'",
    "SELECT rowid, message FROM (SELECT rowid, message FROM chat_search)",
)
"""Ways to find or read everything that can be found."""
LAW_SEARCH = "SELECT rowid, body FROM law_search WHERE law_search MATCH 'so'"
IN_TEMP = re.compile("temp[.]", re.IGNORECASE)
"""How a statement names the views of a gated connection, where the database without a gate has tables."""

seen: Counter[str] = Counter()
"""How statements ended, so that a proof about refusals alone would be noticed."""


def outcome(connection: sqlite3.Connection, viewer: Viewer | None, sql: str) -> Any:
    """Return the rows of a statement, or how it failed."""
    connection.set_progress_handler(lambda: 1, 3_000_000)
    try:
        with seated(connection, viewer):
            return connection.execute(sql).fetchall()
    except NeedsBarrier:
        return NeedsBarrier
    except (sqlite3.Error, QueryFailed) as error:
        return type(error).__name__, str(error)


def values_of(world: Population) -> list[object]:
    """Return values that occur, so that comparisons hold for some rows, whoever may see them."""
    rows = [row for rows in world.tables.values() for row in rows]
    found = {value for row in rows for value in row.values() if isinstance(value, str | int | None)}
    return sorted(found, key=repr)


def viewer_of(dice: random.Random) -> Viewer:
    """Return anybody."""
    return Viewer(dice.choice(PEOPLE), discord_admin=dice.random() < 0.1)


@settings(max_examples=POPULATIONS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def ask_at_random(seed: int) -> None:
    """Random statements of random viewers on random populations, on both connections."""
    dice = random.Random(seed)
    world, viewer = populated(dice), viewer_of(dice)
    own, hidden = only_for(world, viewer), hidden_words(world, viewer)
    asker = Asker(dice, READABLE, values_of(world), whole=OPEN, closed=CLOSED[0])
    statements = [asker.statement() for _ in range(STATEMENTS)]
    attacks = [asker.attack() for _ in range(STATEMENTS // 4)]
    with closing(filled(own)) as right:
        for kind in KINDS:
            with closing(gated(world, kind)) as everything, closing(gated(own, kind)) as nothing_else:
                for person in (viewer, *map(Viewer, PEOPLE)):
                    compare_rows(everything, world, person)
                    compare_search(everything, world, person)
                for sql in statements:
                    answer = outcome(everything, viewer, sql)
                    assert answer == outcome(nothing_else, viewer, sql), sql
                    compare(answer, outcome(right, None, IN_TEMP.sub("main.", sql)), kind, sql)
                    assert not shown(hidden, answer, sql), sql
                for sql in attacks:
                    answer = outcome(everything, viewer, sql)
                    assert not isinstance(answer, list), sql
                    assert not shown(hidden, answer, sql)


def compare_rows(connection: GatedConnection, world: Population, viewer: Viewer) -> None:
    """Hold whole tables against the rule, row by row."""
    for table, columns in READABLE.items():
        found = outcome(connection, viewer, f"SELECT {', '.join(columns)} FROM {table}")
        wanted = [
            tuple(row[name] for name in columns)
            for row in world.tables[table]
            if sees(world, viewer, table, row)
        ]
        assert sorted(found, key=repr) == sorted(wanted, key=repr), table


def compare_search(connection: GatedConnection, world: Population, viewer: Viewer) -> None:
    """Hold what a search finds against the rule: for staff all that is about an item, for others nothing."""
    said = [row for row in world.tables["chat_messages"] if row["triage_id"] is not None]
    wanted = [(row["id"], row["message"]) for row in said if sees(world, viewer, "chat_search", row)]
    for sql in SEARCHES:
        found = outcome(connection, viewer, sql)
        if found is not NeedsBarrier:
            seen["search rows" if found else "search no rows"] += 1
            assert sorted(row[:2] for row in found) == sorted(wanted), sql
    texts = [row for row in world.tables["law_revisions"] if row["revision"] == 1 and row["published"]]
    laws = [row["id"] for row in world.tables["laws"] if sees(world, viewer, "law_search", row)]
    in_force = [(row["law_id"], row["body"]) for row in texts if row["law_id"] in laws]
    found = outcome(connection, viewer, LAW_SEARCH)
    if found is not NeedsBarrier:
        seen["laws found" if found else "no laws found"] += 1
        assert sorted(found) == sorted(in_force)


def compare(answer: Any, right: Any, kind: GateKind, sql: str) -> None:
    """Hold an answer against that of a database which has the viewer's rows alone."""
    if isinstance(answer, list):
        seen[f"{kind.value} rows" if answer else f"{kind.value} no rows"] += 1
        if isinstance(right, list):
            assert sorted(answer, key=repr) == sorted(right, key=repr), sql
        return
    seen[f"{kind.value} needs the barrier" if answer is NeedsBarrier else f"{kind.value} failed"] += 1
    assert answer is NeedsBarrier or "not authorized" not in answer[1], (sql, answer)
    assert answer is NeedsBarrier or "prohibited" not in answer[1], (sql, answer)


def shown(hidden: set[str], answer: Any, sql: str) -> bool:
    """Say whether a word of a hidden row is in an answer, other than one the statement has in itself."""
    text = repr(answer)
    return any(mark in text and mark not in sql for mark in hidden)


@settings(max_examples=REPORTED, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def report_at_random(seed: int) -> None:
    """Random statements on the connection of reports: as if the tables that are closed to it were empty."""
    dice = random.Random(seed)
    world = populated(dice)
    reported = VISIBILITY.reported
    own = Population({name: rows if name in reported else [] for name, rows in world.tables.items()})
    hidden = {row["mark"] for name, rows in world.tables.items() if name not in reported for row in rows}
    open_to_it = {name: columns for name, columns in READABLE.items() if name in reported}
    askers = [
        Asker(dice, tables, values_of(world), whole=[], closed=CLOSED[0]) for tables in (READABLE, open_to_it)
    ]
    with (
        closing(gated(world, GateKind.REPORT)) as everything,
        closing(gated(own, GateKind.REPORT)) as nothing_else,
    ):
        before = everything.total_changes
        for asker in askers:
            for sql in [ask() for ask in (asker.statement, asker.attack) for _ in range(STATEMENTS // 4)]:
                answer = outcome(everything, None, sql)
                assert answer == outcome(nothing_else, None, sql), sql
                assert not shown(hidden, answer, sql), sql
                seen["rows" if isinstance(answer, list) and answer else "other"] += 1
        for table in set(VISIBILITY.tables) - reported:
            assert not isinstance(outcome(everything, None, f"SELECT count(*) FROM {table}"), list), table
        assert everything.total_changes == before


@pytest.mark.timeout(3600 if FULL else 300)
def test_nothing_of_closed_tables_shows_in_reports() -> None:
    """Whatever SELECT a report is; and many of them have an answer with rows."""
    seen.clear()
    report_at_random()
    assert seen["rows"] > seen["other"] / 10 > 0, seen


@pytest.mark.timeout(3600 if FULL else 300)
def test_nothing_shows_of_rows_that_are_not_theirs() -> None:
    """Most statements have an answer, many have rows, some fail rightly: not only refusals are alike."""
    seen.clear()
    ask_at_random()
    for kind in ("quick", "barrier"):
        total = sum(count for name, count in seen.items() if name.startswith(kind))
        assert seen[f"{kind} rows"] > total / 20, seen
    assert seen["search rows"] > 0 < seen["search no rows"], seen
    assert seen["barrier rows"] + seen["barrier no rows"] > 3 * seen["barrier failed"] > 0, seen

"""Kept queries: on the snapshot of a database they answer what they answer on the database."""

from __future__ import annotations

import contextlib
import dataclasses
import random
import sqlite3
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.offline.snapshot.answering import filled
from modelus_bot.subjects import DECLARED
from tests.daily_size import FULL
from tests.database.offline.snapshot.keeping import VALIDATOR, compared, outcome, read_contents
from tests.database.offline.snapshot.queries import all_queries, questions
from tests.properties.test_invariants import CHOICES, History, prepared
from tests.subjects.rota import ADA, Rota

EXAMPLES = 500 if FULL else 100
STEPS = 6
ASKED = 3
"""Questions to each query per example; over all examples every one is asked often."""


@query(kept=True)
def notices(tx: ReadTransaction) -> int:
    """Count notices, wrongly said to be kept: their table is not."""
    return int(tx.fetch_value("SELECT count(*) FROM notifications"))


@query(kept=True)
def notices_of_names(tx: ReadTransaction, name: str) -> list[Any]:
    """Read another table in a corner of a statement."""
    return tx.fetch_all(
        "SELECT name FROM triage_users WHERE name = ? OR EXISTS (SELECT 1 FROM notifications)", (name,)
    )


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_snapshot_and_database_answer_alike(seed: int) -> None:
    """After random changes by anybody, every kept query is answered by the snapshot as by the database."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(prepared())
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys=ON")
        rota = Rota(connection)
        history = History(rota, random.Random(seed))
        for _ in range(STEPS):
            history.dice.choice(CHOICES)(history)
        asked = {
            question: history.dice.sample(given, min(len(given), ASKED))
            for question, given in questions(rota).items()
            if question.kept
        }
        assert compared(connection, asked) == [], "\n".join(history.told)


def test_every_kept_and_hot_query_is_asked(rota: Rota) -> None:
    """None of them is left out of the comparison, and none of the questions is about another one."""
    marked = {item for item in all_queries() if item.kept or item.hot}
    assert {item.name for item in marked} == {question.name for question in questions(rota)}
    assert {item.name for item in marked if item.long} == set()


def test_a_kept_query_of_another_table_is_found_out(rota: Rota) -> None:
    """A query that reads what is not kept fails on the snapshot, and so in the comparison."""
    wrong = compared(rota.connection, {notices: [()], notices_of_names: [("Ada",)]})
    assert len(wrong) == 2
    assert all("DatabaseError" in item for item in wrong)


def test_only_kept_tables_can_be_read(rota: Rota) -> None:
    """Of all tables of the schema the snapshot answers for those that are kept, and for views of them."""
    tables = [row[0] for row in rota.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    tables = [item for item in tables if "yoyo" not in item]
    with closing(filled(read_contents(rota.connection), VALIDATOR.scripts)) as kept:
        readable = set()
        for table in tables:
            with contextlib.suppress(sqlite3.DatabaseError):
                kept.execute(f"SELECT count(*) FROM {table}").fetchone()
                readable.add(table)
        assert readable == set(DECLARED.kept_tables)
        assert kept.execute("SELECT count(*) FROM triage_users").fetchone()[0] == 3


def test_nothing_can_be_changed(rota: Rota) -> None:
    """The database in memory is for reading."""
    with (
        closing(filled(read_contents(rota.connection), VALIDATOR.scripts)) as kept,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        kept.execute("UPDATE users SET username = 'x'")


def test_hot_answers_can_be_shared(rota: Rota) -> None:
    """What hot queries return cannot be changed by one reader under another's eyes."""
    hot = {question: given for question, given in questions(rota).items() if question.hot}
    for item, asked in hot.items():
        for values in asked:
            answer = outcome(rota.connection, item, values)
            if isinstance(answer, dict):
                assert all(unchangeable(part) for pair in answer.items() for part in pair), item.name
            else:
                assert unchangeable(answer), item.name
            assert isinstance(hash(values), int)


def unchangeable(value: Any) -> bool:
    """Say whether a value and all that is in it stay as they are."""
    if isinstance(value, tuple):
        return all(map(unchangeable, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        frozen: bool = value.__dataclass_params__.frozen  # type: ignore[attr-defined]
        parts = [getattr(value, field.name) for field in dataclasses.fields(value)]
        return frozen and all(map(unchangeable, parts))
    return value is None or isinstance(value, int | str | date | type)


def test_unusual_names_are_kept(rota: Rota) -> None:
    """Names with quotes, line ends and letters of any script come through."""
    rota.connection.execute("UPDATE users SET username = ? WHERE discord_id = ?", ('Ä"\n\u2028\x00😀', ADA))
    asked = {question: given for question, given in questions(rota).items() if question.kept}
    assert compared(rota.connection, asked) == []

"""Asking SQLite how it goes about the statements that were seen: on the long reader, when somebody looks."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, Protocol, TypeVar

from loguru import logger

from modelus_bot.database.core.normalising import parameters_wanted
from modelus_bot.database.core.operation import Query, query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.health.statements.plan import QueryPlan, plan_of
from modelus_bot.database.health.statements.statistics import StatementSeen, StatementStatistics

__all__ = ["IndexUse", "StatementExamination", "examine", "explain_slow", "explained"]

P = ParamSpec("P")
R = TypeVar("R")

AT_ONCE = 20
"""How many slow statements are explained in one go."""

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
_INDEXES = (
    'SELECT i.name AS name, m.name AS "table", i."unique" AS is_unique, i.origin AS origin,'
    " (SELECT group_concat(coalesce(c.name, '(expression)'), ', ') FROM pragma_index_info(i.name) AS c)"
    " AS columns"
    " FROM sqlite_master AS m, pragma_index_list(m.name) AS i"
    " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " AND m.name NOT LIKE '\\_%' ESCAPE '\\' AND m.name NOT LIKE 'yoyo%'"
    " ORDER BY m.name, i.name"
)
_REFERENCES = (
    'SELECT m.name AS "table", f."from" AS "column"'
    " FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND f.seq = 0"
)
_HAS_SIZES = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'"
_SIZES = 'SELECT tbl AS "table", max(CAST(stat AS INTEGER)) AS size FROM sqlite_stat1 GROUP BY tbl'


class Database(Protocol):
    """Whoever answers queries."""

    async def read(self, query: Query[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query on one consistent snapshot."""


class _Nothing(dict[str, None]):
    """Parameters by any name, all of them NULL: a plan does not depend on values."""

    def __missing__(self, name: str) -> None:
        return None


@dataclass(frozen=True, slots=True)
class IndexUse:
    """An index and how many of the statements seen go by it.

    ``purpose`` says what it is for even if no statement does: a rule, or a foreign key's checks.
    """

    name: str
    table: str
    columns: str
    used_by: int
    purpose: str

    @property
    def unused(self) -> bool:
        """Whether nothing is known that needs it."""
        return not self.used_by and not self.purpose


@dataclass(frozen=True, slots=True)
class StatementExamination:
    """Statements with their plans (None where SQLite could not say), indexes, and rows by table.

    ``sizes`` are those of SQLite's own statistics and may be missing; ``since`` is in UTC seconds.
    """

    statements: tuple[tuple[StatementSeen, QueryPlan | None], ...]
    indexes: tuple[IndexUse, ...]
    sizes: Mapping[str, int]
    since: int
    forgotten: int

    @property
    def unexplained(self) -> int:
        """How many of the statements have no plan."""
        return sum(plan is None for _, plan in self.statements)


@dataclass(frozen=True, slots=True)
class _Index:
    name: str
    table: str
    columns: str
    purpose: str


@dataclass(frozen=True, slots=True)
class _Explained:
    plans: tuple[QueryPlan | None, ...]
    indexes: tuple[_Index, ...]
    sizes: Mapping[str, int]


@query(long=True)
def explained(tx: ReadTransaction, statements: tuple[str, ...]) -> _Explained:
    """Return the plan of each statement, every index, and the sizes that SQLite has noted."""
    tables = frozenset(row["name"] for row in tx.fetch_all(_TABLES))
    plans = tuple(_plan(tx, sql, tables) for sql in statements)
    sizes = tx.fetch_all(_SIZES) if tx.fetch_value(_HAS_SIZES) else []
    return _Explained(plans, _indexes(tx), {row["table"]: row["size"] or 0 for row in sizes})


async def examine(db: Database, statistics: StatementStatistics) -> StatementExamination:
    """Explain everything that was seen; raises ``DatabaseError`` when SQLite cannot be asked."""
    seen = statistics.seen()
    answer = await db.read(explained, tuple(item.example for item in seen))
    pairs = tuple(zip(seen, answer.plans, strict=True))
    for item, plan in pairs:
        if plan is not None:
            statistics.keep_plan(item.text, plan)
    uses = [plan.indexes for plan in answer.plans if plan is not None]
    indexes = tuple(
        IndexUse(
            index.name,
            index.table,
            index.columns,
            sum(index.name in used for used in uses) + (index.name in statistics.used_before),
            index.purpose,
        )
        for index in answer.indexes
    )
    return StatementExamination(pairs, indexes, answer.sizes, statistics.since, statistics.forgotten)


async def explain_slow(db: Database, statistics: StatementStatistics, slow: float) -> int:
    """Explain statements that took ``slow`` seconds or more and have no plan yet; returns how many."""
    wanted = [item for item in statistics.seen() if item.worst >= slow and statistics.plan(item.text) is None]
    wanted = wanted[:AT_ONCE]
    if not wanted:
        return 0
    answer = await db.read(explained, tuple(item.example for item in wanted))
    for item, plan in zip(wanted, answer.plans, strict=True):
        statistics.keep_plan(item.text, plan or QueryPlan(()))
        if plan is not None:
            logger.bind(
                statement=item.text,
                milliseconds=round(item.worst * 1000, 3),
                plan=plan.lines,
                remarks=plan.remarks,
            ).info("slow_statement_explained")
    return len(wanted)


def _plan(tx: ReadTransaction, sql: str, tables: frozenset[str]) -> QueryPlan | None:
    """Return a statement's plan; None when it makes no sense to SQLite any more."""
    wanted = parameters_wanted(sql)
    parameters: Any = _Nothing() if wanted is None else (None,) * wanted
    explain = "EXPLAIN QUERY PLAN " + sql
    try:
        rows = tx.fetch_all(explain, parameters)
    except sqlite3.ProgrammingError:
        return None
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_ERROR":
            raise
        return None
    return plan_of([row["detail"] for row in rows], sql, tables)


def _indexes(tx: ReadTransaction) -> tuple[_Index, ...]:
    checked = {(row["table"], row["column"]) for row in tx.fetch_all(_REFERENCES)}
    found = []
    for row in tx.fetch_all(_INDEXES):
        first = (row["columns"] or "").split(", ")[0]
        if row["is_unique"]:
            purpose = "keeps rows unique"
        elif (row["table"], first) in checked:
            purpose = "finds rows by their foreign key"
        else:
            purpose = ""
        found.append(_Index(row["name"], row["table"], row["columns"] or "", purpose))
    return tuple(found)

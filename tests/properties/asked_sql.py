"""Statements that somebody could ask: joins, compounds, subqueries, WITH, windows, and what they may not."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

__all__ = ["Asker"]

Scope = list[tuple[str, str]]
"""Columns that can be named: of which table or alias, and their names."""

AGGREGATES = ("count", "max", "min", "total", "avg", "sum")
PLAIN = ("length", "lower", "typeof", "trim", "unicode")
OTHER = ("hex", "quote", "json_quote", "json", "abs")
COMPARISONS = ("=", "<>", "<", ">=", "IS", "IS NOT")
JOINS = (" JOIN ", " LEFT JOIN ", " CROSS JOIN ", ", ")
TRAPS = ("json('no')", "abs(-9223372036854775808)", "json_extract('no', '$')", "('a' LIKE 'b' ESCAPE 'cd')")
"""What fails as soon as it is asked."""
ATTACKS = (
    "SELECT * FROM main.{table}",
    "SELECT count(*) FROM main.{table}",
    "SELECT count(*) FROM MAIN.{table} AS {other}",
    "WITH {table} AS (SELECT * FROM main.{table}) SELECT * FROM {table}",
    "WITH {other} AS (SELECT * FROM main.{table}) SELECT * FROM {other}",
    "WITH {table}(x) AS (SELECT count(*) FROM main.{table}) SELECT x FROM {table}",
    "SELECT (SELECT count(*) FROM main.{table})",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM main.{table})",
    "SELECT x.* FROM {other} AS y LEFT JOIN main.{table} AS x ON 1",
    "SELECT * FROM {closed}",
    "SELECT count(*) FROM {closed}",
    "SELECT sql FROM sqlite_schema",
    "SELECT count(*) FROM sqlite_temp_schema",
    "SELECT * FROM pragma_table_info('{table}')",
    "SELECT * FROM message_search_data",
    "SELECT * FROM message_search_content",
    "SELECT * FROM chat_search_data",
    "SELECT block FROM chat_search_data JOIN {other}",
    "SELECT * FROM chat_search_docsize",
    "SELECT * FROM chat_search_idx",
    "SELECT * FROM chat_search_config",
    "SELECT * FROM chat_texts",
    "SELECT count(*) FROM chat_texts",
    "SELECT rowid FROM main.chat_search WHERE chat_search MATCH 'said'",
    "WITH chat_search AS (SELECT * FROM main.chat_search) SELECT * FROM chat_search",
    "CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, chat_search, instance)",
    "INSERT INTO chat_search(chat_search) VALUES('rebuild')",
    "SELECT block FROM law_search_data",
    "SELECT * FROM law_search_docsize JOIN {other}",
    "SELECT * FROM law_texts",
    "CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, law_search, instance)",
    "INSERT INTO law_search(law_search) VALUES('rebuild')",
    "SELECT * FROM main.message_search",
    "SELECT * FROM dbstat",
    "SELECT sqlite_offset({column}) FROM {table}",
    "SELECT load_extension('x')",
    "SELECT readfile('x')",
    "EXPLAIN QUERY PLAN SELECT * FROM {table}",
    "PRAGMA table_info({table})",
    "PRAGMA query_only=OFF",
    "ATTACH ':memory:' AS {table}",
    "CREATE TEMP VIEW {table}2 AS SELECT * FROM main.{table}",
    "CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, message_search, row)",
    "INSERT OR IGNORE INTO {table} SELECT * FROM {table}",
    "DELETE FROM main.{table} RETURNING *",
    "UPDATE main.{table} SET {column} = NULL RETURNING *",
    "INSERT INTO message_search(message_search) VALUES('integrity-check')",
)


class Asker:
    """Makes statements by chance about ``tables`` and their columns, with ``values`` that occur in them."""

    def __init__(
        self,
        dice: random.Random,
        tables: Mapping[str, Sequence[str]],
        values: Sequence[object],
        *,
        whole: Sequence[str],
        closed: str,
    ) -> None:
        """Begin; everybody sees ``whole`` tables, nobody the ``closed`` one."""
        self._dice = dice
        self._tables = dict(tables)
        self._values = values
        self._closed = closed
        self._filtered = sorted(set(tables) - set(whole))
        self._numbers = iter(range(1, 10_000))

    def attack(self) -> str:
        """Return a statement that has to be refused."""
        table, other = self._dice.sample(self._filtered, 2)
        return self._dice.choice(ATTACKS).format(
            table=table, other=other, column=self._tables[table][0], closed=self._closed
        )

    def plain(self) -> str:
        """Return a statement of one SELECT without anything that may fail."""
        source, scope = self._tables_joined(self._dice.randint(1, 3))
        wanted = ", ".join(self._column(scope) for _ in range(self._dice.randint(1, 3)))
        where = f" WHERE {self._comparison(scope)} AND {self._comparison(scope)}" if self._chance(0.6) else ""
        if self._chance(0.3):
            return f"SELECT {self._aggregate(scope)}, {self._column(scope)} FROM {source}{where} GROUP BY 2"
        order = " ORDER BY 1" if self._chance(0.3) else ""
        distinct = "DISTINCT " if self._chance(0.2) else ""
        return f"SELECT {distinct}{wanted} FROM {source}{where}{order}"

    def statement(self) -> str:
        """Return any statement that may be asked."""
        if self._chance(0.25):
            return self.plain()
        width = self._dice.randint(1, 3)
        body = self._compound(width, 2, [])
        return f"{self._with()}{body}" if self._chance(0.3) else body

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share

    def _with(self) -> str:
        """Begin with WITH: a name of its own, or that of a table; what follows may not name it at all."""
        name = self._dice.choice([*self._tables, "own", "numbers"])
        if self._chance(0.3):
            return "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 4) "
        columns = self._tables.get(name, ("a", "b"))
        inner = self._select(len(columns), 1, [])
        return f"WITH {name}({', '.join(columns)}) AS ({inner}) "

    def _compound(self, width: int, depth: int, outer: Scope) -> str:
        first = self._select(width, depth, outer)
        if self._chance(0.75):
            return first
        word = self._dice.choice(["UNION", "UNION ALL", "INTERSECT", "EXCEPT"])
        return f"{first} {word} {self._select(width, depth, outer)}"

    def _select(self, width: int, depth: int, outer: Scope) -> str:
        source, scope = self._source(depth)
        seen = [*scope, *outer]
        where = f" WHERE {self._condition(seen, depth)}" if self._chance(0.7) else ""
        if self._chance(0.25):
            parts = [self._aggregate(scope) for _ in range(width)]
            group = f" GROUP BY {self._column(scope)}" if self._chance(0.6) else ""
            having = " HAVING count(*) > 1" if group and self._chance(0.4) else ""
            return f"SELECT {', '.join(parts)} FROM {source}{where}{group}{having}"
        parts = [self._value(seen, depth) for _ in range(width)]
        if self._chance(0.1):
            parts[0] = f"count(*) OVER (PARTITION BY {self._column(scope)})"
        distinct = "DISTINCT " if self._chance(0.2) else ""
        return f"SELECT {distinct}{', '.join(parts)} FROM {source}{where}"

    def _source(self, depth: int) -> tuple[str, Scope]:
        if depth > 0 and self._chance(0.25):
            alias = f"s{next(self._numbers)}"
            inner = self._compound(2, depth - 1, [])
            first = inner.find("SELECT ")
            named = f"WITH {alias}(a, b) AS ({inner}) SELECT * FROM {alias}"
            text = f"({named})" if first == 0 else f"({inner})"
            return f"{text} AS {alias}", [(alias, "a"), (alias, "b")]
        return self._tables_joined(self._dice.choice([1, 1, 1, 2, 2, 3]))

    def _tables_joined(self, count: int) -> tuple[str, Scope]:
        text, scope = "", Scope()
        for number in range(count):
            table = self._dice.choice(sorted(self._tables))
            alias = f"t{next(self._numbers)}"
            new = [(alias, column) for column in self._tables[table]]
            join = self._dice.choice(JOINS) if number else ""
            scope = [*scope, *new]
            on = f" ON {self._comparison(scope)}" if join in JOINS[:2] else ""
            schema = "temp." if self._chance(0.05) and table in self._filtered else ""
            text += f"{join}{self._cased(schema + table)} AS {alias}{on}"
        return text, scope

    def _cased(self, name: str) -> str:
        return name.upper() if self._chance(0.1) else name

    def _column(self, scope: Scope) -> str:
        alias, column = self._dice.choice(scope)
        return f"{alias}.{column}"

    def _constant(self) -> str:
        value = self._dice.choice(self._values)
        return "NULL" if value is None else repr(value)

    def _aggregate(self, scope: Scope) -> str:
        return f"{self._dice.choice(AGGREGATES[:4])}({self._column(scope)})"

    def _comparison(self, scope: Scope) -> str:
        other = self._column(scope) if self._chance(0.4) else self._constant()
        return f"{self._column(scope)} {self._dice.choice(COMPARISONS)} {other}"

    def _value(self, scope: Scope, depth: int) -> str:
        kind = self._dice.randint(0, 9)
        if kind <= 3:
            return self._column(scope)
        if kind == 4:
            return f"{self._dice.choice(PLAIN)}({self._column(scope)})"
        if kind == 5:
            return f"{self._dice.choice(OTHER)}({self._column(scope)})"
        if kind == 6:
            return f"{self._column(scope)} || {self._column(scope)}"
        if kind == 7:
            return f"CASE WHEN {self._condition(scope, depth - 1)} THEN {self._column(scope)} END"
        if kind == 8 and depth > 0:
            return f"({self._select_one(depth - 1, scope)})"
        return f"coalesce({self._column(scope)}, {self._constant()})"

    def _select_one(self, depth: int, outer: Scope) -> str:
        source, scope = self._source(depth)
        return (
            f"SELECT {self._aggregate(scope)} FROM {source} WHERE {self._condition([*scope, *outer], depth)}"
        )

    def _condition(self, scope: Scope, depth: int) -> str:
        kind = self._dice.randint(0, 11)
        column = self._column(scope)
        if kind <= 3 or (depth <= 0 and kind in {4, 5, 7, 8}):
            return self._comparison(scope)
        if kind in {4, 5}:
            word = "AND" if kind == 4 else "OR NOT"
            return f"({self._condition(scope, depth - 1)} {word} {self._condition(scope, depth - 1)})"
        if kind == 6:
            return f"{column} LIKE '%' || {self._constant()} || '%'"
        if kind == 7:
            return f"{column} IN ({self._compound(1, depth - 1, scope)})"
        if kind == 8:
            return f"EXISTS ({self._select(1, depth - 1, scope)})"
        if kind == 9:
            return f"CASE WHEN {self._comparison(scope)} THEN {self._dice.choice(TRAPS)} ELSE 1 END"
        last = (
            f"GLOB {self._constant()}" if kind == 10 else f"BETWEEN {self._constant()} AND {self._constant()}"
        )
        return f"{column} {last}"

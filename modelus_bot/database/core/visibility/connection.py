"""Connections that hold who may see what, and the views behind which they hide tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from typing import Any

from modelus_bot.database.core.errors import QueryFailed
from modelus_bot.database.core.names import quoted
from modelus_bot.database.core.transaction import Parameters
from modelus_bot.database.core.visibility.declaration import Viewer, Visibility, Visible
from modelus_bot.database.core.visibility.functions import ADMIN, TABLE_FUNCTIONS, VIEWER
from modelus_bot.database.core.visibility.gate import REMEMBERED, Gate, GateKind, NeedsBarrier

__all__ = ["GatedConnection", "close_gate", "seated"]

LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_LENGTH: 64 * 1024 * 1024,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 100_000,
}
REFUSED = {sqlite3.SQLITE_AUTH, sqlite3.SQLITE_ERROR}
"""How a search fails whose inner statements have to be prepared again."""
HIDDEN = 1
"""What SQLite says of a column that a search takes its question in."""

_NAMES = "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view')"
_COLUMNS = "SELECT name, hidden FROM pragma_table_xinfo(?) ORDER BY cid"


class GatedConnection(sqlite3.Connection):
    """A connection on which ``close_gate`` was called: its statements read what the gate lets them."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Open it, without a gate yet."""
        super().__init__(*args, **options)
        self.gate: Gate | None = None
        self._searched: set[str] = set()

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a statement; raises ``NeedsBarrier`` for one that has to be asked on such a connection."""
        gate = self.gate
        if gate is None or not gate.engaged:
            return super().execute(sql, parameters)
        gate.vet(sql, parameters)
        try:
            if searched := gate.searched_by(sql):
                return self._search(gate, searched, sql, parameters)
            return super().execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            if gate.needs_barrier:
                raise NeedsBarrier("it may fail or take long for some rows") from error
            if gate.mark in str(error):
                raise QueryFailed("this is not open to viewers") from None
            raise

    def _search(
        self, gate: Gate, searched: Collection[str], sql: str, parameters: Parameters
    ) -> sqlite3.Cursor:
        """Run a statement on tables of searches, which read their own insides by statements of their own.

        SQLite asks about those as if they were the statement's. They are kept until the schema changes, so
        they are prepared once, in a run that asks nothing, of a statement that was looked at before. Before
        that it has to know the tables' columns, which it finds out in that way, too.
        """
        if sql in self._searched:
            try:
                return super().execute(sql, parameters)
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF not in REFUSED:
                    raise
        with gate.trusting():
            for table in searched:
                super().execute(_COLUMNS, (table,)).fetchall()
        looked_at = "EXPLAIN " + sql
        super().execute(looked_at, parameters).close()
        with gate.trusting():
            super().execute(sql, parameters).fetchall()
        if len(self._searched) >= REMEMBERED:
            self._searched.clear()
        self._searched.add(sql)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """Refuse it where there is a gate: only single statements are looked at."""
        if self.gate is not None:
            raise QueryFailed("one statement at a time")
        return super().executemany(sql, parameters)

    def executescript(self, sql_script: str, /) -> sqlite3.Cursor:
        """Refuse it where there is a gate: only single statements are looked at."""
        if self.gate is not None:
            raise QueryFailed("one statement at a time")
        return super().executescript(sql_script)


def close_gate(
    connection: GatedConnection, visibility: Visibility, kind: GateKind, *, away: Collection[str] = ()
) -> None:
    """Let an open connection read from now on what ``kind`` may, and nothing else.

    Tables that are ``away`` are closed to everything. Raises ``sqlite3.Error``.
    """
    existing = {row[0]: row[1] for row in connection.execute(_NAMES)}
    searched = {name for name, sql in existing.items() if sql.lower().startswith("create virtual")}
    gate = Gate(visibility, kind, existing, searched=searched, away=away)
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.create_function(VIEWER, 0, gate.viewer_id, deterministic=True)
    connection.create_function(ADMIN, 0, gate.viewer_is_admin, deterministic=True)
    for function in TABLE_FUNCTIONS:
        connection.execute(" ".join(("SELECT 1 FROM", quoted(function), "('[]')"))).close()
    for visible in gate.filtered:
        for view in _views(connection, gate, visible):
            connection.execute(view)
    connection.execute("PRAGMA query_only=ON")
    for limit, most in LIMITS.items():
        connection.setlimit(limit, most)
    connection.set_authorizer(gate.authorize)
    connection.gate = gate


def _views(connection: sqlite3.Connection, gate: Gate, visible: Visible) -> tuple[str, str]:
    """Return the view with the rule, and the one that has the table's name.

    LIMIT and OFFSET keep SQLite from asking a statement's own conditions before the rule. They would keep it
    from searching, too; it has nothing there that it could ask before a rule that looks at no row.
    """
    columns = connection.execute(_COLUMNS, (visible.table,)).fetchall()
    searched = any(hidden == HIDDEN for _, hidden in columns)
    names = [*(['rowid AS "rowid"'] if searched else []), *(quoted(name) for name, _ in columns)]
    inner = quoted(gate.inner_name(visible.table))
    rule = (
        "CREATE TEMP VIEW", inner, "AS SELECT", ", ".join(names), "FROM main." + quoted(visible.table),
        "WHERE", visible.rows, "LIMIT -1 OFFSET 0" if gate.kind is GateKind.BARRIER and not searched else "",
    )  # fmt: skip
    return " ".join(rule), " ".join(("CREATE TEMP VIEW", quoted(visible.table), "AS SELECT * FROM", inner))


class seated:  # noqa: N801 - it is used like a function
    """Run statements for ``viewer``, in ``with``.

    Raises ``QueryFailed`` on a connection that would not hold that.
    """

    __slots__ = ("_gate", "_viewer")

    def __init__(self, connection: sqlite3.Connection, viewer: Viewer | None) -> None:
        """Look whether the connection has a gate."""
        self._gate: Gate | None = getattr(connection, "gate", None)
        self._viewer = viewer

    def __enter__(self) -> None:
        """Take the seat."""
        if self._gate is not None:
            self._gate.seat(self._viewer)
        elif self._viewer is not None:
            raise QueryFailed("this connection is for nobody in particular")

    def __exit__(self, *_: object) -> None:
        """Leave it empty."""
        if self._gate is not None:
            self._gate.leave()

"""The indexes of searches (FTS5): all that is in them follows from rows, so they can be made anew.

SQLite's own check of a file passes over them, or takes what is wrong with them for damage of the file.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator

from modelus_bot.database.core.names import with_names

__all__ = ["broken_searches", "is_about_searches", "make_search", "mend_searches", "merge_searches"]

PARTS = {
    "data": "CREATE TABLE main.{inner}(id INTEGER PRIMARY KEY, block BLOB)",
    "idx": "CREATE TABLE main.{inner}(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID",
    "docsize": "CREATE TABLE main.{inner}(id INTEGER PRIMARY KEY, sz BLOB)",
    "config": "CREATE TABLE main.{inner}(k PRIMARY KEY, v) WITHOUT ROWID",
}
"""The tables inside a search that has no texts of its own, by the end of their names."""
_CONFIG = "INSERT INTO main.{config} VALUES('version', 4)"
_NOTHING = "INSERT INTO main.{data} VALUES(1, x''), (10, x'00000000000000')"
"""What an empty search has in them; without it SQLite will not even drop one."""
_SEARCHES = (
    "SELECT name, sql FROM main.sqlite_master"
    " WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%' ORDER BY name"
)
_CHECK = "INSERT INTO main.{name}({name}, rank) VALUES('integrity-check', 1)"
_REBUILD = "INSERT INTO main.{name}({name}) VALUES('rebuild')"
_MERGE = "INSERT INTO main.{name}({name}) VALUES('optimize')"
_WORDS_OF_SQLITE = "inverted index for FTS5 table "
_OF_THE_SEARCH = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR})
"""The codes of a search that is not as it should be, or that cannot even be opened."""


def is_about_searches(line: str) -> bool:
    """Say whether a line of SQLite's own check is about a search and not about the file; from 3.44 on."""
    return _WORDS_OF_SQLITE in line


def broken_searches(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return the searches whose index is damaged or says something else than the rows do.

    Reads all texts, and takes the lock of writers. Raises ``sqlite3.Error`` for what is not theirs.
    """
    return tuple(name for name, _ in connection.execute(_SEARCHES).fetchall() if not _sound(connection, name))


def mend_searches(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Make the broken ones anew from the rows, and return their names; nobody else writes meanwhile."""
    mended = []
    for name, sql in connection.execute(_SEARCHES).fetchall():
        if not _sound(connection, name):
            with _transaction(connection):
                _renew(connection, name, sql)
            mended.append(name)
    return tuple(mended)


def merge_searches(connection: sqlite3.Connection) -> int:
    """Write each index in one piece, without words of what is gone; returns how many there are.

    What is deleted leaves its words inside until then, marked as gone. Newer SQLite can take them out at once
    (``secure-delete``), but then older ones cannot read the file.
    """
    names = [name for name, _ in connection.execute(_SEARCHES).fetchall()]
    for name in names:
        with _transaction(connection):
            connection.execute(with_names(_MERGE, name=name))
    return len(names)


def make_search(connection: sqlite3.Connection, name: str, sql: str) -> None:
    """Make a search and fill it, in place of whatever is there of it; in a transaction of the caller's."""
    _clear(connection, name)
    for part in PARTS:
        connection.execute(with_names("DROP TABLE IF EXISTS main.{inner}", inner=f"{name}_{part}"))
    connection.execute(sql)
    connection.execute(with_names(_REBUILD, name=name))


def _sound(connection: sqlite3.Connection, name: str) -> bool:
    return _works(lambda: connection.execute(with_names(_CHECK, name=name)))


def _renew(connection: sqlite3.Connection, name: str, sql: str) -> None:
    """Fill a search anew; make it anew, too, where that is not enough."""
    connection.execute("SAVEPOINT renewing")
    if not (_works(lambda: connection.execute(with_names(_REBUILD, name=name))) and _sound(connection, name)):
        connection.execute("ROLLBACK TO renewing")
        make_search(connection, name, sql)
    connection.execute("RELEASE renewing")


def _clear(connection: sqlite3.Connection, name: str) -> None:
    """Drop a search; one whose inner tables are gone or unreadable is given empty ones before."""
    drop = with_names("DROP TABLE IF EXISTS main.{name}", name=name)
    if _works(lambda: connection.execute(drop)):
        return
    for part, empty in PARTS.items():
        for step in ("DROP TABLE IF EXISTS main.{inner}", empty):
            connection.execute(with_names(step, inner=f"{name}_{part}"))
    connection.execute(with_names(_CONFIG, config=f"{name}_config"))
    connection.execute(with_names(_NOTHING, data=f"{name}_data"))
    connection.execute(drop)


def _works(step: Callable[[], object]) -> bool:
    """Say whether a search lets itself be asked; raises ``sqlite3.Error`` for what is not its fault."""
    try:
        step()
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _OF_THE_SEARCH:
            raise
        return False
    return True


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise

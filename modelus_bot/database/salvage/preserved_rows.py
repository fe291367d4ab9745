"""Audit tables that were set aside in the damaged file: made in the new one as well, and closed again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from modelus_bot.database.core.audit.legacy_tables import kept_as_it_is, preserved_names
from modelus_bot.database.core.names import quoted
from modelus_bot.database.salvage.layouts import AUDIT

__all__ = ["close_kept", "make_kept"]

MOST = 100
"""How many such tables are believed; a file that names more was not written by this program."""

_TABLE = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"


def make_kept(connection: sqlite3.Connection, found: Iterable[str]) -> tuple[str, ...]:
    """Make an empty table for every preserved one among the names ``found``; returns theirs.

    Their rows need not prove themselves: that they do not may be why they were set aside.
    """
    (statement,) = connection.execute(_TABLE, (AUDIT,)).fetchone()
    names = preserved_names(found)[:MOST]
    for name in names:
        connection.execute(statement.replace(AUDIT, quoted(name), 1))
    return names


def close_kept(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    """Let nobody change them any more, now that they are filled."""
    for name in names:
        for statement in kept_as_it_is(name):
            connection.execute(statement)

"""Probes: the smallest questions that tell whether reading and writing work, and whether others wrote."""

from __future__ import annotations

import sqlite3

__all__ = ["Version", "probe_read", "probe_write", "schema_version_of", "version_of"]


def probe_write(connection: sqlite3.Connection) -> None:
    """Commit a page as it is: a transaction can begin on a full disk, but not end."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        number = connection.execute("PRAGMA user_version").fetchone()[0]
        as_it_is = f"PRAGMA user_version={number:d}"
        connection.execute(as_it_is)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def probe_read(connection: sqlite3.Connection) -> None:
    """Read the schema."""
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def schema_version_of(connection: sqlite3.Connection) -> int:
    """Return what is another number after the schema was changed."""
    return int(connection.execute("PRAGMA schema_version").fetchone()[0])


def version_of(connection: sqlite3.Connection) -> Version:
    """Return what is another value after another connection has committed."""
    return connection, connection.execute("PRAGMA data_version").fetchone()[0]


Version = tuple[object, int]
"""The reader's connection and its ``PRAGMA data_version``, which means nothing on another connection."""

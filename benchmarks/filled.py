"""A database of a wanted size: the bot's own schema, settings with long values, a linked audit log."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

from modelus_bot.database.core.audit.chain import AuditChain
from modelus_bot.database.core.audit.entry import AuditEntry
from modelus_bot.database.schema.migrations import Migrator

__all__ = ["fill"]

MEGABYTE = 1_000_000
AUDIT_SHARE = 0.4
BATCH = 2000
VALUE_CHARACTERS = 2000
_PUT = "INSERT INTO settings(key, value, updated_at) VALUES(?, ?, 0)"


def fill(path: Path, megabytes: int) -> None:
    """Make a migrated database of about ``megabytes`` at ``path``, two fifths of it audit log."""
    Migrator(path).up()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        _audit(connection, int(megabytes * MEGABYTE * AUDIT_SHARE))
        _settings(connection, megabytes * MEGABYTE)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _size(connection: sqlite3.Connection) -> int:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    return int(pages * connection.execute("PRAGMA page_size").fetchone()[0])


def _audit(connection: sqlite3.Connection, size: int) -> None:
    chain = AuditChain()
    chain.load(connection)
    while _size(connection) < size:
        connection.execute("BEGIN")
        for number in range(BATCH):
            values = {"value": number, "why": "a change somebody made"}
            entry = AuditEntry(
                "settings", f"key-{number}", "UPDATE", None, values, values, 1, None, None, 1, 1_700_000_000
            )
            chain.append(connection, entry)
        connection.execute("COMMIT")


def _settings(connection: sqlite3.Connection, size: int) -> None:
    number = 0
    while _size(connection) < size:
        rows = []
        for _ in range(BATCH):
            number += 1
            rows.append(
                (f"long-{number}", json.dumps(f"{number:x}" * VALUE_CHARACTERS)[:VALUE_CHARACTERS] + '"')
            )
        connection.execute("BEGIN")
        connection.executemany(_PUT, rows)
        connection.execute("COMMIT")

"""A real database with rows of many sizes, and damage done to its file past SQLite."""

from __future__ import annotations

import os
import random
import sqlite3
from pathlib import Path

__all__ = ["fill", "opened", "overwrite", "write_some"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS notes(id INTEGER PRIMARY KEY, number INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS notes_by_number ON notes(number);
CREATE TABLE IF NOT EXISTS files(name TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
"""


def opened(database: Path, *, checkpoints: bool = False) -> sqlite3.Connection:
    """Open for writing in WAL mode; SQLite checkpoints by itself only on request."""
    connection = sqlite3.connect(database, isolation_level=None, timeout=5.0, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint={1000 if checkpoints else 0}")
    return connection


def fill(connection: sqlite3.Connection, rows: int = 400, *, seed: int = 1) -> None:
    """Write rows, some of which need pages of their own."""
    dice = random.Random(seed)
    connection.execute("BEGIN IMMEDIATE")
    for statement in SCHEMA.split(";"):
        connection.execute(statement)
    for _ in range(rows):
        text = dice.randbytes(dice.randrange(10, 300)).hex()
        connection.execute("INSERT INTO notes(number, text) VALUES (?, ?)", (dice.randrange(10**9), text))
    for number in range(rows // 40):
        content = dice.randbytes(dice.randrange(100, 20_000))
        connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (f"file {seed} {number}", content))
    connection.execute("COMMIT")


def write_some(connection: sqlite3.Connection, dice: random.Random) -> None:
    """Make one small transaction: insert, update and delete."""
    connection.execute("BEGIN IMMEDIATE")
    text = dice.randbytes(dice.randrange(10, 2000)).hex()
    connection.execute("INSERT INTO notes(number, text) VALUES (?, ?)", (dice.randrange(10**9), text))
    connection.execute("UPDATE notes SET number = number + 1 WHERE id % 97 = ?", (dice.randrange(97),))
    connection.execute("DELETE FROM notes WHERE id % 211 = ?", (dice.randrange(211),))
    connection.execute("COMMIT")


def overwrite(path: Path, offset: int, content: bytes) -> None:
    """Write into a file past SQLite."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.pwrite(descriptor, content, offset)
    finally:
        os.close(descriptor)

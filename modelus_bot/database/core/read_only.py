"""Open a database file to look at it, never to change it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

__all__ = ["address_to_read", "opened_to_read"]


def address_to_read(path: Path, *, finished: bool = False) -> str:
    """Return the address under which SQLite opens a file for reading alone.

    ``finished``: nobody writes it and nothing waits in a -wal, so no lock and no -shm is needed.
    """
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if finished else ''}"


def opened_to_read(path: Path, *, finished: bool = False, seconds: float = 5.0) -> sqlite3.Connection:
    """Open a file for reading alone, waiting up to ``seconds`` for locks; raises ``sqlite3.Error``."""
    address = address_to_read(path, finished=finished)
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=seconds)

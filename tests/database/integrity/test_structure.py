"""What SQLite's own check leaves out, and ours does not."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.integrity.structure import Depth, look_at


@pytest.mark.parametrize("depth", ["quick", "full"])
@pytest.mark.parametrize("view", ["", "CREATE VIEW v AS SELECT * FROM a;"])
def test_the_list_of_free_pages_is_looked_at(tmp_path: Path, depth: Depth, view: str) -> None:
    """Also where there are views: SQLite 3.40 takes a check that comes to one first for a check of parts."""
    path = tmp_path / "free.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(f"CREATE TABLE a(x); INSERT INTO a VALUES(1); {view}")
        assert look_at(connection, depth).damage == []
    content = bytearray(path.read_bytes())
    content[32:40] = struct.pack(">II", 5000, 5)
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as connection:
        found = look_at(connection, depth)
    assert any("reelist: invalid page number 5000" in line for line in found.damage), found

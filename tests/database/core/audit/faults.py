"""Ways to break the audit table of a real file while the rest works, and to mend it again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

FAULTS = ("missing", "trigger", "column", "number taken", "index page", "last page", "no link at the end")
"""The kinds of fault that ``break_table`` knows."""

MENDABLE = ("missing", "trigger", "column")


def break_table(path: Path, kind: str) -> None:
    """Break the audit table of a file that has entries; nobody may have the file open for damaged pages."""
    if kind in {"index page", "last page"}:
        _overwrite(path, "idx_audit_record" if kind == "index page" else "audit_logs")
        return
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        if kind == "missing":
            raw.execute("ALTER TABLE audit_logs RENAME TO elsewhere")
        elif kind == "trigger":
            raw.execute(
                "CREATE TRIGGER nothing_goes BEFORE INSERT ON audit_logs BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        elif kind == "column":
            raw.execute("ALTER TABLE audit_logs RENAME COLUMN attempt TO tries")
        elif kind == "number taken":
            raw.execute("CREATE UNIQUE INDEX one_author ON audit_logs(coalesce(nation_id, 0))")
        else:
            raw.execute("DROP TRIGGER audit_no_update")
            raw.execute("UPDATE audit_logs SET row_hash = x'00' WHERE id = (SELECT max(id) FROM audit_logs)")


def mend_table(path: Path, kind: str) -> None:
    """Take a fault back that is no damage."""
    statement = {
        "missing": "ALTER TABLE elsewhere RENAME TO audit_logs",
        "trigger": "DROP TRIGGER nothing_goes",
        "column": "ALTER TABLE audit_logs RENAME COLUMN tries TO attempt",
    }[kind]
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute(statement)


def _overwrite(path: Path, name: str) -> None:
    """Fill the root page of a b-tree with zeros, below SQLite."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(bytes(size))

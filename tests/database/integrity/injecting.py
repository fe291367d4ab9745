"""A file with a rota and rows in every table, and rows written into it behind every rule's back."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.subjects.covers.writes.steps import ApproveCover, RequestCover
from tests.subjects.rota import ADA, BEN, CLEO, MANAGER, Rota, fill_roster, plan_sprints, staff
from tests.subjects.schema_rows import FITTING

Row = dict[str, Any]

# What the schema allows and the invariants do not.
WHOLE: dict[str, Row] = {
    "blocs": {"status": "disbanded", "disbanded_at": 5},
    "notifications": {"user_id": CLEO},
    "requests": {"outcome": "1"},
    "sprints": {"sprint_index": 500, "start_date": "2031-01-01", "end_date": "2031-01-15"},
}
PEOPLE = (1, 2, 3)
LAWLESS = "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON; PRAGMA synchronous=OFF;"
OWN = {"audit_logs", "quarantined_rows", "requests"}
"""Tables that quarantining writes to by itself."""


def fitting(table: str) -> Row:
    """Return a row that breaks no rule."""
    return FITTING[table] | WHOLE.get(table, {})


def build(path: Path) -> Path:
    """Make a file with a rota, an approved cover and a waiting one, and rows in the other tables."""
    Migrator(path).up()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=OFF")
        rota = Rota(connection)
        staff(rota)
        fill_roster(rota, ADA, BEN, CLEO)
        plan_sprints(rota, 8)
        first = rota.do(
            RequestCover(sprint_id=rota.sprint_id(0), discipline="account", replacement_id=CLEO), ADA
        )
        rota.do(ApproveCover(cover_id=first.cover.id), MANAGER)
        rota.do(RequestCover(sprint_id=rota.sprint_id(1), discipline="account"), BEN)
        for number in PEOPLE:
            put(
                connection,
                "users",
                {**FITTING["users"], "discord_id": number, "username": f"Person {number}"},
            )
        put(connection, "disciplines", {"key": "d", "label": "D", "is_active": 0})
        for table in ("settings", "requests", "job_runs", "db_errors", "backups", "health_samples"):
            for number in range(20):
                put(connection, table, numbered(table, number))
        for number in (1, 2):
            put(connection, "nations", fitting("nations") | {"id": number, "name": f"Nation {number}"})
        put(connection, "nation_offices", fitting("nation_offices") | {"id": 1, "until": 9})
        put(connection, "ledger_transactions", fitting("ledger_transactions") | {"id": 1})
        put(connection, "loans", fitting("loans") | {"id": 1, "code": "FIRST-1"})
        put(connection, "laws", fitting("laws") | {"id": 1, "name": "First", "number": 1})
        put(connection, "nations", fitting("nations") | {"id": 3, "name": "Gone", "status": "archived"})
        put(connection, "blocs", FITTING["blocs"] | {"id": 1, "name": "First"})
        put(connection, "blocs", fitting("blocs") | {"id": 2})
        put(connection, "bloc_members", fitting("bloc_members") | {"nation_id": 2, "rank": "leader"})
        put(connection, "triage_items", fitting("triage_items") | {"id": 1, "thread_id": None})
        put(connection, "notification_prefs", {"user_id": ADA, "type": "cover", "delivery": "dm"})
        rota.check()
        connection.execute("PRAGMA journal_mode=DELETE")
    return path


def numbered(table: str, number: int) -> Row:
    """Return one of several rows that fit."""
    row = fitting(table)
    key = next(iter(row))
    changed = {key: f"{row[key]}{number}" if isinstance(row[key], str) else number + 1}
    return row | changed | ({"path": f"path {number}"} if table == "backups" else {})


def put(connection: sqlite3.Connection, table: str, row: Row) -> int:
    """Insert a row and return its rowid."""
    marks = ", ".join("?" * len(row))
    cursor = connection.execute(f"INSERT INTO {table}({', '.join(row)}) VALUES({marks})", list(row.values()))
    return cursor.lastrowid or 0


@contextmanager
def lawless(path: Path, *tables: str, loose_indexes: bool = False) -> Iterator[sqlite3.Connection]:
    """Open a file with no rule in force, and put the rules back into the schema afterwards.

    Types and NOT NULL are taken out of the text of ``tables``, and with ``loose_indexes`` their unique
    indexes become plain ones, so that entries can be there twice.
    """
    marks = ", ".join("?" * len(tables))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        texts = connection.execute(
            f"SELECT rowid, type, sql FROM sqlite_master WHERE tbl_name IN ({marks}) AND sql NOT NULL", tables
        ).fetchall()
        connection.executescript(LAWLESS)
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        rewrite(
            connection,
            [(loosened(sql, loose_indexes), number) for number, kind, sql in texts if kind != "trigger"],
        )
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(LAWLESS)
        yield connection
        rewrite(connection, [(sql, number) for number, kind, sql in texts if kind != "trigger"])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        for _, sql in triggers:
            connection.execute(sql)


def loosened(sql: str, loose_indexes: bool) -> str:
    """Return a CREATE statement without types, NOT NULL and, for indexes, UNIQUE."""
    sql = re.sub(r"(?<! IS) NOT NULL", "", re.sub(r"\) STRICT,?", ")", sql))
    return sql.replace("CREATE UNIQUE INDEX", "CREATE INDEX") if loose_indexes else sql


def rewrite(connection: sqlite3.Connection, texts: list[tuple[str, int]]) -> None:
    """Change statements in the schema without SQLite noticing anything but a new version."""
    version = connection.execute("PRAGMA schema_version").fetchone()[0]
    connection.execute("PRAGMA writable_schema=ON")
    connection.executemany("UPDATE sqlite_master SET sql = ? WHERE rowid = ?", texts)
    connection.execute(f"PRAGMA schema_version={version + 1}")
    connection.execute("PRAGMA writable_schema=OFF")


def all_rows(path: Path) -> dict[str, set[str]]:
    """Return every row of every table of ours, written out."""
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        tables = connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
            " AND name NOT GLOB '*yoyo*' AND name NOT IN ('sqlite_schema', 'sqlite_master')"
        ).fetchall()
        return {
            name.decode(): {
                repr(row) for row in connection.execute(f"SELECT * FROM {name.decode()} NOT INDEXED")
            }
            for (name,) in tables
        }


def kept(path: Path) -> list[tuple[str, str, str, str]]:
    """Return table, record, row and reason of everything in the quarantine table."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT table_name, record_id, row, reason FROM quarantined_rows ORDER BY id"
        ).fetchall()

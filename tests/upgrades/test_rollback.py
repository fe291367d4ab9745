"""Migrations on a file that is in use: every table holds rows when it is rolled back."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from modelus_bot.database.schema import Migrator

HASH = "0" * 64
ROWS = f"""
INSERT INTO users(discord_id, username, role, created_at, updated_at) VALUES
    (101, 'Ann', NULL, 0, 0), (102, 'Bob', NULL, 0, 0), (103, 'Pam', 'project_manager', 0, 0);
INSERT INTO settings(key, value, updated_at) VALUES('colour', '"red"', 0);
INSERT INTO audit_logs(table_name, record_id, operation, changed_at, prev_hash, row_hash)
    VALUES('users', '101', 'INSERT', 0, x'00', x'01');
INSERT INTO requests VALUES('r1', 'SetRole', 0, x'00', '1', 0);
INSERT INTO job_runs(job, run_key, status, started_at) VALUES('handoff', '1', 'delivered', 0);
INSERT INTO db_errors(error_type, severity, message, reference, at)
    VALUES('QUERY_FAILED', 'LOW', 'no such table', 'ABCD', 0);
INSERT INTO backups(id, kind, path, bytes, sha256, base_id, to_at, status, created_at) VALUES
    (1, 'full', 'base', 1, '{HASH}', NULL, 1, 'SUCCESS', 1),
    (2, 'wal', 'first', 1, '{HASH}', 1, 2, 'SUCCESS', 2),
    (3, 'wal', 'second', 1, '{HASH}', 2, 3, 'SUCCESS', 3);
INSERT INTO health_samples(at, mode, queries, errors, db_bytes, wal_bytes) VALUES(1, 'normal', 1, 0, 1, 1);
INSERT INTO disciplines(key, label) VALUES('po', 'Product owner');
INSERT INTO user_disciplines(user_id, discipline, position, updated_at) VALUES
    (101, 'po', 1, 0), (102, 'po', 2, 0);
INSERT INTO sprints(id, sprint_index, name, start_date, end_date, updated_at) VALUES
    (1, 0, 'First', '2026-03-02', '2026-03-16', 0), (2, 1, 'Second', '2026-03-16', '2026-03-30', 0);
INSERT INTO assignments VALUES(1, 'po', 101, 'rotation', 0), (2, 'po', 102, 'manual', 0);
INSERT INTO current_state(id, sprint_id, updated_at) VALUES(1, 1, 0);
INSERT INTO current_holders VALUES('po', 102, 'override', 0);
INSERT INTO overrides(
    sprint_id, discipline, requested_by, original_id, replacement_id, status, decided_by, decided_at,
    created_at, updated_at
) VALUES(1, 'po', 101, 101, 102, 'approved', 103, 1, 0, 0);
INSERT INTO notifications(user_id, type, title, message, deliver_after, created_at)
    VALUES(101, 'cover', 'Cover', 'It is approved.', 0, 0);
INSERT INTO notification_prefs VALUES(101, 'cover', 'dm');
"""
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%yoyo%' ORDER BY name"
_SCHEMA = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '%yoyo%' ORDER BY type, name"


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """Return a migrated file with rows in every table."""
    path = tmp_path / "filled.db"
    Migrator(path).up()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.executescript(ROWS)
    return path


def read(path: Path, sql: str) -> list[tuple[object, ...]]:
    """Return what a statement finds in the file."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_the_sample_rows_reach_every_table(filled: Path) -> None:
    """A table without a row here would be rolled back empty, which proves little."""
    tables = [str(row[0]) for row in read(filled, _TABLES)]

    assert [name for name in tables if not read(filled, f"SELECT 1 FROM {name}")] == []


def test_each_migration_can_be_undone_and_done_again_on_a_filled_file(filled: Path) -> None:
    """Down step by step to nothing and up again gives the same schema, whatever the tables held."""
    before = read(filled, _SCHEMA)
    migrator = Migrator(filled)
    ids = [one.id for one in migrator.status()]

    undone = [migrator.down(1)[0] for _ in ids]
    left = read(filled, _SCHEMA)
    done = migrator.up()

    assert undone == ids[::-1]
    assert left == []
    assert list(done) == ids
    assert read(filled, _SCHEMA) == before
    assert read(filled, "PRAGMA integrity_check") == [("ok",)]

"""A check says what is wrong with a file, whatever the file is."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.child import run_child
from modelus_bot.database.integrity.checking import check_file
from modelus_bot.database.integrity.invariants import Invariant
from modelus_bot.database.integrity.report import CheckReport
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.operation import Context
from tests.database.operations import PutSetting


@pytest.fixture
async def filled(db: DatabaseManager, path: Path) -> Path:
    """Return a database with some rows, closed."""
    for number in range(200):
        await db.write(PutSetting(key=f"key {number}", value=number), Context())
    await db.close()
    return path


def test_a_sound_file_is_sound(filled: Path) -> None:
    """Nothing is found; rows and the newest audit link are told."""
    report = check_file(filled)
    assert report.ok
    assert not report.damaged
    assert report.problems == ()
    assert report.rows["settings"] == 200
    assert report.audit_id == 200
    assert len(report.audit_head) == 64
    assert report.page_count * report.page_size == report.bytes == filled.stat().st_size


def test_a_damaged_page_is_damage(filled: Path) -> None:
    """Random bytes over a page in use are found by the full check."""
    content = bytearray(filled.read_bytes())
    page = 4096 * (len(content) // 4096 // 2)
    content[page : page + 4096] = bytes(range(256)) * 16
    filled.write_bytes(content)
    report = check_file(filled)
    assert report.damaged
    assert not report.ok
    assert report.problems


def test_broken_rows_are_not_damage(filled: Path) -> None:
    """Orphans, broken CHECKs and violated invariants are named; the structure is whole."""
    with contextlib.closing(sqlite3.connect(filled, isolation_level=None)) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("PRAGMA ignore_check_constraints=ON")
        raw.execute(
            "INSERT INTO user_disciplines(user_id, discipline, position, updated_at)"
            " VALUES(99, 'nowhere', 1, 0)"
        )
        raw.execute("UPDATE settings SET value = 'not json' WHERE key = 'key 7'")
    rule = Invariant(
        "no_key_8", "SELECT 'settings', key, 'is not wanted' FROM settings WHERE key = 'key 8'", "No key 8."
    )
    report = check_file(filled, invariants=[rule])
    assert not report.damaged
    assert not report.ok
    text = "\n".join(report.problems)
    assert "user_disciplines 1 refers by discipline to a row of disciplines that is not there" in text
    assert "settings key 7 breaks settings_value_json" in text
    assert "settings key 8 no_key_8: is not wanted" in text


def test_an_altered_audit_entry_is_named(filled: Path) -> None:
    """The chain names the first entry that does not fit."""
    with contextlib.closing(sqlite3.connect(filled, isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER audit_no_update")
        raw.execute("UPDATE audit_logs SET reason = 'another one' WHERE id = 50")
    report = check_file(filled)
    assert not report.chain_intact
    assert any("entry 50 was altered" in one for one in report.problems)


async def test_the_child_leaves_the_wal_alone(path: Path, tmp_path: Path) -> None:
    """Looking at files that nobody has open does not move the -wal into the database."""
    async with DatabaseManager(path, DatabaseSettings(synchronous="NORMAL")) as db:
        await db.write(PutSetting(key="a", value=1), Context())
        copy = tmp_path / "copy.db"
        for suffix in ("", "-wal"):
            copy.with_name(copy.name + suffix).write_bytes(path.with_name(path.name + suffix).read_bytes())
    before = [copy.read_bytes(), copy.with_name("copy.db-wal").read_bytes()]
    report = CheckReport.model_validate(await run_child("check", {"path": str(copy)}))
    assert report.ok
    assert report.rows["settings"] == 1
    assert [copy.read_bytes(), copy.with_name("copy.db-wal").read_bytes()] == before


@settings(max_examples=150, deadline=None)
@given(
    content=st.binary(max_size=3000) | st.binary(max_size=500).map(lambda tail: b"SQLite format 3\0" + tail)
)
def test_any_bytes_are_classified(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever lies there, the answer is a report and never an exception."""
    file = tmp_path_factory.mktemp("any") / "any.db"
    file.write_bytes(content)
    report = check_file(file, seconds=5)
    assert report.damaged == (report.kind != "database") or report.ok or report.problems
    assert not report.ok

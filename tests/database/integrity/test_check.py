"""A check says what is wrong with a file, whatever the file is."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.child_answer import from_answer
from modelus_bot.database.core.child_process import run_child
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.integrity.check import check_file
from modelus_bot.database.integrity.opening import BUSY
from modelus_bot.database.integrity.report import CheckReport
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.subjects import DECLARED
from tests.database.integrity.injecting import lawless
from tests.database.operations import PutSetting
from tests.tuning import Tuning


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
    assert any("entry 50 was altered" in problem for problem in report.problems)


async def test_the_child_leaves_the_wal_alone(path: Path, tmp_path: Path) -> None:
    """Looking at files that nobody has open does not move the -wal into the database."""
    async with DatabaseManager(path, DatabaseSettings(synchronous="NORMAL")) as db:
        await db.write(PutSetting(key="a", value=1), Context())
        copy = tmp_path / "copy.db"
        for suffix in ("", "-wal"):
            copy.with_name(copy.name + suffix).write_bytes(path.with_name(path.name + suffix).read_bytes())
    before = [copy.read_bytes(), copy.with_name("copy.db-wal").read_bytes()]
    report = from_answer(CheckReport, await run_child("check", {"path": str(copy)}))
    assert report.ok
    assert report.rows["settings"] == 1
    assert [copy.read_bytes(), copy.with_name("copy.db-wal").read_bytes()] == before


def test_a_child_tells_its_steps(built: Path) -> None:
    """Progress names what is looked at, so that people can see it go on."""
    steps: list[str] = []
    check_file(built, on_step=steps.append)
    assert steps[:3] == ["looking at the file", "the header", "the pages"]
    assert "table sprints" in steps
    assert steps[-1] == "the rows"


@pytest.mark.parametrize("suffixes", [("",), ("", "-wal"), ("", "-wal", "-shm")])
async def test_looking_changes_nothing(path: Path, tmp_path: Path, suffixes: tuple[str, ...]) -> None:
    """Checked in this process, a copied database and its -wal are the same bytes afterwards."""
    async with DatabaseManager(path, DatabaseSettings(synchronous="NORMAL")) as db:
        for number in range(30):
            await db.write(PutSetting(key=f"key {number}", value=number), Context())
        copy = tmp_path / "copy.db"
        copies = [copy.with_name(copy.name + suffix) for suffix in suffixes]
        for suffix, target in zip(suffixes, copies, strict=True):
            target.write_bytes(path.with_name(path.name + suffix).read_bytes())
    before = [item.read_bytes() for item in copies[:2]]

    report = check_file(copy)

    assert [item.read_bytes() for item in copies[:2]] == before
    assert not report.damaged
    if "-wal" in suffixes:
        assert report.rows["settings"] == 30
    else:
        assert not copy.with_name("copy.db-shm").exists()


async def test_an_open_database_is_checked_beside_its_writer(db: DatabaseManager, path: Path) -> None:
    """What was committed a moment ago is seen, and the writer goes on."""
    await db.write(PutSetting(key="a", value=1), Context())
    report = from_answer(CheckReport, await run_child("check", {"path": str(path)}))
    await db.write(PutSetting(key="b", value=2), Context())
    assert report.ok
    assert report.audit_id == 1
    assert report.schema_digest == SchemaValidator().digest


def test_a_crashed_transaction_is_rolled_back_first(file: Path, tmp_path: Path) -> None:
    """A -journal that was left behind belongs to the file: what it undoes is not reported."""
    left = tmp_path / "left.db"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("PRAGMA cache_size=1")
        raw.execute("BEGIN")
        raw.execute("UPDATE settings SET value = '\"' || hex(zeroblob(20000)) || '\"'")
        for suffix in ("", "-journal"):
            left.with_name(left.name + suffix).write_bytes(file.with_name(file.name + suffix).read_bytes())
        raw.execute("ROLLBACK")
    report = check_file(left, invariants=DECLARED.invariants)
    assert report.ok, report.problems
    assert left.read_bytes() == file.read_bytes()


def test_a_copy_that_cannot_be_written_to(file: Path) -> None:
    """On a medium that is only read, a file without -wal is checked as it lies there."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
    assert check_file(file, finished=True, invariants=DECLARED.invariants).ok
    assert {path.name for path in file.parent.iterdir()} == {"rota.db"}
    assert check_file(file, invariants=DECLARED.invariants).ok
    assert {path.name for path in file.parent.iterdir()} == {"rota.db"}


def test_a_locked_file_is_not_damaged(file: Path, tuning: Tuning) -> None:
    """That nobody may read it now says nothing about it."""
    tuning(BUSY.at(0.1))
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("BEGIN EXCLUSIVE")
        report = check_file(file)
        raw.execute("ROLLBACK")
    assert (report.ok, report.damaged, report.complete) == (False, False, False)
    assert report.problems == ("the file could not be checked: database is locked",)
    assert check_file(file).ok


def test_a_check_out_of_time_is_not_damage(filled: Path) -> None:
    """It says that it was not finished."""
    report = check_file(filled, seconds=0.0)
    assert (report.ok, report.damaged, report.complete) == (False, False, False)
    assert "longer than any check of a file of that size" in report.problems[0]


def test_a_lost_index_entry_is_found_quickly(file: Path) -> None:
    """SQLite's quick check does not look; counting does."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as raw:
        hide = "UPDATE sqlite_master SET sql = replace(sql, 'status IN', 'status NOT IN') WHERE name = ?"
        show = "UPDATE sqlite_master SET sql = replace(sql, 'status NOT IN', 'status IN') WHERE name = ?"
        raw.execute("PRAGMA writable_schema=ON")
        raw.execute(hide, ("idx_overrides_pending",))
        raw.execute("PRAGMA schema_version=1000")
        raw.execute("UPDATE overrides SET created_at = created_at + 1 WHERE status = 'open'")
        raw.execute(show, ("idx_overrides_pending",))
        raw.execute("PRAGMA schema_version=1001")
        raw.execute("DELETE FROM overrides WHERE status = 'open'")
    for depth in ("quick", "full"):
        report = check_file(file, depth=depth)
        assert report.damaged
        assert "idx_overrides_pending" in "; ".join(report.problems)


def test_many_broken_rows_do_not_hide_damage(file: Path) -> None:
    """Ten thousand messages about rows leave no room for the one about the structure."""
    with lawless(file, "settings") as raw:
        raw.executemany(
            "INSERT INTO settings(key, value, updated_at) VALUES(?, '1', 'never')",
            [(f"odd {number}",) for number in range(10_050)],
        )
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("PRAGMA writable_schema=ON")
        raw.execute(
            "UPDATE sqlite_master SET sql = replace(sql, '= 1', '= 0') WHERE name = 'idx_users_active'"
        )
    report = check_file(file)
    assert report.damaged
    assert any("idx_users_active" in problem for problem in report.problems)


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
@pytest.mark.parametrize("finished", [False, True])
def test_checks_are_asked_however_the_file_is_opened(file: Path, journal: str, finished: bool) -> None:
    """SQLite's own check passes over CHECKs on a read-only connection; ours does not."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.executescript(
            "PRAGMA ignore_check_constraints=ON; UPDATE settings SET value = '{' WHERE key = 'k1';"
        )
        raw.execute(f"PRAGMA journal_mode={journal}")
    with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    report = check_file(file, finished=finished)
    assert [(row.table, row.record_id) for row in report.broken_rows] == [("settings", "k1")]


def test_an_older_file_is_as_good_as_a_new_one(file: Path) -> None:
    """A copy from before an update has the schema of its own migrations."""
    count = sum(script.id >= "0004" for script in SchemaValidator().scripts)
    older = Migrator(file).down(count)
    report = check_file(file, invariants=DECLARED.invariants, schema_digest=SchemaValidator().digest)
    assert older[-2:] == ("0005.cover_days", "0004.cover_cards")
    assert report.ok, report.problems
    assert report.schema_digest != SchemaValidator().digest
    assert "cover_cards" not in report.rows


def test_a_newer_file_is_told(file: Path) -> None:
    """Nobody here knows its rules, so that only its structure is checked."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("INSERT INTO _yoyo_migration VALUES('x', '9999.future', '2030-01-01')")
    report = check_file(file, invariants=DECLARED.invariants)
    assert not report.damaged
    assert "written by a newer version" in report.problems[0]


def test_another_schema_is_told_and_the_rest_still_checked(file: Path) -> None:
    """A missing index and a missing column are named; other tables are asked all the same."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.executescript("DROP INDEX idx_users_role; ALTER TABLE notifications DROP COLUMN last_error;")
        raw.executescript(
            "PRAGMA ignore_check_constraints=ON; UPDATE settings SET value = '{' WHERE key = 'k1';"
        )
    report = check_file(file, invariants=DECLARED.invariants)
    text = "\n".join(report.problems)
    assert not report.damaged
    assert "idx_users_role" in text
    assert "last_error" in text
    assert [row.record_id for row in report.broken_rows] == ["k1"]


@settings(max_examples=150, deadline=None)
@given(
    content=st.binary(max_size=3000) | st.binary(max_size=500).map(lambda tail: b"SQLite format 3\0" + tail)
)
def test_any_bytes_are_classified(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever lies there, the answer is a report and never an exception."""
    file = tmp_path_factory.mktemp("any") / "any.db"
    file.write_bytes(content)
    report = check_file(file, seconds=5)
    assert not report.ok
    assert report.problems
    assert report.damaged

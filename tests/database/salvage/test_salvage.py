"""Salvage of whole and slightly hurt files: nothing lost, nothing invented, everything told."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.bundled import migrations_dir
from modelus_bot.database.core.child_process import ChildFailed, run_child
from modelus_bot.database.core.errors import SchemaMismatch
from modelus_bot.database.core.names import with_names
from modelus_bot.database.recovery.audit_renewal import Renewal, renew_file
from modelus_bot.database.salvage.report import SalvageReport
from modelus_bot.database.salvage.salvage import salvage
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.validator import SchemaValidator
from tests.database.salvage.filled import Rows, fill, read_all

PAGE = 4096


@pytest.fixture
def source(small: tuple[bytes, Rows], tmp_path: Path) -> Path:
    """A copy of the filled file."""
    path = tmp_path / "source.db"
    path.write_bytes(small[0])
    return path


def change(path: Path, *statements: str) -> None:
    """Run statements without any rule in their way."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            connection.execute(statement)


def root_of(path: Path, name: str) -> int:
    """Page on which a b-tree begins."""
    with closing(sqlite3.connect(path)) as connection:
        found: int = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone()[0]
        return found


def overwrite(path: Path, page: int, data: bytes) -> None:
    """Put ``data`` at the beginning of a page."""
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(data)


def test_a_whole_file_comes_back_whole(source: Path, small: tuple[bytes, Rows], tmp_path: Path) -> None:
    """Every row as it was, what was deleted stays deleted, and the new file has our schema and no trail."""
    target = tmp_path / "target.db"

    report = salvage(source, target)

    assert read_all(target) == small[1]
    assert report.rows == {table: len(rows) for table, rows in small[1].items()}
    assert report.damaged == report.unassigned == report.unreadable == report.rejected_total == 0
    assert report.chain.intact
    assert report.schema_known
    with closing(sqlite3.connect(target)) as connection:
        assert SchemaValidator().inspect(connection).clean
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert source.read_bytes() == small[0]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source.db", "target.db"]


@pytest.mark.parametrize("size", [512, 1024, 8192, 65536])
def test_every_page_size_is_read(tmp_path: Path, size: int) -> None:
    """With page 1 and without it."""
    path = tmp_path / "source.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA page_size = {size}")
        connection.execute("VACUUM")
    fill(path, seed=3, share=0.05)
    expected = read_all(path)

    whole = salvage(path, tmp_path / "whole.db")
    assert whole.page_size == size
    assert read_all(tmp_path / "whole.db") == expected

    with path.open("r+b") as file:
        file.write(bytes(size))
    hurt = salvage(path, tmp_path / "hurt.db")
    assert hurt.page_size == size
    found = read_all(tmp_path / "hurt.db")
    assert {
        table: len(set(rows.items()) & set(found[table].items())) for table, rows in expected.items()
    } == {table: len(rows) for table, rows in expected.items()}


def test_a_file_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """Its rows are taken in under its own schema, then the later migrations run."""
    older = tmp_path / "migrations"
    older.mkdir()
    for file in migrations_dir().glob("0001.*"):
        shutil.copy(file, older)
    path = tmp_path / "source.db"
    Migrator(path, older).up()
    change(path, "INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(5, 'Ada', 1, 2)")

    report = salvage(path, tmp_path / "target.db")

    assert report.migrations == tuple(item.id for item in Migrator(tmp_path / "target.db").status())
    assert len(report.migrations) > 1
    assert read_all(tmp_path / "target.db")["users"] == {
        (5,): (5, "Ada", None, "America/New_York", None, None, 1, 1, 2)
    }


def test_a_file_of_a_newer_version_is_refused(source: Path, tmp_path: Path) -> None:
    """Its tables would be lost without a word."""
    change(source, "INSERT INTO _yoyo_migration VALUES('abc', '9999.later', '2030-01-01')")

    with pytest.raises(SchemaMismatch):
        salvage(source, tmp_path / "target.db")
    assert not (tmp_path / "target.db").exists()
    assert not list(tmp_path.glob("*.partial*"))


def test_a_target_is_never_overwritten(source: Path, tmp_path: Path) -> None:
    """Neither is a source that is not there taken for an empty one."""
    (tmp_path / "target.db").write_bytes(b"mine")

    with pytest.raises(FileExistsError):
        salvage(source, tmp_path / "target.db")
    assert (tmp_path / "target.db").read_bytes() == b"mine"
    with pytest.raises(FileNotFoundError):
        salvage(tmp_path / "nothing.db", tmp_path / "new.db")


@pytest.mark.parametrize("content", [b"", b"hello", bytes(50_000), b"\x0d" * 50_000, b"SQLite format 3\0"])
def test_what_holds_no_rows_gives_an_empty_database(tmp_path: Path, content: bytes) -> None:
    """No bytes make it fail."""
    path = tmp_path / "source.db"
    path.write_bytes(content)

    report = salvage(path, tmp_path / "target.db")

    assert report.total == 0
    assert report.chain.entries == 0


def test_rows_that_break_a_rule_are_told_and_left_out(source: Path, tmp_path: Path) -> None:
    """Each stands in the report and, whole, in the file beside the target."""
    long = "x" * 3000
    change(
        source,
        "UPDATE notifications SET type = 'gossip' WHERE id = 5",
        f"INSERT INTO settings VALUES('broken', '{{{long}', 1, NULL, 0)",
    )

    report = salvage(source, tmp_path / "target.db")

    assert report.rejected_by_table == {"notifications": 1, "settings": 1}
    reasons = {item.table: item.reason for item in report.rejected}
    assert "valid_notification_type" in reasons["notifications"]
    assert "settings_value_json" in reasons["settings"]
    assert report.rejected_file is not None
    lines = [json.loads(line) for line in Path(report.rejected_file).read_text("utf-8").splitlines()]
    setting = next(line for line in lines if line["table"] == "settings")
    assert setting["values"]["value"] == "{" + long
    assert len(str(next(item for item in report.rejected if item.table == "settings").values["value"])) < 300
    assert (5,) not in read_all(tmp_path / "target.db")["notifications"]


def test_an_altered_audit_entry_is_no_evidence(source: Path, tmp_path: Path) -> None:
    """It is left out, and the report says where the chain breaks."""
    change(source, "DROP TRIGGER audit_no_update", "UPDATE audit_logs SET reason = 'none' WHERE id IN (7, 8)")

    report = salvage(source, tmp_path / "target.db")

    assert not report.chain.intact
    assert report.chain.missing == ((7, 8),)
    assert report.rejected_by_table == {"audit_logs": 2}


def set_aside(path: Path) -> Renewal:
    """Alter an entry and begin a new trail, as the bot does with a damaged one; then go on."""
    change(path, "DROP TRIGGER audit_no_update", "UPDATE audit_logs SET reason = 'none' WHERE id IN (7, 8)")
    renewal = renew_file(path, reason="test")
    for number in range(3):
        append_audit(path, "users", number, {})
    return renewal


def kept_rows(path: Path, table: str) -> list[Any]:
    """Return all of a preserved table."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(with_names("SELECT * FROM {table} ORDER BY id", table=table)).fetchall()


def test_a_trail_that_was_set_aside_comes_along(source: Path, tmp_path: Path) -> None:
    """All of it, also the entries for which it was set aside; nobody can change it in the new file either."""
    renewal = set_aside(source)
    assert renewal.preserved is not None
    before = kept_rows(source, renewal.preserved)

    report = salvage(source, tmp_path / "target.db")

    assert kept_rows(tmp_path / "target.db", renewal.preserved) == before
    assert report.rows[renewal.preserved] == len(before)
    assert (report.rows["audit_logs"], report.chain.intact) == (4, True)
    assert report.rejected_total == 0
    assert SchemaValidator().inspect_file(tmp_path / "target.db").clean
    with (
        closing(sqlite3.connect(tmp_path / "target.db")) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute(with_names("DELETE FROM {table}", table=renewal.preserved))


def test_of_a_hurt_trail_that_was_set_aside_the_rest_comes_along(source: Path, tmp_path: Path) -> None:
    """A page of each trail is lost: the others go where they belong, and the new chain stays whole."""
    renewal = set_aside(source)
    assert renewal.preserved is not None
    before = kept_rows(source, renewal.preserved)
    with closing(sqlite3.connect(source)) as connection:
        leaves = connection.execute(
            "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'", (renewal.preserved,)
        ).fetchall()
    overwrite(source, leaves[len(leaves) // 2][0], b"\xa5" * PAGE)

    report = salvage(source, tmp_path / "target.db")

    after = kept_rows(tmp_path / "target.db", renewal.preserved)
    assert 0 < len(before) - len(after) < 60
    assert set(after) < set(before)
    assert (report.rows["audit_logs"], report.chain.intact) == (4, True)


def test_a_lost_parent_is_made_from_the_audit_log(source: Path, tmp_path: Path) -> None:
    """What the log says of it is kept, the rest invented and told; who refers to it stays."""
    user, sprint = 999_000_000_000_000_001, 77
    change(
        source,
        f"INSERT INTO notifications(user_id, type, title, message, deliver_after, created_at)"
        f" VALUES({user}, 'system', 'T', 'M', 0, 0)",
        f"UPDATE overrides SET sprint_id = {sprint} WHERE id = 3",
    )
    said = {"username": "Ada", "role": "tester", "is_active": False, "unknown": 1}
    append_audit(source, "users", user, said)

    report = salvage(source, tmp_path / "target.db")

    rebuilt = {item.table: item for item in report.rebuilt}
    assert rebuilt["users"].key == user
    assert set(rebuilt["users"].known) == {"discord_id", "username", "role", "is_active"}
    assert set(rebuilt["users"].invented) == {"created_at", "updated_at"}
    rows = read_all(tmp_path / "target.db")
    assert rows["users"][(user,)][:3] == (user, "Ada", "tester")
    # A sprint cannot be invented: its days have to be days.
    assert (3,) not in rows["overrides"]
    assert [item.reason for item in report.rejected] == ["what it refers to in sprints is lost"]


def append_audit(path: Path, table: str, record: int, values: dict[str, Any]) -> None:
    """Add an entry to the audit log the way the bot does."""
    from modelus_bot.database.core.audit.chain import AuditChain
    from modelus_bot.database.core.audit.entry import AuditEntry

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        chain = AuditChain()
        chain.load(connection)
        entry = AuditEntry(table, str(record), "INSERT", None, None, values, None, None, None, 1, 0)
        chain.append(connection, entry)


def test_pages_known_to_be_bad_are_not_believed(
    source: Path, small: tuple[bytes, Rows], tmp_path: Path
) -> None:
    """Rows on them are left out although they look well; audit entries prove themselves."""
    bad = [root_of(source, "settings"), root_of(source, "sprints")]
    with closing(sqlite3.connect(source)) as connection:
        leaf = connection.execute(
            "SELECT pageno FROM dbstat WHERE name = 'audit_logs' AND pagetype = 'leaf' LIMIT 1"
        )
        bad.append(leaf.fetchone()[0])

    report = salvage(source, tmp_path / "target.db", bad_pages=bad)

    found = read_all(tmp_path / "target.db")
    assert len(found["sprints"]) < len(small[1]["sprints"])
    assert found["audit_logs"] == small[1]["audit_logs"]
    assert report.chain.intact


@pytest.mark.parametrize(
    ("damage", "kept"),
    [
        (lambda data: bytes(PAGE) + data[PAGE:], 1.0),
        (lambda data: data[: len(data) // 2], 0.3),
        (lambda data: bytes(100) + data[100:], 1.0),
    ],
)
async def test_it_runs_as_a_job_of_a_child(
    source: Path, small: tuple[bytes, Rows], tmp_path: Path, damage: Callable[[bytes], bytes], kept: float
) -> None:
    """A process of its own reads the file, says how far it is, and answers with the report."""
    source.write_bytes(damage(small[0]))
    told: list[dict[str, Any]] = []
    task = {"source": str(source), "target": str(tmp_path / "target.db")}

    answer = await run_child("salvage", task, on_progress=told.append, seconds=60)

    report = SalvageReport.model_validate(answer)
    assert report.total >= kept * sum(map(len, small[1].values()))
    assert {"looking", "reading", "checking"} <= {item["stage"] for item in told}
    with pytest.raises(ChildFailed) as failed:
        await run_child("salvage", task, seconds=60)
    assert failed.value.kind == "FileExistsError"

"""A new chain after damage: the old table stays as it was, look-ups read both, and every check accepts it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.database.core.audit.anchors import Anchor
from modelus_bot.database.core.audit.entry import command_entry, restored_entry
from modelus_bot.database.core.audit.fallback_log import audit_path
from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.integrity.check import check_file
from modelus_bot.database.recovery.audit_renewal import RenewAuditChain, renew_file
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.audit.queries import member_history, record_history, verify
from tests.database.core.audit.conftest import Open
from tests.database.core.audit.faults import break_table

ADMINISTRATOR = Viewer(1, discord_admin=True)


def ask(path: Path, question: Any, *values: Any) -> Any:
    """Run a query on the file."""
    with closing(sqlite3.connect(path)) as raw:
        raw.row_factory = sqlite3.Row
        return question(ReadTransaction(raw), ADMINISTRATOR, *values)


def rows(path: Path, sql: str) -> list[Any]:
    """Return the rows of a statement."""
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.execute(sql))


def alter(path: Path, number: int) -> None:
    """Change an entry behind the bot's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER audit_no_update")
        raw.execute("UPDATE audit_logs SET reason = 'another' WHERE id = ?", (number,))
        raw.execute(
            "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_logs"
            " BEGIN SELECT RAISE(ABORT, 'audit log is append-only'); END"
        )


@pytest.fixture
async def damaged(path: Path, opened: Open) -> Path:
    """Return a file with four entries, the second of which was altered."""
    async with opened() as kept:
        for key in "abcd":
            await kept.put(key)
    alter(path, 2)
    return path


async def test_a_new_chain_begins_and_the_old_one_is_kept(damaged: Path, opened: Open) -> None:
    """Its first entry names the table, where that ended, and what was found; numbers go on."""
    before = rows(damaged, "SELECT * FROM audit_logs")
    async with opened() as kept:
        renewal = await kept.write(RenewAuditChain(), "renew")
        await kept.put("e")
        head = kept.transactions.head()
    assert (renewal.first_id, renewal.preserved, renewal.last_id) == (5, "audit_logs_damaged_1", 4)
    assert renewal.problem == "entry 2 was altered"
    assert "begins with entry 5" in str(renewal)
    assert rows(damaged, "SELECT * FROM audit_logs_damaged_1") == before
    (first, second) = rows(
        damaged, "SELECT id, table_name, operation, old_values, new_values FROM audit_logs"
    )
    assert first[:3] == (5, "audit_logs", "RESTORE")
    assert f'"head":"{before[-1][13].hex()}"' in first[3]
    assert '"preserved":"audit_logs_damaged_1"' in first[4]
    assert "entry 2 was altered" in first[4]
    assert second[0] == 6
    assert head is not None
    assert head[0] == 6
    report = ask(damaged, verify)
    assert report.intact
    assert (report.first_id, report.last_id, report.preserved) == (5, 6, ("audit_logs_damaged_1",))


async def test_every_check_accepts_the_preserved_table(damaged: Path) -> None:
    """No drift of the schema, no broken row, nothing for a start to complain about."""
    assert not check_file(damaged, invariants=DECLARED.invariants).ok
    renew_file(damaged, reason="salvage")
    report = check_file(damaged, invariants=DECLARED.invariants)
    assert report.ok, report.problems
    assert report.chain_intact
    with closing(sqlite3.connect(damaged)) as raw:
        assert SchemaValidator().inspect(raw).clean


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_logs_damaged_1 SELECT * FROM audit_logs",
        "UPDATE audit_logs_damaged_1 SET reason = ''",
        "DELETE FROM audit_logs_damaged_1",
        "UPDATE audit_logs SET reason = ''",
        "DELETE FROM audit_logs",
    ],
)
async def test_neither_log_can_be_changed(damaged: Path, statement: str) -> None:
    """Triggers keep the old one as it is and the new one append-only."""
    renew_file(damaged, reason="salvage")
    with closing(sqlite3.connect(damaged)) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement)


async def test_histories_read_both(damaged: Path, opened: Open) -> None:
    """Newest first, over the border between the two, and from any page on."""
    async with opened() as kept:
        await kept.write(RenewAuditChain(), "renew")
        await kept.put("b", 2)
    found = ask(damaged, record_history, "settings", "b")
    assert [item.id for item in found] == [6, 2]
    assert found[0].old == {"value": 1}
    assert [item.id for item in ask(damaged, member_history, 7, 4)] == [6, 5, 4, 3]
    assert [item.id for item in ask(damaged, member_history, 7, 2, 5)] == [4, 3]
    (first,) = ask(damaged, record_history, "audit_logs", "audit_logs_damaged_1")
    assert first.operation == "RESTORE"


async def test_a_whole_log_is_left_alone(path: Path, opened: Open) -> None:
    """Unless something besides its links is wrong."""
    async with opened() as kept:
        await kept.put("a")
        nothing = await kept.write(RenewAuditChain(), "renew")
        assert (nothing.preserved, nothing.problem) == (None, None)
        assert "nothing was done" in str(nothing)
        renewal = await kept.write(RenewAuditChain(problem="a backup knows another entry"), "again")
    assert renewal.preserved == "audit_logs_damaged_1"
    assert ask(path, verify).intact


async def test_it_can_happen_again(damaged: Path) -> None:
    """Each damaged log gets a table of its own; numbers never come twice."""
    renew_file(damaged, reason="salvage", at_least=40)
    alter(damaged, 41)
    again = renew_file(damaged, reason="salvage")
    assert (again.preserved, again.first_id) == ("audit_logs_damaged_2", 42)
    assert ask(damaged, verify).preserved == ("audit_logs_damaged_1", "audit_logs_damaged_2")
    assert check_file(damaged, invariants=DECLARED.invariants).ok


async def test_a_missing_table_is_made_anew(path: Path, opened: Open) -> None:
    """There is nothing to keep; numbers go on after those that were given out."""
    async with opened() as kept:
        await kept.put("a")
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("DROP TABLE audit_logs")
    assert ask(path, verify).problem == "the table audit_logs is missing"
    renewal = renew_file(path, reason="salvage", at_least=7)
    assert (renewal.preserved, renewal.first_id) == (None, 8)
    assert check_file(path, invariants=DECLARED.invariants).ok


async def test_entries_that_wait_come_into_the_new_chain(path: Path, opened: Open) -> None:
    """The running bot renews a log that it cannot write to; what waited in the file is merged after that."""
    async with opened() as kept:
        await kept.put("before")
        break_table(path, "no link at the end")
        await kept.put("a")
        assert kept.file.waiting == 1
        results = await asyncio.gather(
            kept.put("b"), kept.write(RenewAuditChain(), "renew"), kept.put("c"), kept.put("d")
        )
        assert results[1].preserved == "audit_logs_damaged_1"
        await kept.transactions.merge_audit()
        await kept.put("e")
        assert kept.file.waiting == 0
    assert audit_path(path).read_bytes() == b""
    with closing(sqlite3.connect(path)) as raw:
        report = verify_chain(walk(raw))
        assert report.intact, report.problem
    found = [row[0] for row in rows(path, "SELECT record_id FROM audit_logs ORDER BY id")]
    assert found[0] == "audit_logs_damaged_1"
    assert sorted(found[1:]) == ["a", "b", "c", "d", "e"]
    assert found.index("a") == 1
    assert found.index("e") == 5


async def test_anchors_reach_into_the_old_chain(damaged: Path) -> None:
    """What the preserved table still has agrees; what it lost is explained by the new chain's first entry."""
    (third,) = rows(damaged, "SELECT row_hash FROM audit_logs WHERE id = 3")
    renew_file(damaged, reason="salvage", at_least=9)
    anchors = (Anchor("backup A", 3, third[0].hex(), 1.0), Anchor("backup B", 8, "00" * 32, 2.0))
    report = ask(damaged, verify, anchors)
    assert report.intact
    assert report.anchors == 2
    (words,) = report.excused
    assert words.startswith("Backup B knows entry 8")
    assert "a new chain began there" in words


async def test_a_restore_is_told_to_the_log(path: Path, opened: Open) -> None:
    """Anchors of the entries it gave up are excused by its entry; others are not."""
    async with opened() as kept:
        await kept.put("a")
        entry = restored_entry(reached=5, back_to=1, source="backup A", at=1000, actor=3, reason="why")
        await kept.file.append(entry)
        await kept.file.append(command_entry("database", "mode", at=1001))
        await kept.transactions.merge_audit()
    excused = ask(path, verify, (Anchor("the state file", 4, "11" * 32, 900.0),))
    assert excused.intact
    assert len(excused.excused) == 1
    later = ask(path, verify, (Anchor("the state file", 4, "11" * 32, 9000.0),))
    assert later.contradictions == ("The state file knows entry 4, but the log ends with entry 3.",)

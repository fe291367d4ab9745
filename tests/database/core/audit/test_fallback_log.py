"""Changes go on while the audit table takes no entries: those wait in a file and come back in order."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.database.core.audit.entry import Fields, command_entry
from modelus_bot.database.core.audit.fallback_log import AuditFile, audit_path
from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.core.errors import AuditUnwritable, ConstraintViolated
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.engine.group_commit import AUDIT_TRIES
from tests.database.core.audit.conftest import Open
from tests.database.core.audit.faults import FAULTS, MENDABLE, break_table, mend_table
from tests.database.operations import PutPair, PutThenRefuse, Refused


def records(path: Path) -> list[str]:
    """Return which records the entries of an intact chain are about, in order."""
    with closing(sqlite3.connect(path)) as raw:
        report = verify_chain(walk(raw))
        assert report.intact, report.problem
        return [row[0] for row in raw.execute("SELECT record_id FROM audit_logs ORDER BY id")]


def settings_of(path: Path) -> set[str]:
    """Return the keys that are saved."""
    with closing(sqlite3.connect(path)) as raw:
        return {row[0] for row in raw.execute("SELECT key FROM settings")}


@pytest.mark.parametrize("kind", FAULTS)
async def test_a_change_is_made_although_the_table_fails(path: Path, opened: Open, kind: str) -> None:
    """Whatever is wrong with it: the change is saved, its entry is in the file, people are told once."""
    async with opened() as kept:
        await kept.put("before")
    break_table(path, kind)
    async with opened() as kept:
        await kept.put("a")
        await kept.put("b")
        waiting = kept.file.first(10)
        assert [item.fields[1] for item in waiting] == ["a", "b"]
        assert waiting[0].fields[8] == "put-a-1"
        assert [alert.kind for alert in kept.alerts] == ["audit_set_aside"]
        assert len(kept.failures) == 1
        assert kept.transactions.head() is None or kept.transactions.head()[0] == 1  # type: ignore[index]
    assert {"before", "a", "b"} <= settings_of(path)


@pytest.mark.parametrize("kind", MENDABLE)
async def test_entries_come_back_in_order(path: Path, opened: Open, kind: str) -> None:
    """They are merged before newer ones, each once, with their author, request and attempt."""
    async with opened() as kept:
        await kept.put("before")
        break_table(path, kind)
        for key in "abc":
            await kept.put(key)
        with pytest.raises(AuditUnwritable):
            await kept.transactions.merge_audit()
        assert not kept.transactions.audit_due
        mend_table(path, kind)
        await kept.transactions.merge_audit()
        assert not kept.transactions.audit_due
        await kept.put("d")
        assert kept.file.waiting == 0
        assert [alert.kind for alert in kept.alerts] == ["audit_set_aside", "audit_merged"]
    assert records(path) == ["before", "a", "b", "c", "d"]
    assert audit_path(path).read_bytes() == b""
    with closing(sqlite3.connect(path)) as raw:
        found = raw.execute(
            "SELECT changed_by, reason, request_id, attempt, new_values FROM audit_logs WHERE record_id = 'a'"
        ).fetchone()
        answers = raw.execute("SELECT count(*) FROM requests WHERE outcome IS NULL").fetchone()
    assert found == (7, "r", "put-a-1", AUDIT_TRIES, '{"value":1}')
    assert answers == (0,)


async def test_the_next_start_merges_what_waited(path: Path, opened: Open) -> None:
    """Also by the first write alone, before that write's own entry."""
    async with opened() as kept:
        await kept.put("before")
        break_table(path, "missing")
        await kept.put("a")
    mend_table(path, "missing")
    async with opened() as kept:
        assert kept.file.waiting == 1
        assert kept.transactions.audit_due
        assert kept.file.oldest_at is not None
        await kept.put("b")
    assert records(path) == ["before", "a", "b"]


async def test_a_group_of_writes_keeps_all_its_entries(path: Path, opened: Open) -> None:
    """Many writes at once, some refused: exactly those that were made have entries."""
    async with opened() as kept:
        await kept.put("before")
        break_table(path, "trigger")
        writes: list[Write[Any]] = [PutPair(number=number) for number in range(20)]
        writes += [PutThenRefuse(key=f"no:{number}") for number in range(5)]
        results = await asyncio.gather(
            *(kept.write(write, f"w{number}") for number, write in enumerate(writes)), return_exceptions=True
        )
        assert [result for result in results if isinstance(result, int)] == list(range(20))
        assert sum(isinstance(result, Refused) for result in results) == 5
        mend_table(path, "trigger")
        await kept.transactions.merge_audit()
    found = records(path)
    assert len(found) == len(set(found)) == 41
    assert set(found) == settings_of(path)


async def test_entries_of_a_change_that_was_undone_are_dropped(path: Path, opened: Open) -> None:
    """A COMMIT that failed after the file was written leaves lines that no transaction vouches for."""
    async with opened() as kept:
        await kept.put("before")
        break_table(path, "missing")
        await kept.put("a")
        kept.file.save([("settings", "ghost", "INSERT", None, None, "{}", 7, None, "r", 1, 5)], "audit:x:y")
        mend_table(path, "missing")
        await kept.transactions.merge_audit()
        assert kept.alerts[-1].fields == {"entries": 1, "dropped": 1}
    assert records(path) == ["before", "a"]


async def test_a_file_that_was_merged_but_not_emptied_is_not_merged_again(path: Path, opened: Open) -> None:
    """The database itself says how far it was merged."""
    async with opened() as kept:
        await kept.put("before")
        break_table(path, "missing")
        await kept.put("a")
    left = audit_path(path).read_bytes()
    mend_table(path, "missing")
    async with opened() as kept:
        await kept.put("b")
    audit_path(path).write_bytes(left)
    async with opened() as kept:
        assert kept.file.waiting == 1
        await kept.put("c")
        assert kept.file.waiting == 0
    assert records(path) == ["before", "a", "b", "c"]


async def test_commands_are_kept_without_any_database(path: Path, opened: Open) -> None:
    """What happened to the bot itself is merged as COMMAND, between the entries of changes."""
    async with AuditFile(audit_path(path)) as file:
        await file.append(command_entry("database", "mode", at=5, actor=3, new={"mode": "degraded"}))
        with pytest.raises(ConstraintViolated):
            await file.append(command_entry("", "x", at=5))
    async with opened() as kept:
        await kept.put("a")
    assert records(path) == ["mode", "a"]
    with closing(sqlite3.connect(path)) as raw:
        found = raw.execute("SELECT table_name, operation, changed_by, changed_at FROM audit_logs").fetchone()
    assert found == ("database", "COMMAND", 3, 5)


async def test_a_change_whose_entry_can_be_kept_nowhere_is_not_made(path: Path, opened: Open) -> None:
    """Neither table nor file: the author is told, nothing is saved, and the next try works."""
    async with opened() as kept:
        await kept.put("before")
        break_table(path, "missing")
        audit_path(path).mkdir()
        with pytest.raises(AuditUnwritable, match="audit"):
            await kept.put("a")
        assert settings_of(path) == {"before"}
        audit_path(path).rmdir()
        await kept.put("a")
    assert "a" in settings_of(path)


async def test_the_file_is_bounded(path: Path) -> None:
    """One entry more than fits is refused as a whole; what is there stays."""
    async with AuditFile(audit_path(path), megabytes=1) as file:
        large = command_entry("database", "mode", at=1, new={"text": "x" * 300_000})
        for _ in range(3):
            await file.append(large)
        with pytest.raises(AuditUnwritable, match="as large as"):
            await file.append(large)
        assert file.waiting == 3


async def test_a_rule_of_the_table_is_kept_while_entries_wait(path: Path, opened: Open) -> None:
    """An entry the table would refuse later is refused now, with the same rule."""

    class NameNothing(Write[int]):
        def apply(self, tx: Transaction) -> int:
            tx.execute("INSERT INTO settings(key, value, updated_at) VALUES('nameless', '1', 0)")
            tx.audit("settings", "", "INSERT")
            return 1

    async with opened() as kept:
        await kept.put("before")
        break_table(path, "missing")
        with pytest.raises(ConstraintViolated) as refused:
            await kept.write(NameNothing())
        assert refused.value.rule == "audit_logs_record_id_length"
    assert settings_of(path) == {"before"}


async def test_a_deleted_file_is_made_again(path: Path, opened: Open) -> None:
    """Somebody removes it while entries wait: the next one brings the others back."""
    async with opened() as kept:
        await kept.put("before")
        break_table(path, "missing")
        await kept.put("a")
        audit_path(path).unlink()
        await kept.put("b")
    mend_table(path, "missing")
    async with opened() as kept:
        await kept.put("c")
    assert records(path) == ["before", "a", "b", "c"]


@pytest.mark.parametrize("where", ["cut", "flipped", "garbage at the end"])
async def test_damaged_lines_are_left_out_and_kept(path: Path, where: str) -> None:
    """A torn end was never acknowledged; a damaged line is put aside for an operator; the rest counts."""
    file = audit_path(path)
    async with AuditFile(file) as kept:
        for number in range(3):
            await kept.append(command_entry("database", f"mode-{number}", at=number))
    content = file.read_bytes()
    lines = content.splitlines(keepends=True)
    if where == "cut":
        file.write_bytes(content[:-9])
    elif where == "flipped":
        middle = len(lines[0]) + len(lines[1]) // 2
        file.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    else:
        file.write_bytes(content + b'{"crc32":')
    async with AuditFile(file) as kept:
        found = [item.fields[1] for item in kept.first(9)]
        await kept.append(command_entry("database", "mode-9", at=9))
    expected = {"cut": ["mode-0", "mode-1"], "flipped": ["mode-0", "mode-2"]}
    assert found == expected.get(where, ["mode-0", "mode-1", "mode-2"])
    async with AuditFile(file) as kept:
        numbers = [item.number for item in kept.first(9)]
        assert [item.fields[1] for item in kept.first(9)] == [*found, "mode-9"]
    assert len(numbers) == len({(item.file, item.number) for item in kept.first(9)})
    aside = file.with_name(file.name + ".damaged")
    assert aside.exists() == (where == "flipped")


def test_no_number_is_used_twice_after_a_disk_that_failed_twice(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry that could neither be flushed nor taken back may be there: the next one is told apart."""
    file = AuditFile(audit_path(path))
    file.save([fields_of_change("a")], None)

    def broken(*_: Any) -> None:
        raise OSError(5, "input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", broken)
        patch.setattr(os, "ftruncate", broken)
        with pytest.raises(AuditUnwritable):
            file.save([fields_of_change("ghost")], "never committed")
    file.save([fields_of_change("b")], None)
    entries = file.first(9)
    assert [entry.fields[1] for entry in entries] == ["a", "ghost", "b"]
    assert len({(entry.file, entry.number) for entry in entries}) == 3
    file.close()


def fields_of_change(key: str) -> Fields:
    """Return the columns of an entry about a setting."""
    return ("settings", key, "INSERT", None, None, json.dumps({}), 7, None, key, 1, 5)


def test_the_file_is_its_owners_only(path: Path) -> None:
    """Audit entries say who did what."""
    file = AuditFile(audit_path(path))
    file.save([fields_of_change("a")], None)
    file.close()
    assert os.stat(audit_path(path)).st_mode & 0o777 == 0o600  # noqa: PTH116

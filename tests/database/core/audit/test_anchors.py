"""Anchors come from everything that noted the chain's head; what is unreadable there is passed over."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from loguru import logger
from typer.testing import CliRunner

from modelus_bot.cli.commands import app
from modelus_bot.config import BackupSettings, LoggingSettings, Settings
from modelus_bot.database.backup.manager import BackupManager
from modelus_bot.database.core.audit.anchors import gather_anchors
from modelus_bot.database.core.audit.heads import HeadLog
from modelus_bot.database.core.state_file import DatabaseState, StateFile
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.logs import configure_logging
from tests.database.core.audit.conftest import Open
from tests.database.core.audit.test_audit_renewal import alter, rows
from tests.waiting import scene_of


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where the log of the test is."""
    return tmp_path / "logs" / "bot.jsonl"


@pytest.fixture
def backups(path: Path, tmp_path: Path) -> BackupManager:
    """Backups of the test's database."""
    return BackupManager(path, BackupSettings(folder=tmp_path / "backups"), validator=SchemaValidator())


async def test_every_place_is_read(path: Path, opened: Open, backups: BackupManager, log: Path) -> None:
    """Backup, state file and log, each with what it knew at its time; the same head is told once."""
    with configure_logging(Settings(logging=LoggingSettings(file=log)), terminal=False):
        async with opened() as kept, HeadLog(path, kept.transactions.head, every=900.0) as heads:
            await kept.put("a")
            heads.note()
            await kept.put("b")
            made = await backups.create("manual")
            await kept.put("c")
            await kept.put("d")
            head = kept.transactions.head()
            assert head is not None
            StateFile(path).save(DatabaseState(True, *head))
    links = [row[0].hex() for row in rows(path, "SELECT row_hash FROM audit_logs ORDER BY id")]
    anchors = gather_anchors(path, backups=backups.folder, log=log)
    assert [(anchor.id, anchor.head) for anchor in anchors] == [(n, links[n - 1]) for n in (1, 2, 4)]
    assert anchors[0].source.startswith("the log bot.jsonl of 20")
    assert anchors[1].source == f"backup {made.name}"
    assert [anchor.id for anchor in gather_anchors(path)] == [4]
    assert gather_anchors(path.with_name("other.db"), backups=backups.folder, log=log) == ()


async def test_what_a_link_means_is_read(path: Path, opened: Open, tmp_path: Path, log: Path) -> None:
    """What was put aside lies beside the file that a symbolic link means, and is read from there."""
    link = tmp_path / "linked" / "current.jsonl"
    link.parent.mkdir()
    link.symlink_to(log)
    with configure_logging(Settings(logging=LoggingSettings(file=link)), terminal=False):
        async with opened() as kept, HeadLog(path, kept.transactions.head, every=900.0) as heads:
            await kept.put("a")
            heads.note()
    log.rename(log.with_name("bot.2026-01-01_00-00-00_000000.jsonl"))
    log.touch()
    found = gather_anchors(path, log=link)
    assert [item.id for item in found] == [1]
    assert found[0].source.startswith("the log bot.2026-01-01_00-00-00_000000.jsonl")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"audit_id": "x"}', b"\xff\x00", b'{"audit_id": 5}'])
async def test_unreadable_anchors_are_passed_over(path: Path, tmp_path: Path, content: bytes) -> None:
    """Half-written, foreign or old files say nothing; folders in their place neither."""
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "modelus-20260101T000000Z-manual.db.json").write_bytes(content)
    (folder / "modelus-folder.db.json").mkdir()
    path.with_name("modelus.db-state").write_bytes(content)
    log = tmp_path / "bot.jsonl"
    log.write_bytes(b'{"event": "audit_head", ' + content + b'\n{"event": "audit_head"}\n')
    assert gather_anchors(path, backups=folder, log=log) == ()


async def test_the_head_is_logged_when_it_moved(path: Path) -> None:
    """On the interval and at the end, never twice the same."""
    heads: list[tuple[int, str] | None] = [None]
    sink = io.StringIO()
    number = logger.add(
        sink, format="{message} {extra[audit_id]}", filter=lambda item: "audit_id" in item["extra"]
    )
    try:
        async with HeadLog(path, lambda: heads[0], every=0.01):
            await scene_of(0.05)
            heads[0] = (1, "aa")
            while "audit_head 1" not in sink.getvalue():
                await asyncio.sleep(0.01)
            await scene_of(0.05)
            heads[0] = (2, "bb")
    finally:
        logger.remove(number)
    assert sink.getvalue() == "audit_head 1\naudit_head 2\n"


async def test_the_command_line_compares_and_renews(path: Path, opened: Open, tmp_path: Path) -> None:
    """Anchors are compared; renewing asks, keeps the old log, and numbers go on after all that are known."""
    async with opened() as kept:
        for key in "abc":
            await kept.put(key)
    run = CliRunner()
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\npath = "{path}"\n[backup]\nfolder = "{tmp_path / "backups"}"\n')

    def command(*arguments: str, **more: str) -> tuple[int, str]:
        result = run.invoke(app, ["--config", str(config), "audit", *arguments], **more)  # type: ignore[arg-type]
        return result.exit_code, result.output

    alter(path, 3)
    StateFile(path).save(DatabaseState(True, 2, "11" * 32))
    code, text = await asyncio.to_thread(command, "verify")
    assert code == 1
    assert "The state file knows another entry 2: the log was rewritten." in text
    StateFile(path).save(DatabaseState(True, 8, "11" * 32))
    code, text = await asyncio.to_thread(lambda: command("renew", input="n\n"))
    assert code == 1
    assert "broken at entry 3: entry 3 was altered" in text
    assert "Nothing was changed." in text
    code, text = await asyncio.to_thread(command, "renew", "--yes")
    assert code == 0, text
    assert "begins with entry 9" in text
    assert "audit_logs_damaged_1" in text
    code, text = await asyncio.to_thread(command, "verify")
    assert code == 0, text
    assert "Entry 9 explains it" in text
    code, text = await asyncio.to_thread(command, "renew", "--yes")
    assert (code, "nothing was done" in text) == (0, True)

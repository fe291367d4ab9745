"""kill -9 while audit entries go to the file and from there into the table: none is lost, none doubled."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.audit.fallback_log import AuditFile, audit_path
from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.engine.connection import ConnectionManager
from modelus_bot.database.engine.transaction_manager import TransactionManager
from modelus_bot.database.health.monitor import HealthMonitor
from tests.daily_size import FULL
from tests.faults.sites.audit_writer import prepare
from tests.faults.sites.killing import Family

KILLS = 200 if FULL else 2
MOST = max(KILLS, 40)
"""Kills after which one must have left entries in the file; four in ten do."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "modelus.db"


@pytest.fixture
def family(path: Path) -> Iterator[Family]:
    """The process whose children are killed."""
    process = Family("tests.faults.sites.audit_writer", path)
    yield process
    process.close()


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_no_entry_is_lost_or_doubled_when_the_process_is_killed(path: Path, family: Family) -> None:
    """Every acknowledged change has its entries exactly once, every acknowledged note too, in one chain."""
    dice = random.Random(15)
    acknowledged: set[int] = set()
    left_waiting = 0
    for number in range(MOST):
        if number >= KILLS and left_waiting:
            break
        first = max(acknowledged, default=0) + 1000
        said = family.run("write", first, dice.uniform(0.02, 0.4))
        acknowledged |= {int(word) for word in said}
        left_waiting += bool(audit_path(path).exists() and audit_path(path).stat().st_size)
        if number % 5 == 4:
            merge(path)
            check(path, acknowledged)
    merge(path)
    check(path, acknowledged)
    assert left_waiting
    assert len(acknowledged) > KILLS
    print(f"{KILLS} kills, {left_waiting} with entries in the file, {len(acknowledged)} acknowledged")


def merge(path: Path) -> None:
    """Start as the bot does, with a table that works, and merge what waits."""

    async def merged() -> None:
        settings = DatabaseSettings()
        async with (
            AuditFile(audit_path(path)) as file,
            ConnectionManager(path, settings) as connections,
            TransactionManager(connections, settings, HealthMonitor(9.0), file) as transactions,
        ):
            await transactions.merge_audit()
            assert file.waiting == 0

    prepare(path)
    asyncio.run(merged())


def check(path: Path, acknowledged: set[int]) -> None:
    """Compare the entries with the changes that are in the file, and with what was acknowledged."""
    with closing(sqlite3.connect(path)) as raw:
        report = verify_chain(walk(raw))
        assert report.intact, report.problem
        data = {row[0] for row in raw.execute("SELECT key FROM settings")}
        audited = Counter(row[0] for row in raw.execute("SELECT record_id FROM audit_logs"))
    notes = {record for record in audited if record.startswith("note:")}
    assert set(audited) - notes == data
    assert set(audited.values()) == {1}
    assert {f"left:{number}" for number in acknowledged if number > 0} <= data
    assert {f"note:{-number}" for number in acknowledged if number < 0} <= notes
    assert not audit_path(path).with_name(audit_path(path).name + ".damaged").exists()

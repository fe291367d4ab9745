"""Four processes hit every upsert key at once: nobody fails, and one row per key results."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.manager import DatabaseManager
from tests.faults.upserts import EXPECTED, RACERS, racing_writes, seed_writes


@contextmanager
def racer(path: Path, seed: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that stands ready to run the writes in an order of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.sites.racer", str(path), str(seed)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.mark.fault
@pytest.mark.timeout(180)
async def test_four_processes_race_on_every_upsert_key(tmp_path: Path) -> None:
    """Every one answers ok; one row per key; the audit chain, the references and the file are whole."""
    path = tmp_path / "race.db"
    async with DatabaseManager(path, DatabaseSettings()) as db:
        for write, context in seed_writes():
            await db.write(write, context)
    with ExitStack() as stack:
        racers = [stack.enter_context(racer(path, seed)) for seed in range(RACERS)]
        outputs = [process.stdout for process in racers if process.stdout is not None]
        assert [output.readline() for output in outputs] == [b"ready\n"] * RACERS
        for process in racers:
            assert process.stdin is not None
            process.stdin.write(b"go\n")
            process.stdin.flush()
        done = len(racing_writes())
        assert [output.readline().decode() for output in outputs] == [f"ok {done}\n"] * RACERS
    with closing(sqlite3.connect(path)) as connection:
        check(connection)


def check(connection: sqlite3.Connection) -> None:
    """Compare the file with what one process alone would have left, and with itself."""
    for statement, parameters, rows in EXPECTED:
        assert connection.execute(statement, parameters).fetchall() == rows, statement
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    report = verify_chain(walk(connection))
    assert report.intact, report.problem
    assert report.links == connection.execute("SELECT count(*) FROM audit_logs").fetchone()[0]


@pytest.mark.fault
def test_the_race_is_about_sixty_writes_and_the_same_in_every_process() -> None:
    """Each process builds its own list, so it must not depend on the process."""
    first, second = racing_writes(), racing_writes()
    assert first == second
    assert 50 <= len(first) <= 70

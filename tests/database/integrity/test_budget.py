"""A check ends when its budget of work is over, also inside what SQLite does in one step."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.integrity import budget
from modelus_bot.database.integrity.budget import Budget
from modelus_bot.database.integrity.check import check_file
from tests.faults.hostile import HOSTILE


@pytest.mark.parametrize("file", ["pages that fan out for ever", "views in views"])
def test_what_nothing_else_stops_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """Neither a count over pages in circles nor views without end outlast it by more than a moment."""
    monkeypatch.setattr(budget, "LEAST_SECONDS", 0.3)
    path = tmp_path / "odd.db"
    HOSTILE[file](path)
    worked = time.process_time()

    report = check_file(path)

    assert time.process_time() - worked < 2.0
    assert not report.ok
    assert not report.readable


def test_holes_give_no_time(tmp_path: Path) -> None:
    """What a file takes up on the disk counts, not how long it says it is."""
    hole, full = tmp_path / "hole", tmp_path / "full"
    with hole.open("wb") as file:
        file.truncate(2**40)
    full.write_bytes(random.Random(1).randbytes(20_000_000))
    now = time.process_time()
    assert Budget.of(hole, 300.0).worked - now < budget.LEAST_SECONDS + 1
    assert Budget.of(full, 300.0).worked - now > budget.LEAST_SECONDS + 15
    assert Budget.of(tmp_path / "nothing", 300.0).worked - now < budget.LEAST_SECONDS + 1


def test_a_connection_is_left_alone_afterwards() -> None:
    """Nothing is interrupted after the block, however long the budget has been over."""
    with closing(sqlite3.connect(":memory:")) as connection:
        with Budget(time.perf_counter() - 1, 0.0).ending(connection):
            pass
        time.sleep(3 * budget.EVERY)
        assert connection.execute("SELECT 1").fetchone() == (1,)

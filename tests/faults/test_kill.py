"""kill -9 at random moments under load: what was acknowledged is there, whole, audited, linked."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.core.audit.verification import verify_chain, walk
from tests.daily_size import FULL
from tests.faults.sites.program import Program
from tests.waiting import blocking_scene_of

KILLS = 50 if FULL else 2


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_acknowledged_write_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    """Under 64 writers with synchronous=FULL: none lost, none torn, audit equals data, chain intact."""
    path = tmp_path / "modelus.db"
    dice = random.Random(20)
    acknowledged: set[int] = set()
    first = 1
    for _ in range(KILLS):
        acknowledged |= write_and_kill(path, first, dice.uniform(0.01, 0.6))
        with closing(sqlite3.connect(path)) as connection:
            check(connection, acknowledged)
        first = max(acknowledged, default=first) + 1000
    assert len(acknowledged) > KILLS * 50
    print(f"{KILLS} kills, {len(acknowledged)} acknowledged writes")


def write_and_kill(path: Path, first: int, seconds: float) -> set[int]:
    """Start the writer, kill it ``seconds`` after it is ready, and return what it acknowledged."""
    program = Program("writer", path, first).ready()
    blocking_scene_of(seconds)
    return set(map(int, program.kill()))


def check(connection: sqlite3.Connection, acknowledged: set[int]) -> None:
    """Compare the file with what was acknowledged, with itself, and with its audit log."""
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    data = dict(connection.execute("SELECT key, value FROM settings"))
    left = {int(key.partition(":")[2]) for key in data if key.startswith("left:")}
    right = {int(key.partition(":")[2]) for key in data if key.startswith("right:")}
    assert acknowledged <= left
    assert left == right
    replayed = {
        record: str(json.loads(new)["value"])
        for record, new in connection.execute("SELECT record_id, new_values FROM audit_logs ORDER BY id")
    }
    assert replayed == data
    requests = {
        int(row[0].partition("-")[2]) for row in connection.execute("SELECT request_id FROM requests")
    }
    assert requests == left
    report = verify_chain(walk(connection))
    assert report.intact, report.problem
    assert report.links == 2 * len(left)

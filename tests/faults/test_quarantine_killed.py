"""Killed while it moves broken rows: each row is where it was or in quarantine, never both, never gone."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.integrity.check import check_file
from modelus_bot.database.integrity.quarantine import quarantine_file
from modelus_bot.subjects import DECLARED
from tests.daily_size import FULL
from tests.database.integrity.injecting import build, lawless
from tests.faults.sites.program import Program
from tests.waiting import blocking_scene_of

pytestmark = pytest.mark.fault

KILLS = 60 if FULL else 2
ROWS = 2000
PROGRAM = """
import sys
from pathlib import Path
from modelus_bot.database.integrity.quarantine import quarantine_file
from modelus_bot.subjects import DECLARED
print("begun", flush=True)
quarantine_file(Path(sys.argv[1]), invariants=DECLARED.invariants)
"""


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with many broken rows in WAL mode, as the bot leaves it."""
    path = build(tmp_path_factory.mktemp("broken") / "broken.db")
    with lawless(path, "settings") as connection:
        connection.executemany(
            "INSERT INTO settings(key, value, updated_at) VALUES(?, 'no json', 0)",
            [(f"odd {number}",) for number in range(ROWS)],
        )
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    return path


def places(path: Path) -> tuple[set[str], set[str]]:
    """Return the keys of broken rows in their table, and in quarantine."""
    with closing(sqlite3.connect(path)) as connection:
        here = {row[0] for row in connection.execute("SELECT key FROM settings WHERE key LIKE 'odd %'")}
        there = [row[0] for row in connection.execute("SELECT record_id FROM quarantined_rows")]
    assert len(there) == len(set(there))
    return here, set(there)


def test_killed_at_any_moment(broken: Path, tmp_path: Path) -> None:
    """After each kill every row is in exactly one place, and the next run finishes the work."""
    dice = random.Random(7)
    everything = {f"odd {number}" for number in range(ROWS)}
    moved = 0
    for number in range(KILLS):
        path = Path(shutil.copy(broken, tmp_path / f"{number}.db"))
        program = Program("-c", PROGRAM, path)
        program.line()
        blocking_scene_of(dice.uniform(0, 1.6))
        program.kill()
        here, there = places(path)
        assert here | there == everything
        assert not here & there
        moved += not here

        quarantine_file(path, invariants=DECLARED.invariants)

        assert places(path) == (set(), everything)
        report = check_file(path, invariants=DECLARED.invariants)
        assert report.ok, report.problems
    print(f"{moved} of {KILLS} had finished before they were killed")

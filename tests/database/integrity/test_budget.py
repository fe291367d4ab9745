"""A look ends when its allowance is over, also inside one step of SQLite; all looks have one budget."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.database.integrity import budget
from modelus_bot.database.integrity.budget import Budget, LookAllowance
from modelus_bot.database.integrity.check import check_file
from tests.database.integrity.injecting import build
from tests.faults.hostile import HOSTILE
from tests.waiting import blocking_scene_of

SIZES = (0, 4096, 65_536, 1_048_576)


@pytest.mark.parametrize("file", ["pages that fan out for ever", "views in views"])
def test_what_nothing_else_stops_is_given_up(tmp_path: Path, file: str) -> None:
    """Neither a count over pages in circles nor views without end outlast it by more than a moment each."""
    path = tmp_path / "odd.db"
    HOSTILE[file](path)
    shared = Budget(0.6)
    worked = time.process_time()

    reports = [check_file(path, budget=shared) for _ in range(4)]

    assert time.process_time() - worked < 0.6 + 4 * 0.7
    assert all(report.given_up and not report.ok and not report.readable for report in reports)


def test_a_sound_file_is_checked_whole_after_any_number_of_bad_ones(tmp_path: Path) -> None:
    """What its bytes justify is enough, when nothing is left for those that go in circles."""
    bad, sound = tmp_path / "bad.db", tmp_path / "sound.db"
    HOSTILE["views in views"](bad)
    build(sound)
    spent = Budget(0.0)
    assert check_file(bad, budget=spent).given_up

    report = check_file(sound, budget=spent)

    assert report.ok
    assert not report.given_up


class Work:
    """Processor time that passes only when somebody says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Stand in for ``time.process_time``."""
        return self.now

    def on(self, allowance: LookAllowance, wanted: float) -> float:
        """Work until that is done or the allowance is over; returns how long that was."""
        began = self.now
        while not allowance.over and self.now - began < wanted:
            self.now += 0.01
        return self.now - began


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Return files of several sizes, all of it on the disk."""
    found = [tmp_path / str(size) for size in SIZES]
    for path, size in zip(found, SIZES, strict=True):
        path.write_bytes(random.Random(size).randbytes(size))
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(looks=st.lists(st.tuples(st.integers(0, len(SIZES) - 1), st.floats(0, 20)), max_size=30))
def test_all_looks_together_cost_what_is_justified_and_one_budget(
    files: list[Path], looks: list[tuple[int, float]]
) -> None:
    """No look is cut below what its bytes justify, and nothing beyond that is given twice."""
    work, shared = Work(), Budget()
    worked = justified = 0.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(budget.time, "process_time", work)
        for number, wanted in looks:
            with shared.look((files[number],), 300.0) as allowance:
                due = allowance.due - work.now
                spent = work.on(allowance, wanted)
            assert spent >= min(wanted, due)
            worked += spent
            justified += due
    assert worked <= justified + budget.SPARE_SECONDS + 0.02 * len(looks)


def test_holes_give_no_time(tmp_path: Path, files: list[Path]) -> None:
    """What a file takes up on the disk counts, not how long it says it is; its -wal counts with it."""
    hole = tmp_path / "hole"
    with hole.open("wb") as file:
        file.truncate(2**40)
    big = tmp_path / "big"
    big.write_bytes(random.Random(1).randbytes(20_000_000))

    def justified(*paths: Path) -> float:
        return LookAllowance.of(paths, 300.0, 0.0).due - time.process_time()

    assert justified(hole, tmp_path / "nothing") < 0.1
    assert justified(big) > 30
    assert justified(hole, big, files[-1]) > justified(big) + 0.9


def test_a_connection_is_left_alone_afterwards() -> None:
    """Nothing is interrupted after the block, however long the allowance has been over."""
    with closing(sqlite3.connect(":memory:")) as connection:
        with LookAllowance(time.perf_counter() - 1, 0.0, 0.0).ending(connection):
            pass
        blocking_scene_of(3 * budget.EVERY)
        assert connection.execute("SELECT 1").fetchone() == (1,)

"""What is known of the clock outlives the program, in a file that anything may have happened to."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from modelus_bot.clock.clock import Clock, since_start
from modelus_bot.clock.memory import clock_path
from tests.waiting import blocking_scene_of

YEAR = 31_557_600.0


def test_a_doubt_and_a_step_come_back_as_they_were(tmp_path: Path) -> None:
    """The next program on the same machine goes on where the last one was."""
    database = tmp_path / "a.db"
    ahead = 0.0

    def wall() -> float:
        return time.time() + ahead

    def clock() -> Clock:
        made = Clock.of(database)
        return Clock(made._memory, wall=wall)

    first = clock()
    first.look()
    ahead = YEAR
    first.trust()
    ahead += YEAR
    first.look()
    first.remember()
    second = clock()
    before, after = first.look(), second.look()
    assert after.doubt is not None
    assert before.doubt is not None
    assert (after.steps, after.doubt.steps) == (before.steps, before.doubt.steps)
    assert after.doubt.still == before.doubt.still
    assert stat.S_IMODE(clock_path(database).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"{", b'{"wall": NaN, "offset": 0, "boot": ""}', b"\xff"])
def test_a_file_that_cannot_be_read_counts_as_none(tmp_path: Path, content: bytes) -> None:
    """Then the times of the files beside it are what is known."""
    database = tmp_path / "a.db"
    clock_path(database).write_bytes(content)
    assert Clock.of(database).believable
    database.touch()
    os.utime(database, (time.time() + 10 * YEAR,) * 2)
    assert not Clock.of(database).believable


def test_a_folder_that_cannot_be_written_to_costs_nothing(tmp_path: Path) -> None:
    """It is logged; the clock works without a memory."""
    clock = Clock.of(tmp_path / "missing" / "a.db")
    clock.remember()
    assert clock.believable


def test_seconds_since_the_start_pass_like_those_of_the_clock() -> None:
    """They are what the clock is held against."""
    before, began = since_start(), time.monotonic()
    blocking_scene_of(0.02)
    assert abs((since_start() - before) - (time.monotonic() - began)) < 0.01

"""The age of the main file as an order: set and put back within the window, and nowhere else."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelus_bot.database.archive.checkpoint_trigger import OLD, CheckpointTrigger
from modelus_bot.database.engine.fingerprint import written_at

HOUR = 3600 * 1_000_000_000


class Window:
    """Notes the time of change of a file when the window opens and closes."""

    def __init__(self, database: Path) -> None:
        """Watch ``database``."""
        self._database = database
        self.seen: list[int] = []

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Be open for as long as this lasts."""
        self.seen.append(written_at(self._database))
        try:
            yield
        finally:
            self.seen.append(written_at(self._database))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A file that was last written to an hour ago, to the nanosecond."""
    path = tmp_path / "bot.db"
    path.write_bytes(b"page")
    then = time.time_ns() - HOUR - 123
    os.utime(path, ns=(then, then))
    return path


@pytest.mark.parametrize("fails", [False, True])
def test_without_a_checkpoint_the_time_is_as_before_when_the_window_closes(
    database: Path, fails: bool
) -> None:
    """Whether the request was answered or not; the window is open before anything is touched."""
    before, window = written_at(database), Window(database)
    with contextlib.suppress(ConnectionError), CheckpointTrigger(database).pulled(window.open):
        assert time.time_ns() - written_at(database) > OLD
        if fails:
            raise ConnectionError
    assert window.seen == [before, before]
    assert database.stat().st_atime_ns == before


def test_the_time_of_a_checkpoint_stays(database: Path) -> None:
    """What the program wrote is what every later look expects."""
    window = Window(database)
    with CheckpointTrigger(database).pulled(window.open):
        database.write_bytes(b"moved")
        moved = written_at(database)
    assert window.seen[-1] == written_at(database) == moved


def test_a_file_that_nobody_wrote_to_for_long_is_a_trigger_by_itself(database: Path) -> None:
    """An hour before the program would say so: its clock and the file system's may differ."""
    trigger = CheckpointTrigger(database)
    assert not trigger.pulled_anyway()
    then = time.time_ns() - OLD + HOUR // 2
    os.utime(database, ns=(then, then))
    assert trigger.pulled_anyway()

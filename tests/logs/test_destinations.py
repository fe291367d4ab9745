"""Where lines go, and what happens when they cannot: full disks, files that are moved, pipes that hang."""

import asyncio
import errno
import io
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as configured
from hypothesis import strategies as st
from loguru import logger

from modelus_bot.config import Settings
from modelus_bot.config.units import MEGABYTE
from modelus_bot.logs import configure_logging
from modelus_bot.logs.background import PAUSE_CAP, PAUSE_FIRST, QUEUE_LIMIT
from modelus_bot.logs.configuring import CLOSE_SECONDS
from modelus_bot.logs.destinations import RotatedFile, Stream
from tests.tuning import Tuning

FULL = Path("/dev/full")


@pytest.fixture(autouse=True)
def impatient(tuning: Tuning) -> None:
    """Writers try again quickly, and the end does not wait long."""
    tuning(PAUSE_FIRST.at(0.02), PAUSE_CAP.at(0.05), CLOSE_SECONDS.at(0.5))


def older_than(seconds: float) -> float | None:
    """Return since when files are younger than that, by a clock that is right."""
    return time.time() - seconds


def settings(file: Path | None, **more: Any) -> Settings:
    """Return settings that log to ``file``."""
    return Settings.model_validate({"logging": {"file": file, **more}})


def logged(path: Path) -> list[dict[str, Any]]:
    """Return the JSON lines of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for another thread to make something true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


class Disk:
    """Stands where ``os.write`` is: full, or with room for so many bytes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have room without end."""
        self.room: int | None = None
        self._write = os.write
        monkeypatch.setattr("modelus_bot.logs.destinations.os.write", self)

    def __call__(self, descriptor: int, content: bytes) -> int:
        """Write what there is room for, as a file system does."""
        if self.room is None:
            return self._write(descriptor, content)
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self._write(descriptor, content[: self.room])
        self.room -= written
        return written


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A disk that can be filled."""
    return Disk(monkeypatch)


def test_a_full_disk_loses_nothing_that_can_wait(tmp_path: Path, disk: Disk) -> None:
    """While the disk is full records wait; with space again each is there once, whole and in order."""
    path, shown = tmp_path / "bot.jsonl", io.StringIO()
    with configure_logging(settings(path), terminal=shown):
        logger.bind(number=0).info("counted")
        until(path.exists)
        disk.room = 100
        for number in range(1, 200):
            logger.bind(number=number).info("counted")
        until(lambda: "log_not_written" in shown.getvalue())
        disk.room = None
        until(lambda: "log_written_again" in shown.getvalue())

    lines = logged(path)
    assert [line["number"] for line in lines if line["event"] == "counted"] == list(range(200))
    assert shown.getvalue().count("log_not_written") == 1
    assert "is full" in shown.getvalue()


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
async def test_a_full_disk_stops_nothing(tmp_path: Path, tuning: Tuning) -> None:
    """With a file that is always full the loop runs on, the terminal says so once, and the end comes soon."""
    tuning(QUEUE_LIMIT.at(100))
    shown, longest = io.StringIO(), 0.0
    started = time.monotonic()
    with configure_logging(settings(FULL), terminal=shown):
        for _ in range(50):
            before = time.monotonic()
            for _ in range(20):
                logger.info("still_here")
            await asyncio.sleep(0)
            longest = max(longest, time.monotonic() - before)

    assert time.monotonic() - started < 5.0
    assert longest < 0.5
    # Of the hundred places in the queue, what is said of the file may take one.
    assert shown.getvalue().count("still_here") >= 99
    assert shown.getvalue().count("log_not_written") == 1
    assert "log_records_dropped" in shown.getvalue()


async def test_a_file_that_hangs_does_not_hold_up_the_loop(tmp_path: Path) -> None:
    """A pipe that nobody reads blocks its thread for good; records pass by it, and the end comes soon."""
    pipe, shown = tmp_path / "pipe", io.StringIO()
    os.mkfifo(pipe)
    started = time.monotonic()
    with configure_logging(settings(pipe), terminal=shown):
        for _ in range(100):
            logger.info("still_here")
            await asyncio.sleep(0)
        took = time.monotonic() - started
    ended = time.monotonic() - started
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    until(lambda: not any(thread.name == "log-file" for thread in threading.enumerate()))
    os.close(reader)

    assert took < 0.5
    assert ended < 3.0
    assert shown.getvalue().count("still_here") == 100
    assert "log_file_left_behind" in shown.getvalue()


async def test_a_terminal_that_hangs_does_not_hold_up_the_loop() -> None:
    """Ctrl+S in a terminal, or a stuck reader of standard error, blocks a thread and not the bot."""
    let_go = threading.Event()

    class Stuck(io.StringIO):
        def write(self, text: str) -> int:
            let_go.wait()
            return super().write(text)

    stuck = Stuck()
    started = time.monotonic()
    with configure_logging(settings(None), terminal=stuck):
        for _ in range(100):
            logger.info("still_here")
            await asyncio.sleep(0)
        assert time.monotonic() - started < 0.5
        let_go.set()

    assert stuck.getvalue().count("still_here") == 100


def test_a_file_moved_away_is_begun_anew(tmp_path: Path) -> None:
    """Whoever rotates from outside needs no signal: after a move or a deletion there is a new file."""
    path = tmp_path / "logs" / "bot.jsonl"
    with configure_logging(settings(path), terminal=None):
        logger.info("first")
        until(lambda: path.exists() and logged(path))
        path.rename(tmp_path / "moved.jsonl")
        logger.info("second")
        until(lambda: path.exists() and logged(path))
        path.unlink()
        path.parent.rmdir()
        logger.info("third")

    assert [line["event"] for line in logged(tmp_path / "moved.jsonl")] == ["first"]
    assert [line["event"] for line in logged(path)] == ["third"]


def test_an_open_file_becomes_its_owners_only(tmp_path: Path) -> None:
    """A log that others could read from before cannot be read by them any more."""
    path = tmp_path / "bot.jsonl"
    path.write_text('{"event": "old"}\n', encoding="utf-8")
    path.chmod(0o644)
    with configure_logging(settings(path), terminal=None):
        logger.info("new")

    assert [line["event"] for line in logged(path)] == ["old", "new"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_old_files_go(tmp_path: Path) -> None:
    """Files put aside are deleted after their days; other files beside them, and newer ones, stay."""
    path = tmp_path / "bot.jsonl"
    old = tmp_path / "bot.2026-01-02_03-04-05_000001.jsonl"
    new = tmp_path / "bot.2026-01-02_03-04-05_000002.jsonl"
    other = tmp_path / "bot.notes.jsonl"
    for file in (old, new, other):
        file.touch()
    for file in (old, other):
        os.utime(file, (0, time.time() - 3 * 86_400))
    doubtful = RotatedFile(path, megabytes=1, days=2, cutoff=lambda _: None)
    doubtful.write(["{}\n"])
    doubtful.close()
    assert old.exists()

    destination = RotatedFile(path, megabytes=1, days=2, cutoff=older_than)
    destination.write(["{}\n"])
    destination.close()

    assert not old.exists()
    assert new.exists()
    assert other.exists()


def test_where_rotating_is_forbidden_the_file_grows_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that does not let the file be renamed costs no line."""

    def forbidden(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "rename", forbidden)
    path = tmp_path / "bot.jsonl"
    destination = RotatedFile(path, megabytes=1, days=2, cutoff=older_than)
    for number in range(30):
        destination.write([f"{number} {'x' * 100_000}\n"])
    destination.close()

    assert [line.split()[0] for line in path.read_text("utf-8").splitlines()] == [str(n) for n in range(30)]


def test_a_terminal_shows_what_it_can() -> None:
    """Characters that its encoding does not know, and half a pair of surrogates, become escapes."""
    raw = io.BytesIO()
    terminal = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    Stream(terminal).write(["5 → 6 \udc80\n"])

    assert raw.getvalue() == b"5 \\u2192 6 \\udc80\n"


def test_a_terminal_that_is_gone_stops_nothing(tmp_path: Path) -> None:
    """After its terminal was closed the bot goes on, and so does the file."""

    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.EIO, "Input/output error")

    path = tmp_path / "bot.jsonl"
    with configure_logging(settings(path), terminal=Gone()):
        logger.info("still_here")

    assert [line["event"] for line in logged(path)] == ["still_here"]


@configured(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 300_000), min_size=1, max_size=30), room=st.integers(0, 2_000_000))
def test_rotation_keeps_every_line_whole(
    sizes: list[int], room: int, tmp_path_factory: pytest.TempPathFactory, disk: Disk
) -> None:
    """Whatever the lines' sizes, and wherever the disk was full, all files together have them all."""
    folder = tmp_path_factory.mktemp("rotated")
    destination = RotatedFile(folder / "bot.jsonl", megabytes=1, days=1, cutoff=older_than)
    lines = [f"{number}:{'x' * size}\n" for number, size in enumerate(sizes)]
    waiting = list(lines)
    disk.room = room
    try:
        destination.write(waiting)
    except OSError:
        disk.room = None
        destination.write(waiting)
    disk.room = None
    destination.close()

    files = sorted(folder.iterdir(), key=lambda file: (file.name == "bot.jsonl", file.name))
    assert "".join(file.read_text("utf-8") for file in files) == "".join(lines)
    assert all(file.stat().st_size <= MEGABYTE for file in files)
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)


def test_a_link_stays_and_the_log_stays_on_its_volume(tmp_path: Path) -> None:
    """Behind a symbolic link the file that is meant is put aside where it is, and the link goes on."""
    volume, link = tmp_path / "volume", tmp_path / "run" / "bot.log"
    link.parent.mkdir()
    link.symlink_to(volume / "modelus.jsonl")
    file = RotatedFile(link, megabytes=1, days=1, cutoff=older_than)
    old = volume / "modelus.2020-01-01_00-00-00_000000.jsonl"
    volume.mkdir()
    old.write_text("long ago")
    os.utime(old, (0, 0))
    file.write(["a" * 900_000 + "\n"])
    file.write(["b" * 900_000 + "\n"])
    file.close()
    assert link.is_symlink()
    assert list(link.parent.iterdir()) == [link]
    aside, current = sorted(volume.iterdir())
    assert current.name == "modelus.jsonl"
    assert current.read_text().startswith("b")
    assert aside.read_text().startswith("a")
    assert not old.exists()

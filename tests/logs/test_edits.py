"""Logging that is edited while it runs: level, file, size and age; no record is lost or logged twice."""

import io
import json
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as configured
from hypothesis import strategies as st
from loguru import logger

from modelus_bot.config import LoggingSettings, Settings
from modelus_bot.config.units import MEGABYTE
from modelus_bot.logs import configure_logging


def edited(**values: Any) -> LoggingSettings:
    """Return logging settings."""
    return LoggingSettings.model_validate(values)


def events(path: Path) -> list[dict[str, Any]]:
    """Return the JSON lines of a file; none when there is no file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_the_level_is_edited(tmp_path: Path) -> None:
    """A lower level lets more through at once, from libraries too, a higher one less."""
    path = tmp_path / "bot.jsonl"
    with configure_logging(Settings(logging=edited(file=path))) as logs:
        for level in ("INFO", "DEBUG", "ERROR", "TRACE"):
            logs.apply(Settings(logging=edited(file=path, level=level)))
            logger.bind(at=level).debug("ours")
            logging.getLogger("somebody").debug("theirs")
            logging.getLogger("aiosqlite").debug("inner_workings")
            logger.bind(at=level).error("always")

    said = [line["event"] for line in events(path)]
    always = "always"
    assert said == [always, "ours", "theirs", always, always, "ours", "theirs", "inner_workings", always]


def test_the_file_is_edited(tmp_path: Path) -> None:
    """Lines go to the file that is set when they are logged, to none, and to a file that is back."""
    paths: list[Path | None] = [
        None,
        tmp_path / "a.jsonl",
        tmp_path / "b" / "b.jsonl",
        None,
        tmp_path / "a.jsonl",
    ]
    with configure_logging(Settings(), terminal=None) as logs:
        for number, path in enumerate(paths):
            logs.apply(Settings(logging=edited(file=path)))
            logger.bind(number=number).info("counted")
            _wait_for(path, number)

    assert [line["number"] for line in events(tmp_path / "a.jsonl")] == [1, 4]
    assert [line["number"] for line in events(tmp_path / "b" / "b.jsonl")] == [2]


def test_size_and_age_are_edited(tmp_path: Path) -> None:
    """A smaller size rotates the file that is open, a shorter age deletes what was put aside."""
    path = tmp_path / "bot.jsonl"
    with configure_logging(
        Settings(logging=edited(file=path, rotation_megabytes=100)), terminal=None
    ) as logs:
        for number in range(30):
            if number == 15:
                logs.apply(Settings(logging=edited(file=path, rotation_megabytes=1)))
            logger.bind(number=number, text="x" * 100_000).info("large")

    files = sorted(tmp_path.iterdir(), key=lambda file: (file.name == path.name, file.name))
    assert len(files) == 3
    assert [line["number"] for file in files for line in events(file)] == list(range(30))
    assert files[0].stat().st_size > 1_400_000
    assert all(file.stat().st_size <= MEGABYTE for file in files[1:])


@pytest.fixture
def talkers() -> Iterator[list[threading.Thread]]:
    """Threads that log while the test edits; all have ended afterwards."""
    threads: list[threading.Thread] = []
    yield threads
    for thread in threads:
        thread.join()


@configured(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=12), level=st.booleans())
def test_edits_lose_and_repeat_no_record(
    edits: list[str], level: bool, tmp_path_factory: pytest.TempPathFactory, talkers: list[threading.Thread]
) -> None:
    """Three threads log while file and level are edited again and again: each record is in one file, once."""
    folder = tmp_path_factory.mktemp("logs")
    shown = io.StringIO()
    go_on = threading.Event()

    def talk(name: int) -> None:
        go_on.wait()
        for number in range(100):
            logger.bind(talker=name, number=number).warning("counted")

    with configure_logging(Settings(logging=edited(file=folder / "first")), terminal=shown) as logs:
        talking = [threading.Thread(target=talk, args=(name,)) for name in range(3)]
        talkers += talking
        for thread in talking:
            thread.start()
        go_on.set()
        for name in edits:
            logs.apply(Settings(logging=edited(file=folder / name, level="DEBUG" if level else "INFO")))
        for thread in talking:
            thread.join()

    found = [
        (line["talker"], line["number"])
        for file in folder.iterdir()
        for line in events(file)
        if line["event"] == "counted"
    ]
    assert sorted(found) == [(name, number) for name in range(3) for number in range(100)]
    assert shown.getvalue().count(" counted ") == 300


def _wait_for(path: Path | None, number: int) -> None:
    """Wait until a line is written: the writers of two files do not wait for each other."""
    ends = time.monotonic() + 10.0
    while path is not None and time.monotonic() < ends:
        if any(line["number"] == number for line in events(path)):
            return
        time.sleep(0.005)

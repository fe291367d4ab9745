"""AlertBook: what was told and what is still to be told is on the disk, as a whole, at every moment."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loguru import logger

from modelus_bot.database.core.alert import Alert
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.health.alert_book import (
    KEPT,
    NOTHING_TOLD,
    AlertBook,
    ToldAlert,
    alerts_path,
    no_later,
)
from modelus_bot.database.health.incidents import Incident
from modelus_bot.database.health.modes import ModeWatch

NOW = 1_700_000_000.0
WRONG = ToldAlert(
    (Incident("errors", NOW, NOW, 12.5, times=2), Incident("gateway", NOW, NOW, 9.0, calm_since=NOW)),
    ModeWatch(Mode.READ_ONLY, NOW, frozenset({Mode.READ_ONLY}), changes=1, began=NOW, reminder=NOW),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file lies."""
    return alerts_path(tmp_path / "modelus.db")


@pytest.fixture
def events() -> Iterator[list[str]]:
    """What was logged."""
    found: list[str] = []
    sink = logger.add(lambda message: found.append(message.record["message"]))
    yield found
    logger.remove(sink)


async def opened(path: Path) -> AlertBook:
    """Open it as a start does."""
    book = AlertBook(path)
    await book.open()
    return book


async def test_everything_comes_back(path: Path) -> None:
    """Alerts with who is left of each, incidents, the mode; the file is its owner's only."""
    book = await opened(path)
    book.new.extend((Alert("one", "First.", "critical", {"why": object()}), Alert("two", "Second.")))
    book.take(NOW)
    book.waiting[0].left, book.waiting[0].reached = [5, 6], 1
    book.told = WRONG
    await book.save()
    assert path.name == "modelus.alerts.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = await opened(path)
    assert again.told == WRONG
    assert [
        (item.alert.text, item.alert.severity, item.left, item.reached, item.at) for item in again.waiting
    ] == [
        ("First.", "critical", [5, 6], 1, NOW),
        ("Second.", "warning", None, 0, NOW),
    ]
    assert [item.number for item in again.waiting] == [1, 2]


async def test_a_mode_that_never_changed_comes_back(path: Path) -> None:
    """Its change lies before all time, which JSON has no word for."""
    book = await opened(path)
    book.told = ToldAlert(WRONG.incidents, NOTHING_TOLD.mode)
    await book.save()
    assert (await opened(path)).told == book.told


async def test_what_comes_up_before_the_file_was_read_goes_after_what_is_in_it(path: Path) -> None:
    """The order in which things happened is kept; opening twice takes over once."""
    book = await opened(path)
    book.new.append(Alert("old", "Old."))
    book.take(NOW)
    await book.save()
    later = AlertBook(path)
    later.new.append(Alert("new", "New."))
    later.take(NOW)
    await later.open()
    await later.open()
    assert [item.alert.text for item in later.waiting] == ["Old.", "New."]


async def test_only_what_matters_is_written(path: Path) -> None:
    """A value that moves while an incident lasts is no reason; that the incident is over is one."""
    book = await opened(path)
    await book.save()
    assert not path.exists()
    book.told = WRONG
    await book.save()
    before = path.stat().st_ino
    book.told = ToldAlert((Incident("errors", NOW, NOW, 80.0, times=2), WRONG.incidents[1]), WRONG.mode)
    await book.save()
    assert path.stat().st_ino == before
    book.told = NOTHING_TOLD
    await book.save()
    assert (await opened(path)).told == NOTHING_TOLD


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"incidents": [{"name": 1}]}', b"[]"])
async def test_a_file_that_cannot_be_read_counts_as_none(
    path: Path, content: bytes, events: list[str]
) -> None:
    """That is logged, and the next change replaces it."""
    path.write_bytes(content)
    book = await opened(path)
    assert (book.told, len(book.waiting)) == (NOTHING_TOLD, 0)
    assert events == ["alerts_unreadable"]
    book.told = WRONG
    await book.save()
    assert (await opened(path)).told == WRONG


async def test_where_it_cannot_be_written_memory_counts(tmp_path: Path, events: list[str]) -> None:
    """It is said once, tried again at every look, and done as soon as that is possible."""
    folder = tmp_path / "away"
    book = await opened(alerts_path(folder / "modelus.db"))
    book.told = WRONG
    for _ in range(3):
        await book.save()
    assert events == ["alerts_not_saved"]
    assert not folder.exists()
    folder.mkdir()
    await book.save()
    assert (await opened(book.path)).told == WRONG


async def test_it_is_bounded(path: Path, events: list[str]) -> None:
    """The oldest make room, and the log has them."""
    book = await opened(path)
    for _ in range(3):
        book.new.extend(Alert("many", str(number)) for number in range(90))
        book.take(NOW)
    assert len(book.waiting) == KEPT
    assert events == ["alert_pushed_out"] * (270 - KEPT)
    assert len({item.number for item in book.waiting}) == KEPT


WRITER = """
import asyncio, pathlib, sys
from modelus_bot.database.health.alert_book import AlertBook
from modelus_bot.database.core.alert import Alert

async def go():
    book = AlertBook(pathlib.Path(sys.argv[1]))
    await book.open()
    for number in range(150):
        book.new.append(Alert("test", str(number)))
        book.take(1.0)
        await book.save()
        print(number, flush=True)

asyncio.run(go())
"""


@pytest.mark.parametrize("last", [0, 3, 40])
async def test_whoever_is_killed_has_lost_nothing_that_was_saved(path: Path, last: int) -> None:
    """At any moment the file is whole and has everything up to the last save that came back."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    with process:
        said: Any = -1
        assert process.stdout is not None
        while said < last:
            said = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
    said = int(rest[-1]) if rest else said
    texts = [item.alert.text for item in (await opened(path)).waiting]
    assert texts == [str(number) for number in range(len(texts))]
    assert len(texts) > said


def test_a_clock_that_was_ahead_silences_nothing() -> None:
    """What was told in a future that did not come counts as told now; what is past stays as it was."""
    ahead = Incident("errors", 900.0, 5e9, 1.0, calm_since=5e9)
    told = no_later(
        ToldAlert((ahead,), ModeWatch(Mode.DEGRADED, changed=5e9, began=900.0, reminder=5e9)), 1000.0
    )
    assert told.incidents == (Incident("errors", 900.0, 1000.0, 1.0, calm_since=1000.0),)
    assert told.mode == ModeWatch(Mode.DEGRADED, changed=1000.0, began=900.0, reminder=1000.0)
    assert no_later(NOTHING_TOLD, 1000.0) == NOTHING_TOLD

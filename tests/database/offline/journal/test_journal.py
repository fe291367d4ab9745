"""The journal's file: on the disk before anybody hears of it, the same after a restart, bounded, honest."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.config import DegradationSettings
from modelus_bot.config.units import MEGABYTE
from modelus_bot.database.core.append_file import UndoFailed, journal_path
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import (
    JournalFull,
    JournalTooOld,
    JournalUnavailable,
    OutcomeUnknown,
    QueryFailed,
    RequestConflict,
)
from modelus_bot.database.core.operation import Priority
from modelus_bot.database.offline.journal.deferred import WriteDeferred
from modelus_bot.database.offline.journal.entry import JournalOutcome, settled_as
from modelus_bot.database.offline.journal.journal import Journal
from tests.database.offline.journal.waiting import Take, TakeFirst, TakeLast
from tests.database.operations import PutSetting
from tests.inside import store

Build = Callable[..., Journal]
FULL = Context(
    actor=2**60,
    request_id="r-1",
    reason="line\nand “signs” 🙂",
    at=1_700_000_000,
    zone="Europe/Berlin",
    handoff_minute=570,
    seed=7,
    discord_admin=True,
    deadline=3.0,
)


def names(journal: Journal) -> list[str]:
    """Return the names of what waits, in order."""
    return [json.loads(entry.parameters)["name"] for entry in journal.pending()]


async def test_what_is_saved_is_there_after_a_restart(build: Build) -> None:
    """With everything that applying it needs: fields, author, reason, time, calendar, chance, rights."""
    async with build() as journal:
        assert await journal.append(TakeFirst(name="a"), FULL) == 1
        assert await journal.append(Take(name="b"), Context(actor=5)) == 2
        before = journal.pending()
    async with build() as journal:
        assert journal.pending() == before
        assert journal.depth == 2
        first = journal.pending()[0]
        assert (first.operation, first.priority) == ("waiting.TakeFirst", Priority.HIGH)
        assert first.parameters == '{"name":"a"}'
        assert first.context == Context(
            FULL.actor, "r-1", FULL.reason, FULL.at, "Europe/Berlin", 570, 7, discord_admin=True
        )
        assert journal.oldest_at == first.saved_at
        assert await journal.append(Take(name="c"), Context()) == 3


async def test_each_line_says_everything(build: Build) -> None:
    """Number, operation, parameters, time, tries and priority stand in one JSON line, for its owner only."""
    async with build(journal_retries=4) as journal:
        await journal.append(TakeLast(name="a"), FULL)
        mode = stat.S_IMODE(journal.path.stat().st_mode)
        (line,) = journal.path.read_text("utf-8").splitlines()
    found = json.loads(line)["line"]
    assert mode == 0o600
    assert {key: found[key] for key in ("id", "operation", "priority", "retry_count", "max_retries")} == {
        "id": 1,
        "operation": "waiting.TakeLast",
        "priority": "LOW",
        "retry_count": 0,
        "max_retries": 4,
    }
    assert found["parameters"] == {"name": "a"}
    assert found["context"]["request_id"] == "r-1"
    assert found["timestamp"] > 1_700_000_000


async def test_it_lies_beside_its_database(path: Path) -> None:
    """Its name follows from the database's, so that two bots in one folder have two."""
    assert journal_path(path) == path.with_name("modelus.deferred.jsonl")


async def test_the_same_request_is_saved_once(journal: Journal) -> None:
    """Delivered twice at once or later, it has one number; other contents under its id are refused."""
    context = Context(actor=1, request_id="double")
    numbers = await asyncio.gather(*(journal.append(Take(name="a"), context) for _ in range(5)))
    assert set(numbers) == {1}
    assert await journal.append(Take(name="a"), context) == 1
    for other in (Take(name="b"), TakeFirst(name="a")):
        with pytest.raises(RequestConflict):
            await journal.append(other, context)
    assert journal.depth == 1


async def test_writes_without_a_request_get_one(journal: Journal) -> None:
    """So that each is applied once; two alike are two."""
    for _ in range(2):
        await journal.append(Take(name="a"), Context())
    ids = {entry.request_id for entry in journal.pending()}
    assert len(ids) == 2
    assert all(number.startswith("journal:") and len(number) <= 64 for number in ids)


async def test_only_what_may_wait_is_saved(journal: Journal) -> None:
    """A write that is not meant for it is a fault of the program."""
    with pytest.raises(QueryFailed):
        await journal.append(PutSetting(key="a", value=1), Context())
    assert journal.depth == 0


async def test_waiting_ones_stand_by_priority_and_then_by_number(journal: Journal) -> None:
    """The order of replaying can be seen beforehand."""
    for name, cls in [("1", TakeLast), ("2", Take), ("3", TakeFirst), ("4", Take), ("5", TakeFirst)]:
        await journal.append(cls(name=name), Context())
    assert names(journal) == ["3", "5", "2", "4", "1"]


async def test_many_at_once_share_flushes(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of people who press a button at once wait for a few flushes, not for hundreds."""
    flushed = []
    flush = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda descriptor: flushed.append(1) or flush(descriptor))
    await asyncio.gather(*(journal.append(Take(name=f"{number}"), Context()) for number in range(500)))
    assert journal.depth == 500
    assert 1 <= len(flushed) <= 5


async def test_what_waits_is_counted_at_every_step(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """On its way to the disk, there, refused by it, read again, decided: it is the number of then."""
    async with build() as journal:
        saving = asyncio.create_task(journal.append(Take(name="a"), Context()))
        await asyncio.sleep(0)
        assert journal.depth == 1
        await saving
        await journal.append(Take(name="b"), Context())
        assert journal.depth == 2
        with monkeypatch.context() as broken:
            broken.setattr(os, "fdatasync", failing(errno.EIO))
            with pytest.raises(JournalUnavailable):
                await journal.append(Take(name="c"), Context())
        assert journal.depth == 2
    assert journal.depth == 0
    async with journal:
        assert journal.depth == 2
        first, second = journal.pending()
        await store(journal).settle([settled_as(first, JournalOutcome.APPLIED)], [second.again()])
        assert journal.depth == 1


async def test_a_caller_who_left_may_have_saved(build: Build) -> None:
    """Cancelled in the middle, a write is whole in the file or not there, and others are not touched."""
    async with build() as journal:
        tasks = [asyncio.create_task(journal.append(Take(name=f"{n}"), Context())) for n in range(20)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        saved = {end for end in ends if isinstance(end, int)}
        assert len(saved) == 10
    async with build() as journal:
        assert saved <= {entry.number for entry in journal.pending()}


async def many(journal: Journal, count: int) -> None:
    """Save large changes one after the other."""
    for number in range(count):
        await journal.append(Take(name=f"{number}" + "x" * 20_000), Context())


async def test_it_is_bounded_and_says_so(build: Build) -> None:
    """Full by bytes: refused in a sentence; raising the limit while running makes room."""
    async with build(journal_megabytes=1) as journal:
        with pytest.raises(JournalFull) as refused:
            await many(journal, 100)
        assert "try again" in refused.value.user_message
        assert 900_000 < journal.bytes == journal.path.stat().st_size < MEGABYTE
        journal.apply(DegradationSettings(journal_megabytes=2))
        await journal.append(Take(name="y" * 20_000), Context())


async def test_it_is_bounded_by_age_and_says_so(build: Build) -> None:
    """While the oldest waits for too long nothing is saved; what was asked before keeps its number."""
    async with build(journal_hours=2) as journal:
        await journal.append(Take(name="old"), Context(request_id="old"))
        waiting = store(journal).state.waiting
        waiting[1] = replace(waiting[1], saved_at=int(time.time()) - 2 * 3600 - 1)
        before = journal.bytes
        with pytest.raises(JournalTooOld) as refused:
            await journal.append(Take(name="new"), Context(request_id="new"))
        assert "away for so long" in refused.value.user_message
        assert "try again when it is back" in refused.value.user_message
        assert (journal.depth, journal.bytes) == (1, before)
        assert await journal.append(Take(name="old"), Context(request_id="old")) == 1
        journal.apply(DegradationSettings(journal_hours=3))
        assert await journal.append(Take(name="new"), Context(request_id="new")) == 2


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
async def test_what_could_not_be_flushed_is_not_there(
    build: Build, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """Its author is told that it was not saved; after a restart nothing of it is there, the next one is."""
    async with build() as journal:
        await journal.append(Take(name="before"), Context())
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", failing(code))
            with pytest.raises(JournalUnavailable) as refused:
                await journal.append(Take(name="lost"), Context())
        assert refused.value.code_name == errno.errorcode[code]
        assert "not be saved" in refused.value.user_message
        await journal.append(Take(name="after"), Context())
        assert names(journal) == ["before", "after"]
    async with build() as journal:
        assert names(journal) == ["before", "after"]


async def test_when_nobody_can_know_nobody_is_told_otherwise(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line can neither be flushed nor taken back: that is said, and the next one mends the file."""
    async with build() as journal:
        await journal.append(Take(name="before"), Context())
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", failing(errno.EIO))
            patch.setattr(os, "ftruncate", failing(errno.EIO))
            with pytest.raises(OutcomeUnknown) as refused:
                await journal.append(Take(name="unknown"), Context())
        assert isinstance(refused.value.__cause__, UndoFailed)
        await journal.append(Take(name="after"), Context())
    async with build() as journal:
        assert names(journal) == ["before", "after"]


def failing(code: int) -> Callable[..., Any]:
    """Return a system call that fails."""

    def call(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    return call


async def test_a_deleted_file_is_made_anew_with_everything(build: Build) -> None:
    """Whoever deletes or replaces the file under the running bot loses nothing."""
    async with build() as journal:
        for number, harm in enumerate([Path.unlink, lambda item: item.write_bytes(b"other\n"), Path.unlink]):
            await journal.append(Take(name=f"{number}"), Context())
            journal.path.rename(journal.path.with_name("moved"))
            journal.path.touch()
            harm(journal.path)
        await journal.append(Take(name="3"), Context())
    async with build() as journal:
        assert names(journal) == ["0", "1", "2", "3"]


async def test_a_folder_that_was_moved_away_is_expected_back(build: Build, path: Path) -> None:
    """What is saved meanwhile comes back with the folder."""
    async with build() as journal:
        await journal.append(Take(name="before"), Context())
        away = path.parent.rename(path.parent.with_name("away"))
        await journal.append(Take(name="meanwhile"), Context())
        away.rename(path.parent)
    async with build() as journal:
        assert names(journal) == ["before", "meanwhile"]


async def test_it_opens_later_if_it_cannot_now(build: Build, path: Path) -> None:
    """The bot starts without it, refuses in a sentence, and saves as soon as the place is there."""
    place = journal_path(path)
    place.mkdir(parents=True)
    async with build() as journal:
        assert journal.unfinished
        with pytest.raises(JournalUnavailable):
            await journal.append(Take(name="a"), Context())
        place.rmdir()
        assert await journal.append(Take(name="a"), Context()) == 1


async def test_closed_it_saves_nothing(journal: Journal) -> None:
    """A write after closing is refused instead of waiting for ever."""
    await journal.__aexit__(None, None, None)
    with pytest.raises(JournalUnavailable):
        await journal.append(Take(name="a"), Context())


@pytest.mark.parametrize("cut", [1, 10, 200])
async def test_a_torn_end_is_forgotten(build: Build, cut: int) -> None:
    """A last line that a crash cut off was never acknowledged; the next one stands in a line of its own."""
    async with build() as journal:
        await journal.append(Take(name="kept"), Context())
        size = journal.bytes
        await journal.append(Take(name="torn"), Context())
        os.truncate(journal.path, size + cut)
    async with build() as journal:
        assert names(journal) == ["kept"]
        assert journal.damaged == 0
        await journal.append(Take(name="next"), Context())
    async with build() as journal:
        assert names(journal) == ["kept", "next"]


async def test_damaged_lines_are_set_aside(build: Build) -> None:
    """They are counted, kept for an operator, never applied, and gone from the file after one start."""
    async with build() as journal:
        for name in ("a", "b", "c"):
            await journal.append(Take(name=name), Context())
    content = journal.path.read_bytes()
    journal.path.write_bytes(content.replace(b'"name":"b"', b'"name":"z"') + b"nonsense\n")
    async with build() as journal:
        assert names(journal) == ["a", "c"]
        assert journal.damaged == 2
    aside = journal.path.with_name("modelus.deferred.jsonl.damaged")
    assert b'"name":"z"' in aside.read_bytes()
    assert aside.read_bytes().endswith(b"nonsense\n")
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    async with build() as journal:
        assert journal.damaged == 0
        assert names(journal) == ["a", "c"]


async def test_numbers_never_come_again(build: Build) -> None:
    """Also when everything was applied and the file emptied: people quote them."""

    async def accept(_write: object, _context: object, **_: object) -> None:
        return None

    async with build() as journal:
        await journal.append(Take(name="a"), Context())
        assert (await journal.replay(accept)).applied == 1
        assert journal.bytes < 100
    async with build() as journal:
        assert await journal.append(Take(name="b"), Context()) == 2


def test_people_read_what_happens_next() -> None:
    """The number, that it is safe, that it will be applied, and that they need not repeat it."""
    deferred = WriteDeferred(7, "AddSprint", 1_700_000_000)
    assert deferred.sentence.startswith("Your change is safe as number 7.")
    assert "need not repeat" in deferred.sentence
    assert (deferred.number, deferred.operation, deferred.at) == (7, "AddSprint", 1_700_000_000)

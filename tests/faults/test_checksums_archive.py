"""The archive's program moves pages into the main file by itself: it is followed without a false alarm."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import time
from itertools import pairwise
from pathlib import Path

import pytest

from modelus_bot.database.archive.archive import Archive
from modelus_bot.database.checksums.page_checksums import PageChecksums
from modelus_bot.database.checksums.report import ChecksumReport
from tests.daily_size import FULL
from tests.database.archive.writing import CheckpointsWhen, needs_program, quick
from tests.database.checksums.filled import fill, opened, overwrite, write_some
from tests.inside import follower

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(300), needs_program]

SECONDS = 60.0 if FULL else 4.0
PAGE = 4096
NOISE = b"\xa5" * 256
STARVED = 0.2
"""Seconds, eight times what lies between two looks of a thread that gets its turns."""


async def test_checkpoints_of_the_archive_are_explained(tmp_path: Path) -> None:
    """Bursts and pauses under the real program: no false alarm, no page unclear, and damage is found.

    The program moves pages whenever it likes and the -wal then starts anew. What was committed since the
    tracker's last look may be gone by then, so a thread that was kept from looking for longer than
    ``STARVED`` may leave pages unclear, as the report says; never unexplained ones.
    """
    database = tmp_path / "data" / "a.db"
    database.parent.mkdir()
    connection = opened(database)
    fill(connection)
    connection.close()
    checksums = PageChecksums(database)
    looks = _looks_of(checksums)
    await checksums.adopt()
    reports: list[ChecksumReport] = []
    before = database.read_bytes()
    async with checksums:
        writer = opened(database)
        archive = Archive(
            database,
            quick(tmp_path / "archive"),
            checkpoints=CheckpointsWhen(lambda: (checksums.frames or 0) >= 1000, contextlib.nullcontext),
        )
        await archive.start()
        writing = asyncio.create_task(asyncio.to_thread(_write, writer, time.monotonic() + SECONDS))
        while not writing.done():
            await asyncio.sleep(0.5)
            reports.append(await checksums.check())
        commits, waits = await writing
        await archive.sync(seconds=20)
        longest = max(later - item for item, later in pairwise(looks))
        await archive.stop()  # or it might write the damaged page anew
        reports.append(await checksums.check())
        page = database.stat().st_size // PAGE
        overwrite(database, page * PAGE - 300, NOISE)
        damaged = await checksums.check()
        checksums.note_commits()
        writer.close()
    print(f"{commits} commits, {len(reports)} comparisons, longest between two looks {longest:.2f} s")
    print(f"longest wait of a commit: {waits * 1000:.1f} ms")
    assert [report for report in reports if report.unexplained] == []
    assert longest > STARVED or [report for report in reports if report.unclear] == []
    assert (damaged.unexplained, damaged.unclear) == ((page,), ())
    assert database.read_bytes()[: len(before)] != before, "the program moved pages meanwhile"


def _looks_of(checksums: PageChecksums) -> list[float]:
    """Return a list that gets the moment of each look that the tracker's thread takes at the -wal."""
    looks: list[float] = []
    tail = follower(checksums)._tail
    quiet = tail.quiet

    def noted(now: int) -> bool:
        looks.append(time.monotonic())
        return quiet(now)

    tail.quiet = noted  # type: ignore[method-assign]
    return looks


def _write(writer: sqlite3.Connection, until: float) -> tuple[int, float]:
    """Write in bursts of a second and pauses; return the commits and the longest of them in seconds."""
    dice, commits, longest = random.Random(1), 0, 0.0
    while time.monotonic() < until:
        end = time.monotonic() + dice.uniform(0.01, 1.0)
        while time.monotonic() < end:
            started = time.perf_counter()
            write_some(writer, dice)
            longest = max(longest, time.perf_counter() - started)
            commits += 1
        time.sleep(dice.choice((0.0, 0.05, 0.5, 2.0)))
    return commits, longest

"""The archive's program moves pages into the main file by itself: it is followed without a false alarm."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import time
from pathlib import Path

import pytest

from modelus_bot.database.archive import Archive
from modelus_bot.database.pagesums import PageSums, SumsReport
from tests.database.archive.writing import needs_program, quick
from tests.database.pagesums.filled import fill, opened, overwrite, write_some

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(300), needs_program]

SECONDS = 60.0 if os.environ.get("MODELUS_TEST_FULL") == "1" else 15.0
PAGE = 4096
NOISE = b"\xa5" * 256


async def test_checkpoints_of_the_archive_are_explained(tmp_path: Path) -> None:
    """Bursts and pauses under the real program: no false alarm; damage is still found."""
    database = tmp_path / "data" / "a.db"
    database.parent.mkdir()
    connection = opened(database)
    fill(connection)
    connection.close()
    sums = PageSums(database)
    await sums.adopt()
    reports: list[SumsReport] = []
    before = database.read_bytes()
    async with sums:
        writer = opened(database)
        archive = Archive(database, quick(tmp_path / "archive"))
        await archive.start()
        writing = asyncio.create_task(asyncio.to_thread(_write, writer, time.monotonic() + SECONDS))
        while not writing.done():
            await asyncio.sleep(0.5)
            reports.append(await sums.check())
        commits, waits = await writing
        await archive.sync(seconds=20)
        page = database.stat().st_size // PAGE
        overwrite(database, page * PAGE - 300, NOISE)
        damaged = await sums.check()
        descriptor = os.open(database, os.O_RDONLY)
        healed = os.pread(descriptor, 256, page * PAGE - 300) != NOISE
        os.close(descriptor)
        await archive.stop()
        await sums.before_close()
        writer.close()
    print(f"{commits} commits, {len(reports)} comparisons")
    print(f"longest wait of a commit: {waits * 1000:.1f} ms")
    assert [one for one in reports if one.unexplained] == []
    found = {*damaged.unexplained, *damaged.unclear}
    assert page in found or healed, "the program may have written the page anew"
    assert database.read_bytes()[: len(before)] != before, "the program moved pages meanwhile"


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

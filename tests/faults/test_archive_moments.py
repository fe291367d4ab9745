"""Any moment of the archive: how exact it is, and never later than asked."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import pytest

from modelus_bot.database.archive.archive import Archive
from modelus_bot.database.archive.litestream_config import LEVELS
from tests.daily_size import FULL
from tests.database.archive.writing import add, first_copy, needs_program, opened, quick, rows, sound
from tests.tuning import Tuning
from tests.waiting import scene_of

pytestmark = [needs_program, pytest.mark.fault]

MOMENTS = 50 if FULL else 2
WRITING_SECONDS = 5.0


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_random_moments(tmp_path: Path) -> None:
    """Random past moments come back with every row that is older than a second, and none that is younger."""
    database = tmp_path / "home" / "bot.db"
    dice = random.Random(3)
    writer = opened(database)
    async with Archive(database, quick(tmp_path / "archive", sync_milliseconds=200)) as archive:
        await first_copy(archive)
        began = time.time()
        while time.time() < began + WRITING_SECONDS:
            add(writer, 1)
            await asyncio.sleep(0.005)
            if dice.random() < 0.004:
                await archive.snapshot()
        ended = time.time()
        await archive.sync()
        everything = writer.execute("SELECT id, at FROM notes ORDER BY id").fetchall()
        errors = []
        for number in range(MOMENTS):
            at = dice.uniform(began + 0.5, ended)
            target = tmp_path / f"{number}.db"
            moment = await archive.restore(target, at=at)
            assert moment.timestamp() <= at
            assert sound(target)
            restored = rows(target)
            assert restored == everything[: len(restored)]
            assert all(written <= at for _, written in restored)
            due = [written for _, written in everything if written <= at]
            assert len(restored) <= len(due)
            errors.append(at - restored[-1][1] if restored else at - began)
            target.unlink()
    writer.close()
    assert max(errors) <= (1.0 if MOMENTS > 4 else 2.0)
    print(f"{MOMENTS} moments: error median {sorted(errors)[MOMENTS // 2]:.3f} s, max {max(errors):.3f} s")


@pytest.mark.slow
async def test_moments_of_merged_pieces(tmp_path: Path, tuning: Tuning) -> None:
    """With the single pieces gone, moments are as coarse as the merged ones, and still never too late."""
    step = 2.0
    tuning(LEVELS.at((f"{step:g}s", "5s")))
    database = tmp_path / "home" / "bot.db"
    dice = random.Random(5)
    writer = opened(database)
    archive = Archive(database, quick(tmp_path / "archive"))
    async with archive:
        await first_copy(archive)
        began = time.time()
        while time.time() < began + WRITING_SECONDS:
            add(writer, 1)
            await asyncio.sleep(0.01)
        await scene_of(2 * step)
    everything = writer.execute("SELECT id, at FROM notes ORDER BY id").fetchall()
    writer.close()
    levels = tmp_path / "archive" / "bot.db" / "ltx"
    merged = max(path.stem.partition("-")[2] for path in (levels / "1").iterdir())
    for path in (levels / "0").iterdir():
        if path.stem.partition("-")[2] <= merged:
            path.unlink()
    errors = []
    for number in range(MOMENTS):
        at = dice.uniform(began + step + 0.5, everything[-1][1])
        target = tmp_path / f"{number}.db"
        await archive.restore(target, at=at)
        restored = rows(target)
        assert restored == everything[: len(restored)]
        assert restored[-1][1] <= at
        errors.append(at - restored[-1][1])
        target.unlink()
    assert max(errors) <= step + 0.5
    print(f"{MOMENTS} moments of pieces merged each {step:g} s: error max {max(errors):.3f} s")

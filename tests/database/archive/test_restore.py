"""Restores from the archive with the real program: what is refused, cleaned up, and kept for them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import time
from pathlib import Path

import pytest

from modelus_bot.clock.clock import Clock
from modelus_bot.database.archive.archive import Archive
from modelus_bot.database.archive.failures import MomentUnavailable
from modelus_bot.database.core.errors import BackupFailed, DiskFull
from tests.database.archive.writing import add, count, first_copy, needs_program, opened, quick
from tests.waiting import scene_of

pytestmark = needs_program


async def test_moments_and_refusals(tmp_path: Path) -> None:
    """The future is now; before the beginning is refused with the beginning; an empty archive says so."""
    database, settings = tmp_path / "home" / "bot.db", quick(tmp_path / "archive")
    writer = opened(database)
    async with Archive(database, settings) as archive:
        await first_copy(archive)
        add(writer, 5)
        await archive.sync()
        held = await archive.moments()
        assert held is not None
        assert held[0] <= held[1] <= time.time()
        asked = time.time()
        moment = await archive.restore(tmp_path / "future.db", at=asked + 86_400)
        assert moment.timestamp() <= time.time()
        assert count(tmp_path / "future.db") == 5
        with pytest.raises(MomentUnavailable, match="the archive begins at") as refused:
            await archive.restore(tmp_path / "past.db", at=held[0] - 3600)
        assert refused.value.earliest == held[0]
        with pytest.raises(MomentUnavailable):
            await archive.restore(tmp_path / "past.db", at=-5.0)
    writer.close()
    empty = Archive(tmp_path / "home" / "other.db", settings)
    assert await empty.moments() is None
    with pytest.raises(MomentUnavailable, match="nothing yet"):
        await empty.restore(tmp_path / "nothing.db")
    with pytest.raises(MomentUnavailable):
        await empty.restore(tmp_path / "nothing.db", at=asked)
    assert not list(tmp_path.glob("past.db*"))
    assert not list(tmp_path.glob("nothing.db*"))


async def test_target_must_be_new(tmp_path: Path) -> None:
    """An existing file is never written over."""
    database = tmp_path / "home" / "bot.db"
    writer = opened(database)
    target = tmp_path / "precious.db"
    target.write_text("mine")
    async with Archive(database, quick(tmp_path / "archive")) as archive:
        with pytest.raises(BackupFailed, match="already exists"):
            await archive.restore(target)
    writer.close()
    assert target.read_text() == "mine"


async def test_restore_needs_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little free space is noticed before anything is written."""
    database = tmp_path / "home" / "bot.db"
    writer = opened(database)
    async with Archive(database, quick(tmp_path / "archive")) as archive:
        usage = shutil.disk_usage(tmp_path)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
        with pytest.raises(DiskFull, match="1000 are free"):
            await archive.restore(tmp_path / "restored.db")
    writer.close()
    assert not list(tmp_path.glob("restored*"))


async def test_cancelled_restore_leaves_nothing(tmp_path: Path) -> None:
    """Cancelled at any moment, a restore leaves no file and no process; then it works."""
    database = tmp_path / "home" / "bot.db"
    writer = opened(database)
    async with Archive(database, quick(tmp_path / "archive")) as archive:
        writer.execute("INSERT INTO notes(text) VALUES (randomblob(20000000))")
        await archive.sync()
        for pause in (0.0, 0.05, 0.1, 0.15, 0.2, 0.3):
            restoring = asyncio.create_task(archive.restore(tmp_path / "restored.db"))
            await scene_of(pause)
            restoring.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await restoring
                (tmp_path / "restored.db").unlink()
            assert not list(tmp_path.glob("restored.db*")), pause
        seen: list[dict[str, int]] = []
        await archive.restore(tmp_path / "restored.db", on_progress=seen.append)
    writer.close()
    assert count(tmp_path / "restored.db") == 1
    assert all(0 <= step["bytes"] <= step["of"] for step in seen)


async def test_old_copies_go_and_the_rest_can_be_restored(tmp_path: Path) -> None:
    """Full copies older than the one that reaches back over the retention are deleted, no others."""
    database, ahead = tmp_path / "home" / "bot.db", 0.0
    settings = quick(tmp_path / "archive", retention_hours=72)
    copies = tmp_path / "archive" / "bot.db" / "ltx" / "9"
    writer = opened(database)

    def moved() -> float:
        return time.time() + ahead

    async with Archive(database, settings, clock=Clock(wall=moved, steady=moved)) as archive:
        await first_copy(archive)
        for _ in range(2):
            add(writer, 10)
            await archive.sync()  # where nothing new has arrived, no copy is made
            assert await archive.snapshot()
        assert len(await archive.snapshots()) == 3
        needed = writer.execute("SELECT count(*) FROM notes").fetchone()[0]
        await scene_of(0.05)
        since = time.time()
        for age, path in zip((100, 80, 73), sorted(copies.iterdir()), strict=True):
            os.utime(path, (time.time() - age * 3600,) * 2)
        add(writer, 10)
        ahead = 72.5 * 3600
        assert await archive.snapshot()
        kept = await archive.snapshots()
        ahead = 0.0
        assert len(kept) == 2
        await archive.restore(tmp_path / "oldest.db", at=since)
        await archive.restore(tmp_path / "newest.db")
    writer.close()
    assert count(tmp_path / "oldest.db") == needed
    assert count(tmp_path / "newest.db") == needed + 10

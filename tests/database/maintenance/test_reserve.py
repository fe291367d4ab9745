"""The reserve: really allocated, private, given up at once, and only back when the space is."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelus_bot.config.units import MEGABYTE
from modelus_bot.database.core.errors import DiskFull
from modelus_bot.database.offline.reserve import Reserve, reserve_beside
from modelus_bot.database.offline.space import SpaceWatch
from tests.small_disk import small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB; skipped where none can be mounted."""
    with small_disk(tmp_path / "disk", "4m") as place:
        yield place


def fill(disk: Path, leave: int) -> Path:
    """Write a file that leaves so many bytes free."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        file.write(bytes(shutil.disk_usage(disk).free - leave))
    return ballast


def test_it_lies_beside_the_database_and_is_private(tmp_path: Path) -> None:
    """It has its blocks, only its owner may read it, and nothing unfinished is left."""
    reserve = reserve_beside(tmp_path / "modelus.db", 2)
    assert reserve.hold()
    assert reserve.held
    found = (tmp_path / "modelus.reserve").stat()
    assert found.st_size == 2 * MEGABYTE <= found.st_blocks * 512
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["modelus.reserve"]


def test_a_sparse_file_of_its_size_does_not_count(tmp_path: Path) -> None:
    """A copy without blocks, as a restored folder may hold it, is replaced by a real one."""
    path = tmp_path / "modelus.reserve"
    path.touch()
    os.truncate(path, MEGABYTE)
    reserve = Reserve(path, 1)
    assert reserve.hold()
    assert path.stat().st_blocks * 512 >= MEGABYTE


def test_another_size_replaces_it_and_none_removes_it(tmp_path: Path) -> None:
    """An edited size is taken over by the next ``hold``."""
    reserve = Reserve(tmp_path / "modelus.reserve", 1)
    reserve.hold()
    assert not reserve.missing
    reserve.apply(2)
    assert reserve.missing
    assert reserve.hold()
    assert reserve.path.stat().st_size == 2 * MEGABYTE
    reserve.apply(0)
    assert reserve.missing
    assert reserve.hold()
    assert not reserve.path.exists()
    assert not reserve.missing
    assert reserve.restore()


def test_giving_it_up_twice_frees_once(tmp_path: Path) -> None:
    """Every failing write may ask for it; it comes back when there is space."""
    reserve = Reserve(tmp_path / "modelus.reserve", 1)
    reserve.hold()
    assert [reserve.release(), reserve.release()] == [True, False]
    assert reserve.path.stat().st_blocks == 0
    assert reserve.restore()
    assert reserve.held


def test_a_full_disk_has_no_reserve_and_owes_none(disk: Path) -> None:
    """Where it never fitted, the disk is judged by the write probe alone."""
    reserve = Reserve(disk / "modelus.reserve", 2)
    fill(disk, MEGABYTE)
    assert not reserve.hold()
    assert not reserve.held
    assert list(disk.iterdir()) == [disk / "ballast"]
    assert not reserve.release()
    assert reserve.restore()


def test_the_space_it_gave_up_itself_does_not_bring_it_back(disk: Path) -> None:
    """Taking that space again would fill the disk at once; space of others does."""
    reserve = Reserve(disk / "modelus.reserve", 1)
    assert reserve.hold()
    ballast = fill(disk, 8192)
    assert reserve.low()
    assert reserve.release()
    assert not reserve.low()
    assert not reserve.restore()
    assert reserve.path.stat().st_blocks == 0
    ballast.unlink()
    assert reserve.restore()
    assert reserve.held
    assert not reserve.low()


GIVE_UP = """
import os, pathlib, signal, sys
from modelus_bot.database.offline.reserve import Reserve
reserve = Reserve(pathlib.Path(sys.argv[1]), 1)
assert reserve.claim()
assert reserve.release()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_whoever_was_killed_after_giving_it_up_owes_it_still(disk: Path) -> None:
    """The next start knows, also after a try that failed; once it fits nothing is owed any more."""
    path = disk / "modelus.reserve"
    killed = subprocess.run([sys.executable, "-c", GIVE_UP, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    ballast = fill(disk, MEGABYTE // 2)
    for _ in range(2):
        reserve = Reserve(path, 1)
        assert not reserve.claim()
        assert reserve.owed
        assert not reserve.restore()
    ballast.unlink()
    assert reserve.restore()
    assert not reserve.owed
    assert Reserve(path, 1).claim()


def test_none_is_owed_once_none_is_wanted(tmp_path: Path) -> None:
    """With the size set to 0 what an earlier run owed is forgotten, and its name removed."""
    reserve = Reserve(tmp_path / "modelus.reserve", 1)
    reserve.claim()
    reserve.release()
    unwanted = Reserve(reserve.path, 0)
    assert unwanted.claim()
    assert not unwanted.owed
    assert not reserve.path.exists()


def test_giving_it_up_during_an_allocation_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was being set aside meanwhile is not put in place."""
    reserve = Reserve(tmp_path / "modelus.reserve", 1)
    allocate = os.posix_fallocate

    def allocate_and_release(descriptor: int, offset: int, size: int) -> None:
        allocate(descriptor, offset, size)
        reserve.release()

    monkeypatch.setattr(os, "posix_fallocate", allocate_and_release)
    assert not reserve.hold()
    assert list(tmp_path.iterdir()) == []


async def test_the_watch_gives_it_up_before_the_last_byte(disk: Path) -> None:
    """A disk that others fill is noticed without a write, told once, and nothing is taken back by itself."""
    told: list[DiskFull] = []
    room = asyncio.Event()
    reserve = Reserve(disk / "modelus.reserve", 1)
    async with SpaceWatch(reserve, told.append, room.set):
        assert reserve.held
        ballast = fill(disk, 8192)
        async with asyncio.timeout(20):
            while not told:
                await asyncio.sleep(0.05)
        assert not reserve.held
        assert not room.is_set()
        ballast.unlink()
        async with asyncio.timeout(20):
            await room.wait()
        assert len(told) == 1
        assert not reserve.held
        assert reserve.restore()
    assert reserve.path.exists()


async def test_the_watch_takes_an_edited_size_over(tmp_path: Path) -> None:
    """A larger reserve is set aside soon, and none means none."""
    reserve = Reserve(tmp_path / "modelus.reserve", 1)
    async with SpaceWatch(reserve, lambda _: None, lambda: None) as watch:
        for megabytes, there in ((2, True), (0, False)):
            watch.apply(megabytes)
            async with asyncio.timeout(20):
                while reserve.missing:
                    await asyncio.sleep(0.05)
            assert reserve.path.exists() == there

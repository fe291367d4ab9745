"""The archive when files go wrong: the database replaced under it or damaged, its own disk full."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelus_bot.database.archive.archive import Archive
from modelus_bot.database.archive.failures import ArchiveUnavailable
from modelus_bot.database.core.errors import BackupFailed
from tests.daily_size import FULL
from tests.database.archive.writing import add, count, first_copy, needs_program, opened, quick, rows, sound
from tests.small_disk import small_disk
from tests.waiting import eventually, scene_of

EVERY_SWAP = ((3, "lost"), (900, "kept"), (3, "kept"), (900, "lost"))
"""Rows, and whether the archive's own file survives."""

pytestmark = [needs_program, pytest.mark.fault]


def other_database(path: Path, number: int) -> None:
    """Make a database file that is complete without a -wal, with ``number`` rows from id 1000 on."""
    connection = opened(path)
    connection.executemany(
        "INSERT INTO notes(id, at, text) VALUES (?, ?, ?)",
        [(1000 + row, time.time(), "other" * 50) for row in range(number)],
    )
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def swapped(database: Path, other: Path) -> None:
    """Put another file in the database's place, the way a restore does."""
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    other.replace(database)


@pytest.mark.parametrize(("size", "meta"), EVERY_SWAP if FULL else EVERY_SWAP[:2])
async def test_swap_between_stop_and_start(tmp_path: Path, meta: str, size: int) -> None:
    """A file swapped in between stop and start goes on in the same archive; both sides can be restored."""
    database = tmp_path / "home" / "bot.db"
    writer = opened(database)
    archive = Archive(database, quick(tmp_path / "archive"))
    await archive.start()
    await first_copy(archive)
    add(writer, 120, text="before " * 40)
    writer.close()
    await archive.stop()
    await scene_of(0.05)
    swap_at = time.time()
    other_database(tmp_path / "home" / "new.db", size)
    swapped(database, tmp_path / "home" / "new.db")
    if meta == "lost":
        shutil.rmtree(archive._places.meta)
    await archive.start()
    writer = opened(database)
    add(writer, 30)
    await archive.sync()
    await archive.restore(tmp_path / "after.db")
    await archive.restore(tmp_path / "before.db", at=swap_at)
    add(writer, 1)
    assert await archive.snapshot()
    add(writer, 1)
    await archive.sync()
    await archive.restore(tmp_path / "later.db")
    await archive.restore(tmp_path / "before again.db", at=swap_at)
    await archive.stop()
    writer.close()
    assert count(tmp_path / "after.db") == size + 30
    assert count(tmp_path / "later.db") == size + 32
    for name in ("before.db", "before again.db"):
        assert count(tmp_path / name) == 120
        assert rows(tmp_path / name)[-1][0] == 120


async def test_replaced_under_the_running_archive(tmp_path: Path) -> None:
    """A file replaced under it is noticed: sync never vouches for it, and the new file is archived instead.

    Without the guard the program answers that all is archived, while none of the new rows are.
    """
    database = tmp_path / "home" / "bot.db"
    told: list[str] = []
    writer = opened(database)
    archive = Archive(database, quick(tmp_path / "archive"), on_alert=lambda kind, _: told.append(kind))
    async with archive:
        await first_copy(archive)
        add(writer, 100)
        await archive.sync()
        replaced_at = time.time()
        await scene_of(0.3)
        other_database(tmp_path / "home" / "new.db", 200)
        swapped(database, tmp_path / "home" / "new.db")
        second = opened(database)
        add(second, 20)
        with pytest.raises(ArchiveUnavailable, match="replaced"):
            await archive.sync(seconds=0.1)
        await archive.sync(seconds=20)
        add(second, 5)
        await archive.sync()
        await archive.restore(tmp_path / "after.db")
        await archive.restore(tmp_path / "before.db", at=replaced_at)
        writer.close()
        second.close()
    assert count(tmp_path / "after.db") == 225
    assert count(tmp_path / "before.db") == 100
    assert told == ["archive_database_replaced"]


async def test_deleted_under_the_running_archive(tmp_path: Path) -> None:
    """A deleted file is noticed; what was archived before is restored, and a new file is taken up."""
    database = tmp_path / "home" / "bot.db"
    writer = opened(database)
    async with Archive(database, quick(tmp_path / "archive")) as archive:
        await first_copy(archive)
        add(writer, 50)
        await archive.sync()
        for ending in ("", "-wal", "-shm"):
            database.with_name(database.name + ending).unlink()
        for seconds in (0.1, 1.5, 3.0):
            with pytest.raises(ArchiveUnavailable, match="not there"):
                await archive.sync(seconds=seconds)
        await eventually(lambda: not archive.status().running)
        await archive.restore(tmp_path / "restored.db")
        assert count(tmp_path / "restored.db") == 50
        writer.close()
        (tmp_path / "restored.db").replace(database)
        writer = opened(database)
        add(writer, 5)
        await archive.sync(seconds=20)
        await archive.restore(tmp_path / "again.db")
    writer.close()
    assert count(tmp_path / "again.db") == 55


async def test_damage_is_not_copied_past_the_gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a page of the main file overwritten, the gate stops full copies; the newest restore has every row.

    The same damage without a gate is in the next full copy, and only moments before it can be restored.
    """
    database = tmp_path / "home" / "bot.db"

    async def gate() -> bool:
        return await asyncio.to_thread(_looks_sound, database)

    writer = opened(database)
    add(writer, 300, text="x" * 500)
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    archive = Archive(database, quick(tmp_path / "archive"), integrity_gate=gate)
    async with archive:
        await first_copy(archive)
        add(writer, 1)
        assert await archive.snapshot() is True
        writer.close()
        subprocess.run(
            ["dd", "if=/dev/urandom", f"of={database}", "bs=4096", "seek=12", "count=1", "conv=notrunc"],
            check=True,
            capture_output=True,
        )
        before = time.time()
        writer = opened(database)
        add(writer, 20)
        assert await archive.snapshot() is False
        await archive.sync()
        await archive.restore(tmp_path / "newest.db")
        assert count(tmp_path / "newest.db") == 321

        async def careless() -> bool:
            return True

        monkeypatch.setattr(archive, "_integrity_gate", careless)
        assert await archive.snapshot() is True
        await archive.restore(tmp_path / "poisoned.db")
        assert not sound(tmp_path / "poisoned.db")
        copies = await archive.snapshots()
        await archive.restore(tmp_path / "without it.db", at=copies[-1] - 0.05)
        await archive.restore(tmp_path / "earlier.db", at=before)
    writer.close()
    assert count(tmp_path / "without it.db") == 321
    assert count(tmp_path / "earlier.db") == 301


def _looks_sound(database: Path) -> bool:
    """Check the way a child process does: with a connection of its own."""
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.text_factory = bytes;"
        "sys.exit(c.execute('PRAGMA integrity_check').fetchall() != [(b'ok',)])"
    )
    return (
        subprocess.run(["python3", "-c", script, str(database)], capture_output=True, check=False).returncode
        == 0
    )


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB; skipped where none can be mounted."""
    with small_disk(tmp_path / "small", "2m") as folder:
        yield folder


async def test_archive_disk_full(tmp_path: Path, disk: Path) -> None:
    """A full archive disk stops no write; it is told once, and once more when all is archived again."""
    database = tmp_path / "home" / "bot.db"
    told: list[str] = []
    writer = opened(database)
    archive = Archive(database, quick(disk, lag_alert=2.0), on_alert=lambda kind, _: told.append(kind))
    async with archive:
        await first_copy(archive)
        ballast = disk / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb") as file:
            while True:
                file.write(os.urandom(4096))
                file.flush()
        slowest = 0.0
        for _ in range(300):
            began = time.perf_counter()
            writer.execute("INSERT INTO notes(at, text) VALUES (?, hex(randomblob(2000)))", (time.time(),))
            slowest = max(slowest, time.perf_counter() - began)
            await scene_of(0.005)
        with pytest.raises(ArchiveUnavailable):
            await archive.sync(seconds=1)
        await eventually(lambda: told == ["archive_behind"])
        status = archive.status()
        assert status.lag is not None
        assert status.lag > 2
        assert status.behind
        assert "space" in status.why
        ballast.unlink()
        await archive.sync(seconds=20)
        await eventually(lambda: told == ["archive_behind", "archive_caught_up"])
        await archive.restore(tmp_path / "restored.db")
    writer.close()
    assert count(tmp_path / "restored.db") == 300
    assert slowest < 1.0
    print(f"slowest write beside a full archive disk: {slowest * 1000:.1f} ms")


async def test_damaged_archive_is_never_restored_wrong(tmp_path: Path) -> None:
    """Flipped bits in archived files: a restore is right or refused, never wrong in silence."""
    database = tmp_path / "home" / "bot.db"
    writer = opened(database)
    archive = Archive(database, quick(tmp_path / "archive"))
    async with archive:
        for _ in range(12):
            add(writer, 5, text="y" * 300)
            await archive.sync()
    writer.close()
    expected = _dump(database)
    files = sorted((tmp_path / "archive" / "bot.db" / "ltx").rglob("*.ltx"))
    refused = 0
    assert len(files) > 12
    for number, path in enumerate(files[:14]):
        whole = path.read_bytes()
        place = len(whole) * (number + 1) // 16
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        target = tmp_path / f"{number}.db"
        with contextlib.suppress(BackupFailed):
            await archive.restore(target)
        if target.exists():
            assert _dump(target) == expected
        else:
            assert not list(tmp_path.glob(f"{number}.db*"))
            refused += 1
        path.write_bytes(whole)
    await archive.restore(tmp_path / "whole again.db")
    assert _dump(tmp_path / "whole again.db") == expected
    print(f"{len(files[:14])} damaged archives: {refused} refused, the others restored right")


def _dump(path: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT * FROM notes ORDER BY id").fetchall()
    finally:
        connection.close()

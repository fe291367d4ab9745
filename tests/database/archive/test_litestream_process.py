"""The archive with the real program: start, stop, sync, snapshots, restores."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import stat
import time
from pathlib import Path

import pytest

from modelus_bot.config import ArchiveSettings
from modelus_bot.database.archive.archive import WATCH_SECONDS, Archive
from modelus_bot.database.archive.failures import ArchiveUnavailable
from modelus_bot.database.archive.locks import TIMEOUT
from modelus_bot.database.core.errors import AlreadyRunning
from tests.database.archive.writing import add, count, first_copy, needs_program, opened, pid_alive, quick
from tests.inside import program as program_of
from tests.inside import snapshots
from tests.tuning import Tuning

pytestmark = needs_program


async def test_rows_come_back(tmp_path: Path) -> None:
    """What was committed before sync is in a restore after the folder of the database is lost."""
    database, settings = tmp_path / "home" / "bot.db", quick(tmp_path / "archive")
    writer = opened(database)
    async with Archive(database, settings) as archive:
        add(writer, 200)
        await archive.sync()
        assert archive.status().running
        assert archive.checkpoints
        writer.close()
    shutil.rmtree(database.parent)
    target = tmp_path / "restored.db"
    await Archive(database, settings).restore(target)
    assert count(target) == 200
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


async def test_stop_sends_what_is_committed(tmp_path: Path) -> None:
    """Rows committed right before an orderly stop are archived, and nothing of the program stays."""
    database, settings = tmp_path / "home" / "bot.db", quick(tmp_path / "archive", sync_milliseconds=30_000)
    writer = opened(database)
    archive = Archive(database, settings)
    await archive.start()
    pid = program_of(archive).supervisor.pid
    assert pid is not None
    add(writer, 20)
    writer.close()
    began = time.monotonic()
    await archive.stop()
    assert time.monotonic() - began < 4
    assert not pid_alive(pid)
    assert not archive.checkpoints
    await archive.restore(tmp_path / "restored.db")
    assert count(tmp_path / "restored.db") == 20


async def test_start_again_makes_no_full_copy(tmp_path: Path) -> None:
    """A restart goes on where it stopped: no page of the main file is read, so no damage of it is copied."""
    database, settings = tmp_path / "home" / "bot.db", quick(tmp_path / "archive")
    writer = opened(database)
    add(writer, 100, text="x" * 2000)
    archive = Archive(database, settings)
    for _ in range(3):
        await archive.start()
        add(writer, 1)
        await archive.sync()
        await archive.stop()
    writer.close()
    sizes = [path.stat().st_size for path in (tmp_path / "archive" / "bot.db" / "ltx" / "0").iterdir()]
    assert len(await archive.snapshots()) <= 1
    assert sum(size > 4000 for size in sizes) <= 1
    await archive.restore(tmp_path / "restored.db")
    assert count(tmp_path / "restored.db") == 103


async def test_snapshot_and_then_on(tmp_path: Path) -> None:
    """A full copy is made on demand; rows before, during and after it are all restored."""
    database, settings = tmp_path / "home" / "bot.db", quick(tmp_path / "archive")
    writer = opened(database)
    async with Archive(database, settings) as archive:
        await first_copy(archive)
        add(writer, 10)
        making = asyncio.create_task(archive.snapshot())
        while not making.done():
            add(writer, 1)
            await asyncio.sleep(0.01)
        assert await making is True
        add(writer, 10)
        await archive.sync()
        expected = writer.execute("SELECT count(*) FROM notes").fetchone()[0]
        assert len(await archive.snapshots()) == 2
        assert archive.status().last_snapshot is not None
        await archive.restore(tmp_path / "restored.db")
    writer.close()
    assert count(tmp_path / "restored.db") == expected > 20


async def test_gate_holds_snapshots(tmp_path: Path) -> None:
    """While the gate says no, or fails, no full copy is made; people are told once."""
    database = tmp_path / "home" / "bot.db"
    told: list[str] = []
    answers = iter([False, ValueError("no check today"), True])

    async def gate() -> bool:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    writer = opened(database)
    archive = Archive(
        database,
        quick(tmp_path / "archive"),
        integrity_gate=gate,
        on_alert=lambda kind, _: told.append(kind),
    )
    async with archive:
        await first_copy(archive)
        assert await archive.snapshot() is False
        assert archive.status().snapshots_held
        assert "until the database passes its check" in archive.status().words
        assert await archive.snapshot() is False
        assert len(await archive.snapshots()) == 1
        add(writer, 1)
        assert await archive.snapshot() is True
        assert not archive.status().snapshots_held
        assert len(await archive.snapshots()) == 2
    writer.close()
    assert told == ["archive_snapshot_held"]


async def test_second_archive_is_refused(tmp_path: Path, tuning: Tuning) -> None:
    """A second archive on the same database, or into the same folder, does not start."""
    tuning(TIMEOUT.at(0.2))
    database = tmp_path / "home" / "bot.db"
    other = tmp_path / "elsewhere" / "bot.db"
    writers = [opened(database), opened(other)]
    async with Archive(database, quick(tmp_path / "archive")):
        with pytest.raises(AlreadyRunning):
            await Archive(database, quick(tmp_path / "second")).start()
        with pytest.raises(AlreadyRunning):
            await Archive(other, quick(tmp_path / "archive")).start()
    async with Archive(other, quick(tmp_path / "elsewhere-archive")) as archive:
        assert archive.status().running
    for writer in writers:
        writer.close()


async def test_two_databases_share_a_folder(tmp_path: Path) -> None:
    """Databases of different names each have a room of their own in the folder."""
    names = ("one.db", "two.db")
    writers = [opened(tmp_path / "home" / name) for name in names]
    for number, (name, writer) in enumerate(zip(names, writers, strict=True), 1):
        async with Archive(tmp_path / "home" / name, quick(tmp_path / "archive")) as archive:
            add(writer, number)
            await archive.sync()
        writer.close()
    for number, name in enumerate(names, 1):
        await Archive(tmp_path / "home" / name, quick(tmp_path / "archive")).restore(tmp_path / name)
        assert count(tmp_path / name) == number


async def test_long_and_odd_paths(tmp_path: Path) -> None:
    """Paths too long for a socket, and with quotes, dollars, blanks and umlauts, work."""
    folder = tmp_path / ("deep-" * 30) / 'odd "$HOME" ümlaut\'s: {x}'
    database = folder / "bot #1.db"
    writer = opened(database)
    async with Archive(database, quick(folder / "archive")) as archive:
        assert len(str(archive._places.socket)) > 107
        add(writer, 3)
        await archive.sync()
        await archive.restore(tmp_path / "restored.db")
    writer.close()
    assert count(tmp_path / "restored.db") == 3
    assert not list(folder.glob("$HOME*"))


async def test_private_files(tmp_path: Path) -> None:
    """Configuration, socket, locks and archive can be read by their owner only."""
    database = tmp_path / "home" / "bot.db"
    writer = opened(database)
    database.chmod(0o600)
    async with Archive(database, quick(tmp_path / "archive")) as archive:
        add(writer, 1)
        await archive.sync()
        places = archive._places
        for path in [*places.run.rglob("*"), *(tmp_path / "archive").rglob("*"), places.meta, places.run]:
            mode = stat.S_IMODE(os.lstat(path).st_mode)
            assert mode & 0o077 == 0, (path, oct(mode))
        assert json.loads((places.run / "replicate.json").read_text())["dbs"][0]["path"] == str(database)
    writer.close()


async def test_missing_program_loses_only_the_archive(tmp_path: Path) -> None:
    """Without the program starting does nothing, and the words say what is lost."""
    settings = ArchiveSettings(folder=tmp_path / "archive", binary=str(tmp_path / "nowhere" / "litestream"))
    async with Archive(tmp_path / "bot.db", settings) as archive:
        assert not archive.available
        assert not archive.checkpoints
        assert "was not found" in archive.status().words
        assert "since the last copy is lost" in archive.status().words
        for asked in (archive.sync, archive.snapshot, archive.moments):
            with pytest.raises(ArchiveUnavailable):
                await asked()
        with pytest.raises(ArchiveUnavailable):
            await archive.restore(tmp_path / "restored.db")
    assert list(tmp_path.iterdir()) == []


async def test_database_that_comes_later(tmp_path: Path) -> None:
    """An archive started before the file exists takes it up when it appears, and tells nobody of a fault."""
    database = tmp_path / "home" / "bot.db"
    database.parent.mkdir()
    told: list[str] = []
    archive = Archive(
        database, quick(tmp_path / "archive", lag_alert=30), on_alert=lambda kind, _: told.append(kind)
    )
    async with archive:
        writer = opened(database)
        add(writer, 7)
        await archive.sync()
        await archive.restore(tmp_path / "restored.db")
        writer.close()
    assert count(tmp_path / "restored.db") == 7
    assert told == []


async def test_faults_end_neither_clock_nor_watch(
    tmp_path: Path, tuning: Tuning, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in a look at the lag, or in a copy by the clock, is told; the next ones are made."""
    tuning(WATCH_SECONDS.at(0.05))
    database = tmp_path / "home" / "bot.db"
    told: list[str] = []
    writer = opened(database)
    archive = Archive(database, quick(tmp_path / "archive"), on_alert=lambda kind, _: told.append(kind))
    async with archive:
        await first_copy(archive)
        look, copy = program_of(archive).look, snapshots(archive)._copy
        faults = {"look": 2, "copy": 1}
        worked: list[str] = []

        async def looked() -> None:
            if faults["look"]:
                faults["look"] -= 1
                raise KeyError("status")
            await look()
            worked.append("look")

        async def copied() -> None:
            if faults["copy"]:
                faults["copy"] -= 1
                raise ZeroDivisionError
            await copy()
            worked.append("copy")

        monkeypatch.setattr(program_of(archive), "look", looked)
        monkeypatch.setattr(snapshots(archive), "_copy", copied)
        snapshots(archive).settings = archive.settings.model_copy(update={"snapshot_minutes": 1 / 60})
        snapshots(archive)._pause.cut()
        async with asyncio.timeout(60):
            while not {"look", "copy"} <= set(worked):
                await asyncio.sleep(0.05)
    writer.close()
    assert faults == {"look": 0, "copy": 0}
    assert told.count("archive_snapshot_failed") == 1

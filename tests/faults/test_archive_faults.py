"""The archive when processes are killed: nothing archived is lost, nothing is left running."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from modelus_bot.database.archive.archive import Archive
from tests.daily_size import FULL
from tests.database.archive.writing import add, count, needs_program, opened, pid_alive, quick, rows
from tests.faults.sites.program import Program
from tests.inside import program as program_of
from tests.waiting import blocking_scene_of, eventually, scene_of

pytestmark = [needs_program, pytest.mark.fault]

KILLS = 40 if FULL else 3


def started(database: Path, folder: Path, first: int) -> tuple[Program, int]:
    """Start the writing process; returns it and the process number of its archiving program."""
    program = Program("archived_writer", database, folder, first)
    word, archiving = program.line().split()
    assert word == "ready"
    return program, int(archiving)


def killed(program: Program) -> int:
    """Kill it and return the highest id it said is archived."""
    complete = program.kill()
    return max(map(int, complete), default=0)


def gone(pid: int, *, seconds: float = 3.0) -> bool:
    """Wait until a process is gone."""
    deadline = time.monotonic() + seconds
    while pid_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not pid_alive(pid)


def test_program_dies_with_a_killed_parent(tmp_path: Path) -> None:
    """After kill -9 of the bot the program is gone within moments, and the next bot starts at once."""
    database, folder = tmp_path / "home" / "bot.db", tmp_path / "archive"
    process, program = started(database, folder, 1)
    blocking_scene_of(2.5)
    assert pid_alive(program)
    killed(process)
    began = time.monotonic()
    assert gone(program, seconds=0.3)  # a quiet one would write nothing for seconds, and so not notice
    print(f"program gone after {time.monotonic() - began:.3f} s")
    process, program = started(database, folder, 1_000_000)
    assert pid_alive(program)
    killed(process)
    assert gone(program)


async def test_program_is_started_again_when_killed(tmp_path: Path) -> None:
    """Kill -9 of the program: it is back within seconds, and rows written meanwhile are archived."""
    database = tmp_path / "home" / "bot.db"
    writer = opened(database)
    async with Archive(database, quick(tmp_path / "archive")) as archive:
        for _ in range(3):
            before = program_of(archive).supervisor.pid
            assert before is not None
            os.kill(before, signal.SIGKILL)
            add(writer, 10)
            await archive.sync(seconds=20)
            assert program_of(archive).supervisor.pid not in {before, None}
        assert archive.status().restarts == 3
        await archive.restore(tmp_path / "restored.db")
    writer.close()
    assert count(tmp_path / "restored.db") == 30


async def test_stop_while_the_program_is_between_two_lives(tmp_path: Path) -> None:
    """Stopping at any moment around a restart, or a full copy, leaves no process behind."""
    database = tmp_path / "home" / "bot.db"
    writer = opened(database)
    for pause in (0.0, 0.02, 0.1, 0.3):
        archive = Archive(database, quick(tmp_path / "archive"))
        await archive.start()
        program = program_of(archive).supervisor.pid
        assert program is not None
        add(writer, 1)
        copying = asyncio.create_task(archive.snapshot())
        await scene_of(pause)
        with contextlib.suppress(ProcessLookupError):
            os.kill(program, signal.SIGKILL)
        await archive.stop()
        await asyncio.gather(copying, return_exceptions=True)
        assert program_of(archive).supervisor.pid is None
        await eventually(lambda: not mentioning(str(database)), within=5.0)
    writer.close()


async def test_half_written_copies_are_removed(tmp_path: Path) -> None:
    """The program killed at any moment of a full copy: the rest is restorable, and no remains pile up."""
    database = tmp_path / "home" / "bot.db"
    writer = opened(database)
    writer.execute("INSERT INTO notes(text) VALUES (randomblob(30000000))")
    archive = Archive(database, quick(tmp_path / "archive"))
    await archive.start()
    await archive.sync()
    remains = 0
    for pause in (0.2, 0.3, 0.4, 0.6):
        add(writer, 1)
        copying = asyncio.create_task(archive.snapshot())
        await scene_of(pause)
        await archive.stop()
        await asyncio.gather(copying, return_exceptions=True)
        remains += len(list((tmp_path / "archive").rglob("*.tmp")))
        await archive.start()
        assert not list((tmp_path / "archive").rglob("9/*.tmp"))
    await archive.sync()
    await archive.stop()
    await archive.restore(tmp_path / "restored.db")
    writer.close()
    assert count(tmp_path / "restored.db") == 5
    print(f"{remains} half-written files removed")


def mentioning(text: str) -> list[str]:
    """Command lines of running programs that work on the archive of a database."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if Path(text).name in line and str(Path(text).parent) in line and "litestream" in line:
            found.append(line)
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_random_kills_lose_nothing_archived(tmp_path: Path) -> None:
    """Bot and program killed at random under a writer: every row that sync vouched for is restored."""
    database, folder = tmp_path / "home" / "bot.db", tmp_path / "archive"
    dice = random.Random(7)
    archived: list[int] = []
    for turn in range(KILLS):
        process, program = await asyncio.to_thread(started, database, folder, 1 + turn * 1_000_000)
        await scene_of(dice.uniform(0.0, 1.2))
        if dice.random() < 0.5:
            os.kill(program, signal.SIGKILL)
            await scene_of(dice.uniform(0.0, 1.5))
        archived.append(await asyncio.to_thread(killed, process))
        assert await asyncio.to_thread(gone, program)
    shutil.rmtree(database.parent)
    await Archive(database, quick(folder)).restore(tmp_path / "restored.db")
    restored = {number for number, _ in rows(tmp_path / "restored.db")}
    assert count(tmp_path / "restored.db") > 0
    vouched = 0
    for turn, last in enumerate(archived):
        expected = set(range(1 + turn * 1_000_000, last + 1))
        assert expected <= restored, (turn, len(expected - restored))
        vouched += len(expected)
    assert vouched > KILLS * 5
    print(f"{KILLS} kills, {vouched} rows vouched for, 0 lost")

"""When the program is asked, what the main file looks like meanwhile, and what is known of the archive."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.database.archive.checkpoint_trigger import OLD
from modelus_bot.database.archive.failures import ArchiveUnavailable
from modelus_bot.database.archive.incidents import Lag
from modelus_bot.database.archive.ipc_client import Copied
from modelus_bot.database.archive.sync_loop import CHECKPOINT_PAUSE, Copying
from modelus_bot.database.core.errors import FileTouched
from modelus_bot.database.engine.fingerprint import OpenFiles, identity_of, written_at
from tests.waiting import blocking_scene_of, scene_of

PACE = 0.01
HOUR = 3600 * 1_000_000_000


@dataclass
class Program:
    """Stands at the other end of the socket, and does what the real one does to the files, or fails."""

    database: Path
    copied: Copied = field(default_factory=lambda: Copied(1, 1))
    fails: bool = False
    checkpoints: bool = True
    ages: list[int] = field(default_factory=list)
    """How old, in nanoseconds, the main file looked at each request."""

    async def sync(self, _seconds: float, *, wait: bool) -> Copied:
        """Answer one request; ``wait`` changes nothing here."""
        assert isinstance(wait, bool)
        age = time.time_ns() - written_at(self.database)
        self.ages.append(age)
        await asyncio.sleep(0)
        if age > OLD and self.checkpoints:
            self.database.write_bytes(b"moved")
        if self.fails:
            raise ArchiveUnavailable("no answer")
        return self.copied


@dataclass
class Policy:
    """Wants a checkpoint when told to, and lets the files be written to meanwhile."""

    files: OpenFiles
    wanted: bool = False

    def due(self) -> bool:
        """Say whether one is wanted."""
        return self.wanted

    def being_written(self) -> AbstractContextManager[None]:
        """Let the main file be written to."""
        return self.files.being_written()


@dataclass
class Stage:
    """A database with a log, the program, and who talks to it."""

    database: Path
    program: Program
    files: OpenFiles
    copying: Copying
    lag: Lag
    policy: Policy

    def commit(self) -> None:
        """Write something to the log, long enough ago that its time of change says all."""
        wal = self.database.with_name(self.database.name + "-wal")
        with wal.open("ab") as file:
            file.write(b"frame")
        before = time.time_ns() - 1_000_000_000 + len(wal.read_bytes())
        os.utime(wal, ns=(before, before))

    def write(self, content: bytes) -> None:
        """Write to the main file, not within the same tick of the kernel's clock as what was before."""
        blocking_scene_of(0.02)
        self.database.write_bytes(content)

    def check(self) -> None:
        """Look at the files as each read does; raises ``FileTouched``."""
        names = tuple(self.database.with_name(self.database.name + item) for item in ("", "-wal", "-shm"))
        self.files.check(identity_of(names))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Return a database that nobody wrote to since it is watched."""
    database = tmp_path / "bot.db"
    database.write_bytes(b"page")
    program, files, lag = Program(database), OpenFiles(database), Lag(30.0, time.time)
    control: Any = program
    policy = Policy(files)
    copying = Copying(control, database, lag, lambda: None, time.time, policy)
    stage = Stage(database, program, files, copying, lag, policy)
    stage.commit()
    files.expect_untouched()
    return stage


async def test_nothing_new_is_no_request(stage: Stage) -> None:
    """What was copied and is archived is not asked for again, and still counts as archived up to now."""
    for _ in range(5):
        await stage.copying.again(0.0)
    assert len(stage.program.ages) == 1
    assert stage.lag.newest is not None
    assert time.time() - stage.lag.newest < 1
    stage.commit()
    await stage.copying.again(0.0)
    assert len(stage.program.ages) == 2


async def test_what_is_not_in_the_archive_yet_is_not_counted(stage: Stage) -> None:
    """Taken over is not archived; the moment counts when the program says that its transaction arrived."""
    stage.program.copied = Copied(5, 4)
    asked = time.time()
    await stage.copying.again(0.0)
    assert stage.lag.newest is None
    stage.program.copied = Copied(9, 5)
    stage.commit()
    await scene_of(0.05)
    await stage.copying.again(0.0)
    assert stage.lag.newest is not None
    assert asked <= stage.lag.newest < asked + 0.05


async def test_it_copies_no_more_often_than_asked(stage: Stage) -> None:
    """New changes wait for the pace."""
    await stage.copying.again(60.0)
    stage.commit()
    await stage.copying.again(60.0)
    assert len(stage.program.ages) == 1
    await stage.copying.again(0.0)
    assert len(stage.program.ages) == 2


async def test_the_file_looks_old_for_a_checkpoint_only(stage: Stage) -> None:
    """A wanted checkpoint is provoked once, also when nothing is committed, and is no stranger's write."""
    await stage.copying.again(0.0)
    stage.check()
    stage.policy.wanted = True
    for _ in range(3):
        await stage.copying.again(0.0)
        stage.check()
    assert [age > OLD for age in stage.program.ages] == [False, True]
    assert stage.database.read_bytes() == b"moved"
    stage.commit()
    await stage.copying.again(0.0)
    assert not stage.program.ages[-1] > OLD, f"not again within {CHECKPOINT_PAUSE} s"
    assert await _everything(stage) < HOUR, "whoever waits for the archive keeps nobody's window open"


async def _everything(stage: Stage) -> int:
    stage.policy.wanted = True
    stage.copying._checkpoint_at = float("-inf")
    await stage.copying.everything(5.0)
    return stage.program.ages[-1]


@pytest.mark.parametrize("checkpoints", [True, False])
async def test_a_request_that_fails_leaves_the_file_as_it_was(stage: Stage, checkpoints: bool) -> None:
    """The time of change is put right; writes are allowed until the program has answered or ended."""
    await stage.copying.again(0.0)
    before = written_at(stage.database)
    stage.policy.wanted, stage.program.fails, stage.program.checkpoints = True, True, checkpoints
    with pytest.raises(ArchiveUnavailable):
        await stage.copying.again(0.0)
    assert (written_at(stage.database) == before) is not checkpoints
    stage.write(b"late")
    stage.check()
    stage.copying.wrote()
    stage.check()
    stage.write(b"too late")
    with pytest.raises(FileTouched):
        stage.check()


async def test_a_program_that_ends_during_a_request_is_no_false_alarm(stage: Stage) -> None:
    """Its end is noticed while the file looks old: that age is not taken for a write."""
    await stage.copying.again(0.0)
    stage.policy.wanted, stage.program.checkpoints = True, False
    stage.program.sync = _ended(stage, stage.program.sync)  # type: ignore[method-assign]
    await stage.copying.again(0.0)
    stage.check()


def _ended(stage: Stage, sync: Callable[..., Any]) -> Callable[..., Any]:
    async def noticed(seconds: float, *, wait: bool) -> Copied:
        stage.copying.wrote()
        answer: Copied = await sync(seconds, wait=wait)
        return answer

    return noticed


def test_a_strangers_write_is_not_forgotten_for_a_checkpoint(stage: Stage) -> None:
    """It is noticed by the read after the checkpoint, too, until somebody has looked."""
    stage.write(b"stranger")
    with stage.files.being_written(), pytest.raises(FileTouched):
        stage.check()
    with pytest.raises(FileTouched):
        stage.check()
    stage.files.expect_untouched()
    stage.check()


def test_checkpoints_may_overlap(stage: Stage) -> None:
    """The file may be written to until the last of those who may has ended."""
    with stage.files.being_written():
        with stage.files.being_written():
            stage.write(b"one")
        stage.write(b"two")
        stage.check()
    stage.check()
    stage.write(b"three")
    with pytest.raises(FileTouched):
        stage.check()

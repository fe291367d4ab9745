"""Every change of the main file that is not a committed frame is found, and no other is blamed."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from modelus_bot.database.pagehashes import PageSums
from modelus_bot.database.pagehashes.comparing import encode_sums, read_sums

FULL = bool(os.environ.get("MODELUS_TEST_FULL"))
PAGE = 4096


class Writer:
    """A plain connection in WAL mode whose checkpoints are called for."""

    def __init__(self, path: Path) -> None:
        """Open the file."""
        self.raw = sqlite3.connect(path, isolation_level=None)
        self.raw.execute("PRAGMA journal_mode=WAL")
        self.raw.execute("PRAGMA wal_autocheckpoint=0")
        self.raw.execute("CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, text TEXT)")

    def insert(self, rows: int, seed: int = 0) -> None:
        """Write some rows in one transaction."""
        pick = random.Random(seed)
        self.raw.execute("BEGIN")
        self.raw.executemany(
            "INSERT INTO t(text) VALUES(?)",
            [(f"{pick.random()}" * pick.randint(1, 40),) for _ in range(rows)],
        )
        self.raw.execute("COMMIT")

    def checkpoint(self, sums: PageSums) -> None:
        """Do what the bot does."""
        sums.settle()
        self.raw.execute("PRAGMA wal_checkpoint(PASSIVE)")


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    """Return a writer on a new file."""
    writer = Writer(tmp_path / "modelus.db")
    yield writer
    writer.raw.close()


async def filled(path: Path) -> PageSums:
    """Return the sums of a closed file with a few hundred pages."""
    writer = Writer(path)
    writer.insert(600, seed=1)
    writer.raw.execute("DELETE FROM t WHERE id % 7 = 0")
    writer.raw.close()
    sums = PageSums(path)
    await sums.adopt_closed()
    assert (await sums.check(closed=True)).unexplained == ()
    return sums


async def test_every_damaged_block_is_found(tmp_path: Path) -> None:
    """256 bytes anywhere, in turn: SQLite does not see most of them inside values, the sums see all."""
    path = tmp_path / "modelus.db"
    sums = await filled(path)
    size = path.stat().st_size
    blocks = range(0, size, 256) if FULL else random.Random(3).sample(range(0, size, 256), 60)
    with path.open("r+b", buffering=0) as file:
        for offset in blocks:
            before = os.pread(file.fileno(), 256, offset)
            os.pwrite(file.fileno(), bytes(byte ^ 0x5A for byte in before), offset)
            assert (await sums.check(closed=True)).unexplained == (offset // PAGE + 1,)
            os.pwrite(file.fileno(), before, offset)
    assert (await sums.check(closed=True)).unexplained == ()


async def test_swapped_zeroed_and_missing_pages_are_found(tmp_path: Path) -> None:
    """Damage that keeps every page well formed is found as well."""
    path = tmp_path / "modelus.db"
    sums = await filled(path)
    content = path.read_bytes()
    pages = [content[at : at + PAGE] for at in range(0, len(content), PAGE)]
    swapped = [*pages]
    swapped[3], swapped[5] = swapped[5], swapped[3]
    path.write_bytes(b"".join(swapped))
    assert (await sums.check(closed=True)).unexplained == (4, 6)
    path.write_bytes(b"".join([*pages[:9], bytes(PAGE), *pages[10:]]))
    assert (await sums.check(closed=True)).unexplained == (10,)
    path.write_bytes(content[:-PAGE])
    assert (await sums.check(closed=True)).unexplained == (len(pages),)
    path.write_bytes(content + os.urandom(PAGE))
    assert (await sums.check(closed=True)).unexplained == (len(pages) + 1,)
    path.write_bytes(content)
    assert (await sums.check(closed=True)).unexplained == ()


async def test_checkpoints_of_ours_are_explained(tmp_path: Path, writer: Writer) -> None:
    """Rows come, go and are checkpointed; no page is ever blamed, from a child beside open connections."""
    sums = PageSums(tmp_path / "modelus.db")
    writer.checkpoint(sums)
    await sums.adopt()
    for turn in range(8):
        writer.insert(50, seed=turn)
        writer.checkpoint(sums)
        writer.insert(10, seed=turn)
        writer.raw.execute("DELETE FROM t WHERE id % 5 = ?", (turn % 5,))
        report = await sums.check()
        assert report.known
        assert report.unexplained == report.unseen == ()


async def test_what_others_wrote_is_unseen_not_damage(tmp_path: Path) -> None:
    """A program that wrote while the bot was away leaves changes that only a close look can judge."""
    path = tmp_path / "modelus.db"
    writer = Writer(path)
    writer.insert(100)
    sums = PageSums(path)
    await sums.adopt()
    writer.insert(1)
    await sums.follow()
    stranger = Writer(path)
    stranger.insert(30, seed=9)
    stranger.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    stranger.insert(30, seed=10)
    report = await sums.check()
    assert report.unexplained == ()
    assert report.unseen
    await sums.adopt()
    assert (await sums.check()).unseen == ()
    stranger.raw.close()
    writer.raw.close()


def test_a_damaged_sums_file_counts_as_none(tmp_path: Path) -> None:
    """Sums that cannot be trusted are never compared with."""
    path = tmp_path / "sums"
    assert read_sums(path) is None
    whole = encode_sums(PAGE, os.urandom(80))
    path.write_bytes(whole)
    assert read_sums(path) is not None
    for position in range(len(whole)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert read_sums(path) is None


class SumsMachine(RuleBasedStateMachine):
    """Writes, checkpoints, restarts and kills in any order: never a false alarm, every damage found."""

    def __init__(self) -> None:
        """Begin with a small file that is known."""
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "modelus.db"
        self.loop = asyncio.Runner()
        self.writer: Writer | None = Writer(self.path)
        self.sums = PageSums(self.path)
        self.seed = 0
        self.writer.insert(20)
        self.writer.checkpoint(self.sums)
        self.loop.run(self.sums.adopt())

    @rule(rows=st.integers(1, 30))
    def write(self, rows: int) -> None:
        """Commit rows."""
        self.seed += 1
        if self.writer is not None:
            self.writer.insert(rows, self.seed)

    @rule(divisor=st.integers(2, 9))
    def delete(self, divisor: int) -> None:
        """Commit deletions."""
        if self.writer is not None:
            self.writer.raw.execute("DELETE FROM t WHERE id % ? = 0", (divisor,))

    @rule()
    def follow(self) -> None:
        """Look at the log, as every half second."""
        self.loop.run(self.sums.follow())

    @rule()
    def checkpoint(self) -> None:
        """Checkpoint as the bot does."""
        if self.writer is not None:
            self.writer.checkpoint(self.sums)

    @rule()
    def close_and_open(self) -> None:
        """Stop in order and start again."""
        if self.writer is not None:
            self.sums.settle()
            self.writer.raw.close()
            self.loop.run(self.sums.after_close())
        self.sums = PageSums(self.path)
        assert self.loop.run(self.sums.check(closed=True)).unexplained == ()
        self.writer = Writer(self.path)

    @rule(settled=st.booleans())
    def kill_and_open(self, settled: bool) -> None:
        """Lose the process: what is on the disk is all that is left."""
        if settled and self.writer is not None:
            self.writer.checkpoint(self.sums)
        saved = {
            part: part.read_bytes()
            for part in Path(self.folder.name).iterdir()
            if part.is_file() and not part.name.endswith("-shm")
        }
        if self.writer is not None:
            self.writer.raw.close()
        for part in Path(self.folder.name).iterdir():
            part.unlink()
        for part, content in saved.items():
            part.write_bytes(content)
        self.sums = PageSums(self.path)
        report = self.loop.run(self.sums.check(closed=True))
        assert report.unexplained == report.unseen == ()
        self.writer = Writer(self.path)

    @rule(where=st.floats(0, 0.999))
    def damage_and_mend(self, where: float) -> None:
        """Overwrite 64 bytes: found; put back: forgotten."""
        if self.writer is not None:
            self.sums.settle()
            self.writer.raw.close()
            self.loop.run(self.sums.after_close())
        content = self.path.read_bytes()
        offset = int(where * (len(content) - 64))
        before = content[offset : offset + 64]
        with self.path.open("r+b") as file:
            file.seek(offset)
            file.write(bytes(byte ^ 0xFF for byte in before))
        report = self.loop.run(self.sums.check(closed=True))
        assert offset // PAGE + 1 in report.unexplained
        with self.path.open("r+b") as file:
            file.seek(offset)
            file.write(before)
        self.writer = Writer(self.path)

    @invariant()
    def nothing_is_blamed(self) -> None:
        """The file as it is has no page that nobody wrote."""
        self.loop.run(self.sums.follow())

    def teardown(self) -> None:
        """Close everything."""
        if self.writer is not None:
            self.writer.raw.close()
        self.loop.close()
        self.folder.cleanup()


TestSumsMachine = SumsMachine.TestCase
TestSumsMachine.settings = settings(max_examples=300 if FULL else 100, stateful_step_count=15, deadline=None)

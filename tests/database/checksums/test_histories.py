"""Random histories of writes, checkpoints, kills and damage: every damage is found, nothing else is."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from modelus_bot.database.checksums.page_checksums import PageChecksums
from modelus_bot.database.checksums.report import ChecksumReport
from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.format.page_hash import UNKNOWN
from tests.daily_size import FULL
from tests.database.checksums.filled import fill, opened, overwrite, write_some
from tests.database.checksums.running import run_here
from tests.inside import follower

SEEDS = st.integers(0, 2**32)
PAGE = 4096


class Histories(RuleBasedStateMachine):
    """One database; one connection writes and checkpoints, sometimes with a slow reader beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.root = Path(tempfile.mkdtemp(prefix="page-checksums-"))
        self.place = 0
        self.old: list[sqlite3.Connection] = []
        self.reader: sqlite3.Connection | None = None

    @property
    def database(self) -> Path:
        """The file of the present life."""
        return self.root / str(self.place) / "a.db"

    @initialize(seed=SEEDS)
    def begin(self, seed: int) -> None:
        """Fill a file, trust it and open it."""
        self.database.parent.mkdir()
        connection = opened(self.database)
        fill(connection, 120, seed=seed)
        connection.close()
        self.checksums = PageChecksums(self.database, run=run_here)
        self.loop.run_until_complete(self.checksums.adopt())
        self.open()

    def open(self) -> None:
        """Start to follow, by hand only so that every history can be repeated, then connect."""
        self.loop.run_until_complete(self.checksums.__aenter__())
        follower(self.checksums).stop()
        self.writer = opened(self.database)
        self.writer.execute("PRAGMA cache_size=20")

    def check(self) -> ChecksumReport:
        """Compare the whole file."""
        return self.loop.run_until_complete(self.checksums.check())

    @rule(seed=SEEDS, count=st.integers(1, 12))
    def write(self, seed: int, count: int) -> None:
        """Commit small transactions."""
        dice = random.Random(seed)
        for _ in range(count):
            write_some(self.writer, dice)

    @rule(seed=SEEDS)
    def write_much(self, seed: int) -> None:
        """Commit a transaction that does not fit into the cache."""
        fill(self.writer, 300, seed=seed)

    @rule(seed=SEEDS)
    def roll_back(self, seed: int) -> None:
        """Leave uncommitted frames in the -wal."""
        self.writer.execute("BEGIN IMMEDIATE")
        self.writer.execute("UPDATE notes SET text = text || ?", (random.Random(seed).randbytes(40).hex(),))
        self.writer.execute("ROLLBACK")

    @rule(part=st.integers(2, 5))
    def shrink(self, part: int) -> None:
        """Delete and give the pages back."""
        self.writer.execute("DELETE FROM notes WHERE id % ? > 0", (part,))
        self.writer.execute("DELETE FROM files")
        if self.reader is None:
            self.writer.execute("VACUUM")

    @rule()
    def look(self) -> None:
        """Follow the -wal."""
        follower(self.checksums).poll()

    @rule(mode=st.sampled_from(["PASSIVE", "PASSIVE", "RESTART", "TRUNCATE"]))
    def checkpoint(self, mode: str) -> None:
        """Checkpoint as the bot does."""
        self.checksums.note_commits()
        self.writer.execute("PRAGMA busy_timeout=0")
        self.writer.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()

    @precondition(lambda self: self.reader is None)
    @rule()
    def read(self) -> None:
        """Begin to read and take long: checkpoints stay incomplete."""
        self.reader = opened(self.database)
        self.reader.execute("BEGIN")
        self.reader.execute("SELECT count(*) FROM notes").fetchone()

    @precondition(lambda self: self.reader is not None)
    @rule()
    def stop_reading(self) -> None:
        """Let the reader go."""
        assert self.reader is not None
        self.reader.close()
        self.reader = None

    @rule()
    def compare(self) -> None:
        """Nothing is wrong."""
        report = self.check()
        assert report.unexplained == ()
        assert report.unclear == ()
        assert report.shadowed == ()

    @rule(seed=SEEDS)
    def damage(self, seed: int) -> None:
        """Damage any page of the open file: it is found, and only it; mended, it is no longer."""
        dice = random.Random(seed)
        page = dice.randrange(1, self.database.stat().st_size // PAGE + 1)
        offset = (page - 1) * PAGE + dice.randrange(100, PAGE - 256)
        expected = follower(self.checksums).current()
        assert expected is not None
        if expected.base_of(page) in {UNKNOWN, b""}:
            return
        descriptor = os.open(self.database, os.O_RDONLY)
        before = os.pread(descriptor, 256, offset)
        os.close(descriptor)
        overwrite(self.database, offset, dice.randbytes(256))
        assert self.check().unexplained == (page,)
        overwrite(self.database, offset, before)
        assert self.check().unexplained == ()

    @rule()
    def kill(self) -> None:
        """Go on with what was on the disk at this moment; a new process checks and opens it."""
        was = self.database
        self.abandon()
        self.place += 1
        self.database.parent.mkdir()
        for source in (
            parts_of(was)[0],
            parts_of(was)[1],
            was.with_name("a.db-sums"),
            was.with_name("a.db-sums-log"),
        ):
            if source.exists():
                shutil.copy(source, self.database.parent)
        self.checksums = PageChecksums(self.database, run=run_here)
        report = self.check()
        assert not report.adopted
        assert report.unexplained == ()
        assert report.unclear == ()
        self.open()

    @rule(look=st.booleans())
    def restart(self, look: bool) -> None:
        """Close in order and open again; after it the hashes stand for the file alone."""
        if self.reader is not None:
            self.stop_reading()
        self.checksums.note_commits()
        self.writer.close()
        self.loop.run_until_complete(self.checksums.__aexit__())
        self.checksums = PageChecksums(self.database, run=run_here)
        if look:
            report = self.check()
            assert (report.unexplained, report.unclear, report.explained) == ((), (), 0)
        self.open()

    @rule()
    def adopt(self) -> None:
        """Trust the open file anew."""
        self.loop.run_until_complete(self.checksums.adopt())

    def abandon(self) -> None:
        """Leave everything open as a killed process does, as far as one can inside one process."""
        follower(self.checksums).stop()
        follower(self.checksums)._store.close()
        self.old.append(self.writer)
        if self.reader is not None:
            self.old.append(self.reader)
            self.reader = None

    @invariant()
    def few_files(self) -> None:
        """No more than the two files lie beside the database."""
        names = (
            {path.name for path in self.database.parent.iterdir()} if self.database.parent.is_dir() else set()
        )
        assert names <= {"a.db", "a.db-wal", "a.db-shm", "a.db-sums", "a.db-sums-log"}

    def teardown(self) -> None:
        """Close what is open."""
        if hasattr(self, "sums"):
            self.abandon()
        for connection in self.old:
            connection.close()
        self.loop.close()
        shutil.rmtree(self.root)


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=120 if FULL else 5,
    stateful_step_count=40 if FULL else 25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

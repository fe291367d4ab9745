"""kill -9 while changes are saved for later or replayed: what was acknowledged is applied, once, in order."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.journal.frames import scan
from modelus_bot.database.journal.ledger import Ledger
from tests.database.journal.waiting import taken

ROUNDS = 50 if os.environ.get("MODELUS_TEST_FULL") else 10
"""Each kills twice: once while changes are saved, once while they are replayed."""

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(600)]


class Family:
    """The process whose children are killed."""

    def __init__(self, path: Path) -> None:
        command = [sys.executable, "-m", "tests.faults.journaled", str(path)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=Path(__file__).parents[2],
        )

    def run(self, task: str, first: int = 0, seconds: float = -1.0) -> list[str]:
        """Let a child do a task, kill it so many seconds after it is ready; returns what it said."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{task} {first} {seconds}\n")
        self._process.stdin.flush()
        return list(iter(self._next, "ended"))

    def _next(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process ended by itself"
        return line.strip()

    def close(self) -> None:
        """End the process."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        assert self._process.wait(30) == 0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "data" / "modelus.db"


@pytest.fixture
def family(path: Path) -> Iterator[Family]:
    """The process whose children are killed."""
    process = Family(path)
    yield process
    process.close()


def test_saved_changes_survive_every_kill(path: Path, family: Family) -> None:
    """Whatever was acknowledged waits in the file or was applied; nothing twice, nothing out of order."""
    dice = random.Random(4)
    journal = path.with_name("modelus.deferred.jsonl")
    acknowledged: set[int] = set()
    first, unfinished = 1, 0
    for _ in range(ROUNDS):
        words = family.run("save", first, dice.uniform(0.0, 0.08))
        acknowledged |= {int(word) for word in words if word.isdigit()}
        ledger, strange = Ledger.of(scan(journal.read_bytes()).bodies)
        assert not strange
        waiting = {int(entry.request_id.partition("-")[2]) for entry in ledger.waiting.values()}
        assert acknowledged <= waiting | {int(name) for name in taken_so_far(path)}
        first = max(acknowledged | waiting, default=first) + 1
        unfinished += "done" not in family.run("replay", 0, dice.uniform(0.0, 0.3))
    assert "done" in family.run("replay")

    names = [int(name) for name in taken(path)]
    assert acknowledged <= set(names)
    assert names == sorted(names)
    with closing(sqlite3.connect(path)) as connection:
        told = connection.execute("SELECT count(*) FROM settings WHERE key LIKE 'told:%'").fetchone()[0]
    assert told == len(names)
    assert journal.stat().st_size < 100
    print(f"{ROUNDS} kills while saving, {unfinished} while replaying, {len(names)} changes")


def taken_so_far(path: Path) -> list[str]:
    """Return what was applied, if there is a database already."""
    return taken(path) if path.exists() and path.stat().st_size else []

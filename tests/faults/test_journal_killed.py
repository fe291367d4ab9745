"""kill -9 while changes are saved for later or replayed: what was acknowledged is applied, once, in order."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.core.framing import scan
from modelus_bot.database.offline.journal.state import JournalState
from tests.daily_size import FULL
from tests.database.offline.journal.waiting import taken
from tests.faults.sites.killing import Family

ROUNDS = 50 if FULL else 2
"""Each kills twice: once while changes are saved, once while they are replayed."""

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "data" / "modelus.db"


@pytest.fixture
def family(path: Path) -> Iterator[Family]:
    """The process whose children are killed."""
    process = Family("tests.faults.sites.journaled", path)
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
        state, strange = JournalState.of(scan(journal.read_bytes()).bodies)
        assert not strange
        waiting = {int(entry.request_id.partition("-")[2]) for entry in state.waiting.values()}
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

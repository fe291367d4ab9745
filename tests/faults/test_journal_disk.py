"""A small disk that fills up while changes are saved for later: refused clearly, nothing is half there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings, DegradationSettings
from modelus_bot.database.core.append_file import journal_path
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import JournalUnavailable
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.journal.journal import Journal
from tests.database.offline.journal.waiting import Take, taken
from tests.inside import transactions
from tests.small_disk import small_disk

pytestmark = pytest.mark.fault


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB; skipped where none can be mounted."""
    with small_disk(tmp_path / "disk", "2m") as place:
        yield place


def fill(disk: Path) -> Path:
    """Write a file that takes everything that is left."""
    others = disk / "others"
    with contextlib.suppress(OSError), others.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return others


def opened(path: Path) -> Journal:
    """Return the journal of a database."""
    return Journal(journal_path(path), DegradationSettings())


async def test_a_full_disk_refuses_and_forgets_nothing(disk: Path) -> None:
    """Hundreds at once while the disk fills: each is saved or refused, and a restart agrees."""
    path = disk / "modelus.db"
    async with opened(path) as journal:
        await journal.append(Take(name="first"), Context())
        others = fill(disk)
        saved: set[int] = {1}
        refused = 0
        for batch in range(20):
            writes = [Take(name=f"{batch}-{number}" + "x" * 300) for number in range(20)]
            ends = await asyncio.gather(
                *(journal.append(write, Context()) for write in writes), return_exceptions=True
            )
            saved |= {end for end in ends if isinstance(end, int)}
            assert all(isinstance(end, int | JournalUnavailable) for end in ends)
            refused += sum(isinstance(end, JournalUnavailable) for end in ends)
        assert refused
        assert {entry.number for entry in journal.pending()} == saved
        assert journal.path.stat().st_size == journal.bytes
    async with opened(path) as journal:
        assert journal.damaged == 0
        assert {entry.number for entry in journal.pending()} == saved
        others.unlink()
        last = await journal.append(Take(name="last"), Context())
        assert last > max(saved)
    async with opened(path) as journal:
        assert {entry.number for entry in journal.pending()} == saved | {last}


async def test_a_replay_on_a_full_disk_is_taken_up_later(disk: Path, tmp_path: Path) -> None:
    """The database's disk has space, the journal's has none: applied once, and told when it can be noted."""
    path = tmp_path / "modelus.db"
    async with DatabaseManager(path, DatabaseSettings()) as db, opened(disk / "modelus.db") as journal:
        for number in range(300):
            await journal.append(Take(name=f"{number}"), Context())
        others = fill(disk)
        with pytest.raises(JournalUnavailable):
            await journal.replay(transactions(db).submit)
        others.unlink()
        await journal.replay(transactions(db).submit)
        assert journal.depth == 0
        assert not journal.unfinished
    assert [int(name) for name in taken(path)] == list(range(300))

"""Damage that SQLite does not see, done to every part of a file, and kills that are no damage."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.checksums.page_checksums import PageChecksums
from tests.daily_size import FULL
from tests.database.checksums.filled import fill, opened, overwrite
from tests.database.checksums.running import run_here
from tests.faults.sites.program import Program
from tests.waiting import blocking_scene_of

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(900)]

BLOCK = 256
PAGE = 4096
KILLS = 60 if FULL else 2


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A closed database with pages of every kind."""
    path = tmp_path / "a.db"
    connection = opened(path)
    fill(connection, 1500)
    connection.execute("DELETE FROM notes WHERE id BETWEEN 300 AND 500")
    connection.close()
    return path


async def test_every_block_overwritten_is_found(database: Path) -> None:
    """Each 256-byte block of the file in turn, filled with random bytes: exactly its page is named."""
    await PageChecksums(database, run=run_here).adopt()
    content = database.read_bytes()
    dice = random.Random(7)
    blocks = range(0, len(content), BLOCK)
    missed = []
    for offset in blocks if FULL else dice.sample(blocks, 10):
        overwrite(database, offset, dice.randbytes(BLOCK))
        report = await PageChecksums(database, run=run_here).check()
        overwrite(database, offset, content[offset : offset + BLOCK])
        if report.unexplained != (offset // PAGE + 1,):
            missed.append(offset)
    assert missed == []
    assert database.read_bytes() == content
    print(f"{len(blocks) if FULL else 10} of {len(blocks)} blocks, none missed")


async def test_single_bits_swapped_zeroed_and_older_pages_are_found(database: Path) -> None:
    """Pages with a flipped bit, exchanged pages, blank pages and pages of an earlier state are named."""
    older = database.read_bytes()
    connection = opened(database)
    connection.execute("UPDATE notes SET number = number + 1")
    connection.close()
    await PageChecksums(database, run=run_here).adopt()
    content = database.read_bytes()
    dice = random.Random(8)
    pages = range(2, len(content) // PAGE + 1)
    for _ in range(200 if FULL else 5):
        one, other = dice.sample(pages, 2)
        bit = bytearray(_page(content, one))
        bit[dice.randrange(PAGE)] ^= 1 << dice.randrange(8)
        for wanted, changes in (
            ((one,), {one: bytes(bit)}),
            (tuple(sorted((one, other))), {one: _page(content, other), other: _page(content, one)}),
            ((one,), {one: bytes(PAGE)}),
            ((one,), {one: _page(older, one)}),
        ):
            if all(_page(content, page) == new for page, new in changes.items()):
                continue
            for page, new in changes.items():
                overwrite(database, (page - 1) * PAGE, new)
            report = await PageChecksums(database, run=run_here).check()
            database.write_bytes(content)
            assert report.unexplained == wanted


async def test_kills_at_random_moments_are_no_damage(database: Path) -> None:
    """Killed while it writes, checkpoints and compares: nothing is called damaged, real damage still is."""
    dice = random.Random(9)
    comparisons = 0
    for number in range(KILLS):
        reports = _write_and_kill(database, number, dice.uniform(0.0, 2.0))
        comparisons += len(reports)
        assert [item for item in reports if item[0] or item[1] or item[2]] == []
        checksums = PageChecksums(database)
        report = await checksums.check()
        assert (report.unexplained, report.unclear, report.shadowed) == ((), (), ())
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        page = dice.randrange(2, database.stat().st_size // PAGE)
        before = _page(database.read_bytes(), page)
        overwrite(database, page * PAGE - 500, dice.randbytes(BLOCK))
        report = await PageChecksums(database).check()
        assert report.unexplained == (page,)
        overwrite(database, (page - 1) * PAGE, before)
    print(f"{KILLS} kills, {comparisons} comparisons under load")


def _write_and_kill(database: Path, seed: int, seconds: float) -> list[list[object]]:
    """Start the writer, kill it ``seconds`` after its first comparison, return what it found."""
    program = Program("checksums_writer", database, seed)
    first = program.line()
    blocking_scene_of(seconds)
    return [json.loads(line) for line in (first, *program.kill())]


def _page(content: bytes, number: int) -> bytes:
    return content[(number - 1) * PAGE : number * PAGE]

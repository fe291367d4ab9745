"""Salvage of damaged files of 10,000 rows: how much comes back, and that nothing comes that never was."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from modelus_bot.database.salvage.salvage import salvage
from tests.daily_size import FULL
from tests.database.salvage.filled import fill
from tests.faults.damaged import Original, filled, outcome, told

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(900)]

RANDOM_PAGES = 300 if FULL else 4
BLOCKS = 300 if FULL else 5
SWAPS = 100 if FULL else 2
ONE_PAGE = 0.995
PAGE_ONE = 0.95


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    """About 10,000 rows, a tenth of them changed since, others deleted; freed pages keep their bytes."""
    original = filled(tmp_path_factory.mktemp("original") / "modelus.db", seed=5)
    assert sum(map(len, original.rows.values())) == len(original.places.rows) > 10_000
    return original


def test_a_random_page_overwritten(original: Original, tmp_path: Path) -> None:
    """Random bytes or zeros in the place of one: what stands elsewhere comes back."""
    dice = random.Random(11)
    outcomes = []
    for case in range(RANDOM_PAGES):
        number = dice.randrange(2, original.places.pages + 1)
        content = dice.randbytes(original.size) if case % 3 else bytes(original.size)
        outcomes.append(outcome(original, tmp_path, original.with_pages({number: content}), {number}))
        assert outcomes[-1].share >= ONE_PAGE, number
        assert outcomes[-1].invented == outcomes[-1].old == 0, number
    told("random page", outcomes)


@pytest.mark.parametrize("content", ["zeros", "random", "another page"])
def test_page_one_overwritten(original: Original, tmp_path: Path, content: str) -> None:
    """Header and list of tables are gone; their remaining pages are found."""
    page = {
        "zeros": bytes(original.size),
        "random": random.Random(1).randbytes(original.size),
        "another page": original.page(40),
    }[content]

    found = outcome(original, tmp_path, original.with_pages({1: page}), {1})

    told(f"page 1, {content}", [found])
    assert found.share >= PAGE_ONE
    assert found.invented == found.old == 0


def test_the_whole_list_of_tables_lost(original: Original, tmp_path: Path) -> None:
    """Nothing says which page belongs to which table but the rows on it."""
    lists = {
        number
        for number in range(1, original.places.pages + 1)
        if b"CREATE TABLE" in original.page(number) or b"CREATE INDEX" in original.page(number)
    }

    pages = dict.fromkeys(lists | {1}, bytes(original.size))
    found = outcome(original, tmp_path, original.with_pages(pages), set(pages))

    told("no list of tables", [found])
    assert not found.report.schema_known
    assert found.share >= PAGE_ONE
    assert found.invented == 0


def test_interior_pages_destroyed(original: Original, tmp_path: Path) -> None:
    """Each by itself, then all together, then with page 1."""
    interior = [number for number in original.places.interior if number > 1]
    dice = random.Random(3)
    outcomes = []
    for number in interior if FULL else dice.sample(interior, 2):
        pages = {number: dice.randbytes(original.size)}
        outcomes.append(outcome(original, tmp_path, original.with_pages(pages), {number}))
        assert outcomes[-1].share >= ONE_PAGE, number
        assert outcomes[-1].invented == outcomes[-1].old == 0, number
    told("one interior page", outcomes)

    everything = dict.fromkeys(interior, bytes(original.size))
    found = outcome(original, tmp_path, original.with_pages(everything), set(interior))
    told("all interior pages", [found])
    assert found.share >= ONE_PAGE
    assert found.invented == 0

    found = outcome(
        original, tmp_path, original.with_pages(everything | {1: bytes(original.size)}), {1, *interior}
    )
    told("all interior pages and page 1", [found])
    assert found.share >= PAGE_ONE
    assert found.invented == 0


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.8])
def test_a_file_cut_off(original: Original, tmp_path: Path, kept: float) -> None:
    """What lies before the cut comes back; rows deleted long ago are told apart where that is possible."""
    pages = int(original.places.pages * kept)
    lost = set(range(pages + 1, original.places.pages + 1))

    found = outcome(original, tmp_path, original.data[: pages * original.size + 100], lost)

    told(f"cut off at {kept:.0%}", [found])
    assert found.share >= ONE_PAGE
    assert found.invented == 0
    assert found.old <= 100


def test_blocks_of_256_bytes(original: Original, tmp_path: Path) -> None:
    """A row that lost a part is left out, never taken with what was written over it."""
    dice = random.Random(12)
    outcomes = []
    for case in range(BLOCKS):
        at = dice.randrange(len(original.data) // 256) * 256
        content = dice.randbytes(256) if case % 2 else bytes(256)
        data = original.data[:at] + content + original.data[at + 256 :]
        outcomes.append(outcome(original, tmp_path, data, {at // original.size + 1}))
        assert outcomes[-1].share >= ONE_PAGE, at
        assert outcomes[-1].invented == outcomes[-1].old == 0, at
    told("256 bytes", outcomes)


def test_two_pages_swapped(original: Original, tmp_path: Path) -> None:
    """Each says by its rows what it is."""
    dice = random.Random(13)
    outcomes = []
    for _ in range(SWAPS):
        one, other = dice.sample(range(2, original.places.pages + 1), 2)
        data = original.with_pages({one: original.page(other), other: original.page(one)})
        outcomes.append(outcome(original, tmp_path, data, set()))
        assert outcomes[-1].share >= ONE_PAGE, (one, other)
        assert outcomes[-1].invented == 0, (one, other)
    told("two pages swapped", outcomes)


def test_header_zeroed(original: Original, tmp_path: Path) -> None:
    """Everything is still there."""
    found = outcome(original, tmp_path, bytes(100) + original.data[100:], set())

    assert found.share == 1.0
    assert found.invented == found.old == 0


def test_many_damages_at_once(original: Original, tmp_path: Path) -> None:
    """A fiftieth of all pages overwritten."""
    dice = random.Random(14)
    damaged = set(dice.sample(range(2, original.places.pages + 1), original.places.pages // 50))
    pages = {number: dice.randbytes(original.size) for number in damaged}

    found = outcome(original, tmp_path, original.with_pages(pages), damaged)

    told("every fiftieth page", [found])
    assert found.share >= 0.98
    assert found.invented == 0


@pytest.mark.skipif(not FULL, reason="takes minutes")
def test_a_file_of_200_megabytes(tmp_path: Path) -> None:
    """Within a minute, damaged in its first page."""
    source = tmp_path / "source.db"
    fill(source, seed=6, share=23.0)
    with source.open("r+b") as file:
        file.write(bytes(4096))
    megabytes = source.stat().st_size / 1e6

    started = time.monotonic()
    report = salvage(source, tmp_path / "target.db")
    seconds = time.monotonic() - started

    print(f"{megabytes:.0f} MB, {report.total} rows, {seconds:.1f} s")
    assert megabytes >= 190
    assert report.total > 220_000
    assert seconds <= 60

"""Salvage of damaged files of 10,000 rows: how much comes back, and that nothing comes that never was."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelus_bot.database.salvage.report import SalvageReport
from modelus_bot.database.salvage.salvaging import salvage
from tests.database.salvage.filled import Rows, fill, read_all
from tests.database.salvage.places import Places, find_places

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(900)]

FULL = bool(os.environ.get("MODELUS_TEST_FULL"))
RANDOM_PAGES = 300 if FULL else 20
BLOCKS = 300 if FULL else 16
SWAPS = 100 if FULL else 8
MIXED = 300 if FULL else 15
ONE_PAGE = 0.995
PAGE_ONE = 0.95


@dataclass(frozen=True)
class Original:
    """An undamaged file: its bytes, its rows and where they stand."""

    data: bytes
    rows: Rows
    places: Places

    @property
    def size(self) -> int:
        """Bytes of a page."""
        return self.places.page_size

    def page(self, number: int) -> bytes:
        """One page."""
        return self.data[(number - 1) * self.size : number * self.size]

    def with_pages(self, pages: dict[int, bytes]) -> bytes:
        """The file with some pages replaced."""
        return b"".join(pages.get(number, self.page(number)) for number in range(1, self.places.pages + 1))


@dataclass(frozen=True)
class Outcome:
    """What a salvage gave."""

    report: SalvageReport
    share: float
    invented: int
    old: int


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    """About 10,000 rows, a tenth of them changed since, others deleted; freed pages keep their bytes."""
    path = tmp_path_factory.mktemp("original") / "modelus.db"
    fill(path, seed=5)
    rows = read_all(path)
    places = find_places(path)
    assert sum(map(len, rows.values())) == len(places.rows) > 10_000
    return Original(path.read_bytes(), rows, places)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Original:
    """About 1,400 rows."""
    path = tmp_path_factory.mktemp("small") / "modelus.db"
    fill(path, seed=9, share=0.15)
    return Original(path.read_bytes(), read_all(path), find_places(path))


def outcome(original: Original, tmp_path: Path, data: bytes, damaged: set[int]) -> Outcome:
    """Salvage ``data`` and compare every row with the original.

    ``share`` is the part that came back of the rows that stand on none of the ``damaged`` pages.
    ``invented`` rows were never there, ``old`` ones had been deleted or changed before.
    """
    source, target = tmp_path / "source.db", tmp_path / "target.db"
    for file in tmp_path.glob("target.db*"):
        file.unlink()
    source.write_bytes(data)
    report = salvage(source, target)
    found = read_all(target)
    beside = original.places.beside(damaged)
    saved = sum(found[table].get(key) == original.rows[table][key] for table, key in beside)
    rebuilt = {(one.table, (one.key,)) for one in report.rebuilt}
    others = [
        (table, key)
        for table, rows in found.items()
        for key, row in rows.items()
        if original.rows[table].get(key) != row and (table, key) not in rebuilt
    ]
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchone() is None
    invented = sum(key in original.rows[table] for table, key in others)
    return Outcome(report, saved / max(1, len(beside)), invented, len(others) - invented)


def told(name: str, outcomes: list[Outcome]) -> None:
    """Print what was measured."""
    shares = sorted(one.share for one in outcomes)
    print(f"{name}: {len(shares)} cases, lowest {shares[0]:.4%}, mean {sum(shares) / len(shares):.4%}")


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
    for number in interior if FULL else dice.sample(interior, 6):
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


def test_damage_of_every_kind_mixed(small: Original, tmp_path: Path) -> None:
    """It always ends with a sound database, soon, and what is whole comes back."""
    dice = random.Random(15)
    outcomes = []
    for case in range(MIXED):
        data = bytearray(small.data)
        for _ in range(dice.choice([1, 2, 5, 20])):
            hurt(data, dice)
        started = time.monotonic()
        outcomes.append(outcome(small, tmp_path, bytes(data), set()))
        assert time.monotonic() - started < 20, case
    told("damage of every kind", outcomes)


def hurt(data: bytearray, dice: random.Random) -> None:
    """Damage ``data`` in one of many ways, at a random place."""
    pages = len(data) // 4096
    page, other = (dice.randrange(pages) * 4096 for _ in range(2))
    kind = dice.randrange(7)
    if kind == 0:
        data[page : page + 4096] = dice.randbytes(4096)
    elif kind == 1:
        data[page : page + 4096], data[other : other + 4096] = (
            data[other : other + 4096],
            data[page : page + 4096],
        )
    elif kind == 2:
        data[page : page + 4096] = data[other : other + 4096]
    elif kind == 3:
        data[page : page + 12] = dice.randbytes(12)
    elif kind == 4:
        at = page + dice.randrange(8, 100)
        data[at : at + 2] = dice.randbytes(2)
    elif kind == 5:
        data[:100] = dice.choice([bytes(100), dice.randbytes(100)])
    else:
        at = dice.randrange(len(data))
        data[at] ^= 1 << dice.randrange(8)


def test_a_file_made_to_waste_time(tmp_path: Path) -> None:
    """Pages that lead to themselves and each other, and rows that never end, cost seconds at most."""
    pages = 3000
    chain = [
        (number % 1500 + 2).to_bytes(4, "big") + b"x" * 4092 if number % 1500 else bytes(4096)
        for number in range(1, 1501)
    ]
    cell = b"\x80\xd0\x80\x00\x05" + bytes(500)
    array = b"".join((4096 - 600).to_bytes(2, "big") for _ in range(400))
    endless = (b"\x0d\x00\x00" + (400).to_bytes(2, "big") + b"\x01\x00\x00" + array).ljust(4096 - 600, b"\0")
    endless = (endless + cell).ljust(4096, b"\x02")
    circle = b"\x05\x00\x00\x00\x00\x10\x00\x00" + (1700).to_bytes(4, "big") + bytes(4084)
    data = b"".join([*chain, *[endless, circle] * ((pages - 1500) // 2)])
    source = tmp_path / "source.db"
    source.write_bytes(data)

    started = time.monotonic()
    report = salvage(source, tmp_path / "target.db")

    assert time.monotonic() - started < 30
    assert report.total == 0


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

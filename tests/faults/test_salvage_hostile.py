"""Salvage of files damaged in many ways at once, or made to do harm: it ends, soon, in a sound database."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from modelus_bot.database.salvage.salvage import salvage
from tests.daily_size import FULL
from tests.faults.damaged import Original, filled, outcome, told
from tests.faults.hostile import HOSTILE

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(900)]

MIXED = 300 if FULL else 8


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Original:
    """About 1,400 rows."""
    return filled(tmp_path_factory.mktemp("small") / "modelus.db", seed=9, share=0.15)


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


def test_a_terabyte_of_holes(tmp_path: Path) -> None:
    """What a file takes up on the disk is read, and not what it says that it has."""
    source = tmp_path / "source.db"
    HOSTILE["sparse"](source)
    started = time.process_time()

    report = salvage(source, tmp_path / "target.db")

    assert time.process_time() - started < 5
    assert report.total == 0

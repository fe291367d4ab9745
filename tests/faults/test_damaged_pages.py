"""Random pages of a real file overwritten: what SQLite can see is called damage, the rest is counted.

The full size (``MODELUS_TEST_FULL=1``) damages 500 files instead of 20.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.integrity.check import check_file
from modelus_bot.database.integrity.report import CheckReport
from tests.daily_size import FULL
from tests.database.salvage.filled import Rows, fill, read_all

pytestmark = pytest.mark.fault

CASES = 500 if FULL else 8
PAGE = 4096


def noise(content: bytearray, page: int, dice: random.Random) -> None:
    """Overwrite a page with random bytes."""
    content[page * PAGE : (page + 1) * PAGE] = dice.randbytes(PAGE)


def zeros(content: bytearray, page: int, dice: random.Random) -> None:
    """Overwrite a page with zeros, as after a write that never came."""
    content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)


def another(content: bytearray, page: int, dice: random.Random) -> None:
    """Overwrite a page with another one, as after a write that went astray."""
    other = dice.randrange(1, len(content) // PAGE)
    content[page * PAGE : (page + 1) * PAGE] = content[other * PAGE : (other + 1) * PAGE]


def torn(content: bytearray, page: int, dice: random.Random) -> None:
    """Let the second half of a page be zeros, as after a power cut."""
    content[page * PAGE + PAGE // 2 : (page + 1) * PAGE] = bytes(PAGE // 2)


def flip(content: bytearray, page: int, dice: random.Random) -> None:
    """Turn one bit over."""
    content[page * PAGE + dice.randrange(PAGE)] ^= 1 << dice.randrange(8)


DAMAGES: tuple[Callable[[bytearray, int, random.Random], None], ...] = (noise, zeros, another, torn, flip)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Rows]:
    """Return the bytes and the rows of a sound file."""
    path = tmp_path_factory.mktemp("whole") / "whole.db"
    fill(path, share=0.3)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    assert check_file(path).ok
    return path.read_bytes(), read_all(path)


def seen_by_sqlite(path: Path) -> bool:
    """Say whether SQLite itself finds the structure damaged, by its check or by reading everything."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = bytes
            connection.execute("PRAGMA cell_size_check=ON")
            answers = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (name,) in tables:
                connection.execute(f'SELECT * FROM "{name.decode()}"').fetchall()
    except (sqlite3.Error, UnicodeDecodeError):
        return True
    return any(b" in " not in answer for answer in answers if answer != b"ok")


def same_rows(path: Path, rows: Rows) -> bool:
    """Say whether every row is as it was."""
    try:
        return read_all(path) == rows
    except (sqlite3.Error, UnicodeDecodeError):
        return False


def outcome(path: Path, report: CheckReport, rows: Rows) -> str:
    """Say what became of a damage."""
    if report.damaged:
        return "damaged"
    if not report.ok:
        return "broken rows"
    return "harmless" if same_rows(path, rows) else "unseen"


def test_overwritten_pages(whole: tuple[bytes, Rows], tmp_path: Path) -> None:
    """Nothing that SQLite sees passes, nor does any other page in the place of one; single bits may."""
    content, rows = whole
    path = tmp_path / "damaged.db"
    counts: Counter[tuple[str, str]] = Counter()
    for seed in range(CASES):
        dice = random.Random(seed)
        damage = DAMAGES[seed % len(DAMAGES)]
        changed = bytearray(content)
        damage(changed, dice.randrange(len(changed) // PAGE), dice)
        path.write_bytes(changed)

        report = check_file(path, seconds=10)

        if seen_by_sqlite(path):
            assert report.damaged, (seed, damage.__name__, report.problems)
        counts[damage.__name__, outcome(path, report, rows)] += 1
    for (damage_name, what), count in sorted(counts.items()):
        print(f"{damage_name:8} {what:12} {count}")

    unseen = {name: count for (name, what), count in counts.items() if what == "unseen"}
    assert set(unseen) <= {"flip"}
    assert sum(unseen.values()) <= CASES // len(DAMAGES) // 2

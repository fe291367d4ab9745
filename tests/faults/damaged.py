"""Files to damage, and what a salvage of a damaged one is measured by."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from modelus_bot.database.salvage.report import SalvageReport
from modelus_bot.database.salvage.salvage import salvage
from tests.database.salvage.filled import Rows, fill, read_all
from tests.database.salvage.places import Places, find_places


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


def filled(path: Path, seed: int, share: float = 1.0) -> Original:
    """Fill a file: 10,000 rows for a share of 1, some of them changed since, others deleted."""
    fill(path, seed=seed, share=share)
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
    rebuilt = {(item.table, (item.key,)) for item in report.rebuilt}
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
    shares = sorted(item.share for item in outcomes)
    print(f"{name}: {len(shares)} cases, lowest {shares[0]:.4%}, mean {sum(shares) / len(shares):.4%}")

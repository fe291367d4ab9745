"""What became of each row of the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from modelus_bot.subjects.staff_import.model.rows import ScrumRow
from modelus_bot.subjects.staff_import.model.source import TABLES, Place, TableName

__all__ = ["Fate", "Ready", "Remark", "RowFate", "ScrumReport"]

Fate = Literal["added", "updated", "unchanged", "left_out"]
CHANGES: tuple[Fate, ...] = ("added", "updated")


@dataclass(frozen=True, slots=True)
class RowFate:
    """What a write did with a row; ``notes`` say what is worth knowing, or why it was left out."""

    fate: Fate
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that can be taken in, its place, and what was mended on the way."""

    place: Place
    row: ScrumRow
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """A row that was mended, or left out, and why: what many rows share, a colon, and what is its own."""

    table: TableName
    place: Place
    left_out: bool
    why: str

    @property
    def shared(self) -> str:
        """What other rows may have, too."""
        return self.why.partition(": ")[0]

    @property
    def own(self) -> str:
        """What the reason is about in this row; empty where that is the row alone."""
        return self.why.partition(": ")[2]


@dataclass(slots=True)
class ScrumReport:
    """What an import did: each row is counted once, each one mended or left out has a remark."""

    fates: Counter[tuple[TableName, Fate]] = field(default_factory=Counter)
    remarks: list[Remark] = field(default_factory=list)
    mended: Counter[TableName] = field(default_factory=Counter)

    def left_out(self, rows: Iterable[tuple[TableName, Place, RowFate]]) -> None:
        """Count rows that cannot be taken in."""
        for table, place, fate in rows:
            self._add(table, place, fate)

    def taken_in(self, rows: Sequence[Ready], fates: Sequence[RowFate]) -> None:
        """Count rows that a write had; what was mended of one is said when it is taken in, and not again."""
        for item, found in zip(rows, fates, strict=True):
            notes = (*item.notes, *found.notes) if found.fate in CHANGES else found.notes
            self._add(item.row.table, item.place, RowFate(found.fate, notes))

    def _add(self, table: TableName, place: Place, found: RowFate) -> None:
        self.fates[table, found.fate] += 1
        left = found.fate == "left_out"
        self.mended[table] += bool(found.notes) and found.fate in CHANGES
        self.remarks += [Remark(table, place, left, why) for why in found.notes]

    def count(self, table: TableName, fate: Fate) -> int:
        """Return how many rows of a table had a fate."""
        return self.fates[table, fate]

    def rows(self, table: TableName) -> int:
        """Return how many rows a table has in the files."""
        return sum(count for (name, _), count in self.fates.items() if name == table)

    @property
    def changed(self) -> bool:
        """False when nothing was taken in."""
        return any(self.fates[table, fate] for table in TABLES for fate in CHANGES)

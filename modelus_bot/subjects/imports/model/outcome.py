"""What became of each row of a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

__all__ = ["CHANGES", "Fate", "Left", "Ready", "Remark", "RowFate", "RowReport", "RowsPlace", "TakenRow"]

Fate = Literal["added", "updated", "unchanged", "left_out"]
CHANGES: tuple[Fate, ...] = ("added", "updated")


class RowsPlace(Protocol):
    """Where a row stands in a source; as text, as a sentence names it."""

    @property
    def short(self) -> str:
        """Return it as lists name it."""

    @property
    def cells(self) -> tuple[str | int, ...]:
        """Return its parts, for columns of a report."""


class TakenRow(Protocol):
    """A row after mending: whose table it is, and the source's number of it."""

    @property
    def table(self) -> str:
        """The source's table."""

    @property
    def number(self) -> str:
        """Digits, or whatever else names it there."""

    @property
    def created_at(self) -> int | None:
        """When it was made, as far as that is known."""


RowT_co = TypeVar("RowT_co", bound=TakenRow, covariant=True)


@dataclass(frozen=True, slots=True)
class RowFate:
    """What a write did with a row; ``notes`` say what is worth knowing, or why it was left out."""

    fate: Fate
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ready(Generic[RowT_co]):
    """A row that can be taken in, its place, and what was mended on the way."""

    place: RowsPlace
    row: RowT_co
    notes: tuple[str, ...] = ()


Left = tuple[str, RowsPlace, RowFate]
"""A row of a table that cannot be taken in."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A row that was mended, or left out, and why: what many rows share, a colon, and what is its own."""

    table: str
    place: RowsPlace
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
class RowReport:
    """What an import did: each row is counted once, each one mended or left out has a remark.

    ``tables`` are the source's, in the order in which they are shown.
    """

    tables: tuple[str, ...]
    fates: Counter[tuple[str, Fate]] = field(default_factory=Counter)
    remarks: list[Remark] = field(default_factory=list)
    mended: Counter[str] = field(default_factory=Counter)

    def left_out(self, rows: Iterable[Left]) -> None:
        """Count rows that cannot be taken in."""
        for table, place, fate in rows:
            self._add(table, place, fate)

    def taken_in(self, rows: Sequence[Ready[TakenRow]], fates: Sequence[RowFate]) -> None:
        """Count rows that a write had; what was mended of one is said when it is taken in, and not again."""
        for item, found in zip(rows, fates, strict=True):
            notes = (*item.notes, *found.notes) if found.fate in CHANGES else found.notes
            self._add(item.row.table, item.place, RowFate(found.fate, notes))

    def _add(self, table: str, place: RowsPlace, found: RowFate) -> None:
        self.fates[table, found.fate] += 1
        left = found.fate == "left_out"
        self.mended[table] += bool(found.notes) and found.fate in CHANGES
        self.remarks += [Remark(table, place, left, why) for why in found.notes]

    def count(self, table: str, fate: Fate) -> int:
        """Return how many rows of a table had a fate."""
        return self.fates[table, fate]

    def rows(self, table: str) -> int:
        """Return how many rows a table has in the source."""
        return sum(count for (name, _), count in self.fates.items() if name == table)

    @property
    def changed(self) -> bool:
        """False when nothing was taken in."""
        return any(self.fates[table, fate] for table in self.tables for fate in CHANGES)

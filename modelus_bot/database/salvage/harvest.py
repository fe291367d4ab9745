"""Every row of an image: first what links lead to, then what lies where nothing leads to any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from modelus_bot.database.format.pages import PageKind
from modelus_bot.database.salvage.cells import CellEntry, PageReader, Reading
from modelus_bot.database.salvage.filling import Filler
from modelus_bot.database.salvage.layouts import Layout, Reference, key_of
from modelus_bot.database.salvage.probing import LEAST, Probe
from modelus_bot.database.salvage.ranges import Ranges
from modelus_bot.database.salvage.trees import Slot, Trees

__all__ = ["Harvest"]

SAMPLE_PAGES = 12
SAMPLE_ROWS = 6
_INTERIOR = frozenset({PageKind.TABLE_INTERIOR, PageKind.INDEX_INTERIOR})
_BESIDE = "it stands beside damaged bytes"
_LEFT_OVER = "nothing leads to it and nothing is missing in its place: it may have been deleted"
_COVERED = "nothing leads to it and another page covers its place: it may have been deleted"


@dataclass(frozen=True, slots=True)
class _Stray:
    """A page that nothing leads to, with those below it, some of their rows, and what these may be."""

    top: int
    slots: list[Slot]
    entries: list[CellEntry]
    candidates: tuple[Layout, ...]

    def pages(self, layout: Layout) -> Iterator[tuple[Layout, Slot, int]]:
        """Yield the pages, for a table of the bot's."""
        if layout.own:
            for slot in self.slots:
                yield layout, slot, self.top


@dataclass(slots=True)
class Harvest:
    """Brings all rows of an image into a new database; afterwards its figures can be read.

    ``hurt`` holds the numbers of pages not all of whose cells could be read; ``unassigned`` and
    ``stale`` count pages.
    """

    trees: Trees
    reference: Reference
    roots: dict[str, int]
    filler: Filler
    hurt: set[int] = field(default_factory=set)
    unassigned: int = 0
    stale: int = 0
    unreadable: int = 0
    covered: Ranges = field(default_factory=Ranges)
    hurt_tables: set[str] = field(default_factory=set)

    def run(self) -> Iterator[int]:
        """Read everything; yields the number of pages read so far after each page."""
        count = 0
        slots = self._walk_all()
        self.trees.read_freelist()
        for layout, slot in slots:
            self._read_linked(layout, slot)
            count += 1
            yield count
        for layout, slot, top in self._sorted_strays():
            self._read_stray(layout, slot, top)
            count += 1
            yield count
        self._read_self_evident()

    def _sorted_strays(self) -> Iterator[tuple[Layout, Slot, int]]:
        """Yield the pages that nothing leads to, each with the table its rows belong to.

        Where several tables come into question the others are read first: what is then known decides.
        """
        unclear: list[_Stray] = []
        with Probe(self.reference) as probe:
            for top in self.trees.stray_tops():
                if top not in self.trees.linked:
                    stray = self._sort(probe, top)
                    if len(stray.candidates) == 1:
                        yield from stray.pages(stray.candidates[0])
                    else:
                        unclear.append(stray)
        for stray in unclear:
            chosen = self._decide(stray)
            if chosen is not None:
                yield from stray.pages(chosen)
            elif stray.entries:
                self.unassigned += len(stray.slots)
            else:
                self.stale += len(stray.slots)

    @property
    def damaged(self) -> int:
        """How many pages are missing, malformed, or hold an unreadable cell."""
        return len(self.hurt | self.trees.missing)

    @property
    def incomplete(self) -> tuple[str, ...]:
        """The tables of which rows may be missing."""
        lacking = {
            layout.table for layout in self.reference.layouts if layout.own and self._incomplete(layout)
        }
        return tuple(sorted(lacking | self.hurt_tables))

    def _walk_all(self) -> list[tuple[Layout, Slot]]:
        """Walk every b-tree that has a known root; return the pages of our own tables."""
        slots: list[tuple[Layout, Slot]] = []
        for name, root in self.roots.items():
            layout = self.reference.named(name)
            walked = list(self.trees.walk(root, layout))
            if layout is not None and layout.own:
                slots.extend((layout, slot) for slot in walked)
        return slots

    def _read_linked(self, layout: Layout, slot: Slot) -> None:
        reading = self.trees.reader.read(slot.page, layout, slot.low, slot.high)
        if reading is None or reading.share < LEAST:
            self.hurt.add(slot.page)
            self.hurt_tables.add(layout.table)
            self.trees.turn_out(layout, slot)
        else:
            self._take(layout, slot.page, reading, linked=True)

    def _take(self, layout: Layout, page: int, reading: Reading, *, linked: bool) -> None:
        self.filler.add(layout, reading.entries, linked=linked)
        if layout.verified:
            self.filler.add(layout, reading.doubtful, linked=linked)
        else:
            self.filler.refuse(layout, reading.doubtful, _BESIDE)
        self.unreadable += reading.unreadable
        if not reading.sound:
            self.hurt.add(page)
            self.hurt_tables.add(layout.table)
        if self.trees.kind(page) not in _INTERIOR:
            self.covered.add(layout, *_ends(layout, reading.entries))

    def _sort(self, probe: Probe, top: int) -> _Stray:
        """Return the pages under a stray page with the tables their rows may belong to."""
        if self.trees.kind(top) in _INTERIOR:
            slots = list(self.trees.walk(top, None))
        else:
            self.trees.linked.add(top)
            slots = [Slot(top)]
        entries = self._sample(slots)
        rowids = self.trees.kind(top) in {PageKind.TABLE_LEAF, PageKind.TABLE_INTERIOR}
        return _Stray(top, slots, entries, probe.candidates(entries, rowids=rowids) if entries else ())

    def _sample(self, slots: list[Slot]) -> list[CellEntry]:
        found: list[CellEntry] = []
        for slot in slots[:: max(1, len(slots) // SAMPLE_PAGES)]:
            parsed = self.trees.reader.parsed(slot.page)
            if parsed is not None and parsed[0].kind is not PageKind.TABLE_INTERIOR:
                pairs = self.trees.reader.entries(slot.page, *parsed, SAMPLE_ROWS)
                found.extend(CellEntry(slot.page, cell.rowid, row) for cell, row in pairs)
        return found

    def _decide(self, stray: _Stray) -> Layout | None:
        """Choose among layouts that the rows alone cannot tell apart."""
        by_root = [layout for layout in stray.candidates if layout.root == stray.top]
        if len(by_root) == 1:
            return by_root[0]
        left = self.filler.likeliest(stray.candidates, stray.entries)
        missing = [layout for layout in left if self._wanted(layout, stray.entries)]
        return (missing or left)[0] if len(missing or left) == 1 else None

    def _wanted(self, layout: Layout, entries: Sequence[CellEntry]) -> bool:
        """Say whether a part of this table is missing into which the entries fit."""
        if layout.name not in self.roots:
            return True
        first, last = _ends(layout, entries)
        return any(hole.layout is layout and hole.takes(first, last) for hole in self.trees.holes)

    def _read_stray(self, layout: Layout, slot: Slot, top: int) -> None:
        """Take the rows of a page that nothing leads to, unless they are left over from before."""
        reading = self.trees.reader.read(slot.page, layout, slot.low, slot.high)
        if reading is None or reading.share < LEAST:
            if slot.page == top:
                self.unassigned += 1
            else:
                # Its parent may have been wrong about it: it is looked at again by itself.
                self.trees.linked.discard(slot.page)
            return
        why_not = self._why_not(layout, slot, top, reading)
        if why_not is None:
            self._take(layout, slot.page, reading, linked=False)
        else:
            self.stale += 1
            self.filler.refuse(layout, self.filler.absent(layout, reading.entries), why_not)

    def _why_not(self, layout: Layout, slot: Slot, top: int, reading: Reading) -> str | None:
        """Say why the rows of a stray page are taken for old ones, or None if they are not."""
        if layout.verified:
            return None
        # An interior page that is not free and that nothing leads to was in use: damage parted it.
        in_use = self.trees.free_known and self.trees.kind(top) in _INTERIOR
        if not (in_use or self._wanted(layout, reading.entries)):
            return _LEFT_OVER
        if self.trees.kind(slot.page) in _INTERIOR:
            return None
        return _COVERED if self.covered.overlaps(layout, *_ends(layout, reading.entries)) else None

    def _read_self_evident(self) -> None:
        """Take rows that prove themselves from free and bad pages, too, where their table misses some."""
        everything = PageReader(replace(self.trees.image, bad=frozenset()), lambda _: False)
        for layout in self.reference.layouts:
            if layout.verified and self._incomplete(layout):
                for number in sorted(self.trees.free | self.trees.image.bad):
                    reading = everything.read(number, layout)
                    if reading is not None and reading.entries and reading.share >= LEAST:
                        self.filler.add(layout, reading.entries, linked=False)

    def _incomplete(self, layout: Layout) -> bool:
        return layout.name not in self.roots or any(hole.layout is layout for hole in self.trees.holes)


def _ends(layout: Layout, entries: Sequence[CellEntry]) -> tuple[object, object]:
    """Return the first and the last key of a page's entries; None where there is none."""
    if not entries:
        return None, None
    first, last = entries[0], entries[-1]
    return key_of(layout, first.rowid, first.row), key_of(layout, last.rowid, last.row)

"""Every row of an image: first what links lead to, then what lies where nothing leads to any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from modelus_bot.database.salvage.cells import Entry, Reading
from modelus_bot.database.salvage.filling import Filler
from modelus_bot.database.salvage.layouts import Layout, Reference, key_of
from modelus_bot.database.salvage.pages import PageKind
from modelus_bot.database.salvage.probing import LEAST, Probe, likeliest
from modelus_bot.database.salvage.trees import Slot, Trees

__all__ = ["Harvest"]

SAMPLE_PAGES = 12
SAMPLE_ROWS = 6
_BESIDE = "it stands beside damaged bytes"


@dataclass(slots=True)
class Harvest:
    """Brings all rows of an image into a new database; afterwards its figures can be read."""

    trees: Trees
    reference: Reference
    roots: dict[str, int]
    filler: Filler
    damaged: set[int] = field(default_factory=set)
    unassigned: int = 0
    stale: int = 0
    unreadable: int = 0

    def run(self) -> Iterator[int]:
        """Read everything; yields the number of pages read so far after each page."""
        count = 0
        slots = self._walk_all()
        self.trees.read_freelist()
        for layout, slot in slots:
            self._read_linked(layout, slot)
            count += 1
            yield count
        with Probe(self.reference) as probe:
            for root in self.trees.stray_roots():
                if root not in self.trees.linked:
                    for slot, layout in self._sort(probe, root):
                        self._read_stray(layout, slot)
                        count += 1
                        yield count

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
            self.damaged.add(slot.page)
            self.trees.turn_out(layout, slot)
        else:
            self._take(layout, slot.page, reading, linked=True)

    def _take(self, layout: Layout, page: int, reading: Reading, *, linked: bool) -> None:
        self.filler.add(layout, reading.entries, linked=linked)
        self.filler.refuse(layout, reading.doubtful, _BESIDE)
        self.unreadable += reading.unreadable
        if not reading.sound:
            self.damaged.add(page)

    def _sort(self, probe: Probe, root: int) -> list[tuple[Slot, Layout]]:
        """Return the pages under a stray page, each with the table its rows belong to."""
        if self.trees.kinds[root] in {PageKind.INDEX_INTERIOR, PageKind.TABLE_INTERIOR}:
            slots = list(self.trees.walk(root, None))
        else:
            self.trees.linked.add(root)
            slots = [Slot(root)]
        entries = self._sample(slots)
        if not entries:
            self.stale += len(slots)
            return []
        rowids = self.trees.kinds[root] in {PageKind.TABLE_LEAF, PageKind.TABLE_INTERIOR}
        layouts = self._narrow(probe.candidates(entries, rowids=rowids), root, entries)
        if len(layouts) != 1:
            self.unassigned += len(slots)
            return []
        return [(slot, layouts[0]) for slot in slots] if layouts[0].own else []

    def _narrow(self, candidates: tuple[Layout, ...], root: int, entries: list[Entry]) -> tuple[Layout, ...]:
        """Choose among layouts that the rows alone cannot tell apart."""
        if len(candidates) < 2:
            return candidates
        by_root = tuple(layout for layout in candidates if layout.root == root)
        if len(by_root) == 1:
            return by_root
        missing = tuple(layout for layout in candidates if self._wanted(layout, entries))
        return likeliest(missing or candidates, entries, self.filler.knows)

    def _wanted(self, layout: Layout, entries: list[Entry]) -> bool:
        """Say whether a part of this table is missing into which the entries fit."""
        if layout.name not in self.roots:
            return True
        keys = [key_of(layout, entry.rowid, entry.row) for entry in (entries[0], entries[-1])]
        return any(hole.layout is layout and hole.takes(*keys) for hole in self.trees.holes)

    def _sample(self, slots: list[Slot]) -> list[Entry]:
        found: list[Entry] = []
        for slot in slots[:: max(1, len(slots) // SAMPLE_PAGES)]:
            parsed = self.trees.reader.parsed(slot.page)
            if parsed is not None and parsed[0].kind is not PageKind.TABLE_INTERIOR:
                pairs = self.trees.reader.entries(slot.page, *parsed, SAMPLE_ROWS)
                found.extend(Entry(slot.page, cell.rowid, row) for cell, row in pairs)
        return found

    def _read_stray(self, layout: Layout, slot: Slot) -> None:
        reading = self.trees.reader.read(slot.page, layout, slot.low, slot.high)
        if reading is None or reading.share < LEAST:
            self.unassigned += 1
        elif not reading.entries or not (
            self.trees.free_known or self._wanted(layout, list(reading.entries))
        ):
            self.stale += 1
        else:
            self._take(layout, slot.page, reading, linked=False)

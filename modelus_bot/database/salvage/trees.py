"""Which page belongs to which b-tree: what roots and interior pages still say, and which pages are free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from modelus_bot.database.format.pages import BTreePage, Cell, PageKind, trunk_leaves
from modelus_bot.database.salvage.cells import PageReader
from modelus_bot.database.salvage.image import Image
from modelus_bot.database.salvage.layouts import Layout, LayoutKind, fits, key_of

__all__ = ["Hole", "Slot", "Trees"]

_TABLE = frozenset({PageKind.TABLE_INTERIOR, PageKind.TABLE_LEAF})
_INDEX = frozenset({PageKind.INDEX_INTERIOR, PageKind.INDEX_LEAF})
_LEAVES = frozenset({PageKind.TABLE_LEAF, PageKind.INDEX_LEAF})
_FIRST_BYTES = frozenset(int(kind) for kind in PageKind if kind)


@dataclass(frozen=True, slots=True)
class Slot:
    """A page that a root or an interior page leads to; its keys are above ``low``, not above ``high``."""

    page: int
    low: Any = None
    high: Any = None


@dataclass(frozen=True, slots=True)
class Hole:
    """A part of a b-tree that nothing readable leads to any more."""

    layout: Layout
    low: Any
    high: Any

    def takes(self, first: Any, last: Any) -> bool:
        """Say whether keys from ``first`` to ``last`` belong here; unknown ones may."""
        if first is None or last is None:
            return True
        return (self.low is None or first > self.low) and (self.high is None or last <= self.high)


@dataclass(slots=True)
class Trees:
    """The pages of an image by their role; ``kinds`` holds each page's first byte if it is a b-tree's.

    ``free_known`` says that the freelist could be read to its end, so that every page that is not on
    it is in use. ``missing`` pages were led to and not found. ``problems`` counts links that lead to
    where they should not.
    """

    image: Image
    kinds: bytearray = field(init=False)
    reader: PageReader = field(init=False)
    linked: set[int] = field(default_factory=set)
    free: set[int] = field(default_factory=set)
    free_known: bool = False
    holes: list[Hole] = field(default_factory=list)
    missing: set[int] = field(default_factory=set)
    problems: int = 0

    def __post_init__(self) -> None:
        """Look at every page's first byte."""
        self.kinds = bytearray(self.image.pages + 1)
        for number in range(1, self.image.pages + 1):
            data = self.image.page(number)
            first = data[100 if number == 1 else 0] if data else 0
            self.kinds[number] = first if first in _FIRST_BYTES else 0
        self.reader = PageReader(self.image, lambda number: number in self.linked or number in self.free)

    def kind(self, number: int) -> int:
        """Return the kind of page ``number``, 0 if it is no page of a b-tree."""
        return self.kinds[number] if 1 <= number <= self.image.pages else 0

    def walk(self, root: int, layout: Layout | None) -> Iterator[Slot]:
        """Yield the pages of the b-tree under ``root`` in key order; notes holes and problems.

        ``layout`` is None for a b-tree whose entries are not understood.
        """
        family = _TABLE if self.kind(root) in _TABLE else _INDEX
        if layout is not None:
            family = _TABLE if layout.kind is LayoutKind.ROWID_TABLE else _INDEX
        todo = [Slot(root)]
        while todo:
            slot = todo.pop()
            if slot.page in self.linked or self.kind(slot.page) not in family:
                self.miss(layout, slot)
                continue
            self.linked.add(slot.page)
            yield slot
            if self.kinds[slot.page] in _LEAVES:
                continue
            children = self._children(slot, layout)
            if children is None:
                self.miss(layout, slot)
            else:
                todo.extend(reversed(children))

    def count_misplaced(self, number: int) -> None:
        """Note so many entries that stand where they should not."""
        self.problems += number

    def miss(self, layout: Layout | None, slot: Slot) -> None:
        """Note that what belongs into ``slot`` is not there."""
        self.problems += 1
        self.missing.add(slot.page)
        if layout is not None:
            self.holes.append(Hole(layout, slot.low, slot.high))

    def turn_out(self, layout: Layout, slot: Slot) -> None:
        """Note that the page a link led to holds something else."""
        self.linked.discard(slot.page)
        self.miss(layout, slot)

    def _children(self, slot: Slot, layout: Layout | None) -> list[Slot] | None:
        """Return an interior page's children in order, or None if its word cannot be taken."""
        parsed = self.reader.parsed(slot.page)
        if parsed is None or not parsed[0].sound:
            return None
        page, data = parsed
        children, low = [], slot.low
        for cell in page.cells:
            if cell is None:
                return None
            key = self._separator(slot.page, page, data, cell, layout)
            if key is None:
                children.append(Slot(cell.child, low, slot.high))
                continue
            if (low is not None and key <= low) or (slot.high is not None and key > slot.high):
                return None
            children.append(Slot(cell.child, low, key))
            low = key
        children.append(Slot(page.right, low, slot.high))
        return children

    def _separator(self, number: int, page: BTreePage, data: bytes, cell: Cell, layout: Layout | None) -> Any:
        if page.kind is PageKind.TABLE_INTERIOR:
            return cell.rowid
        if layout is None or layout.keys is None:
            return None
        row = self.reader.record(number, data, cell)
        return key_of(layout, 0, row) if row is not None and fits(layout, row) else None

    def read_freelist(self) -> None:
        """Find the free pages, after all b-trees have been walked: what these use is not free.

        Without a readable header the trunk pages are known by what they look like.
        """
        header = self.image.header
        found: set[int] = set()
        if header is not None:
            number, pages = header.free_trunk, 0
            while number and number not in found:
                trunk = self._trunk(number)
                if trunk is None:
                    break
                found.add(number)
                found.update(trunk[1])
                pages += 1 + len(trunk[1])
                number = trunk[0]
            self.free_known = number == 0 and pages == len(found) == header.free_pages
        if not self.free_known:
            self.problems += header is not None
            for number in range(2, self.image.pages + 1):
                if not self.kinds[number] and number not in self.linked:
                    trunk = self._trunk(number)
                    if trunk is not None and trunk[1]:
                        found.add(number)
                        found.update(trunk[1])
        self.problems += len(found & self.linked)
        self.free = found - self.linked

    def _trunk(self, number: int) -> tuple[int, tuple[int, ...]] | None:
        return trunk_leaves(self.image.page(number), self.image.usable, self.image.pages)

    def strays(self) -> list[int]:
        """Return the pages of b-trees that nothing leads to and that are not free."""
        return [
            number
            for number in range(1, self.image.pages + 1)
            if self.kinds[number] and number not in self.linked and number not in self.free
        ]

    def stray_tops(self) -> list[int]:
        """Return the strays in the order to look at them.

        First come interior pages that no other stray one leads to, then the others; fuller ones first,
        because a page that was freed had lost its rows to its neighbour before.
        """
        strays = self.strays()
        below: set[int] = set()
        upper = []
        for number in strays:
            parsed = None if self.kinds[number] in _LEAVES else self.reader.parsed(number)
            if parsed is not None and parsed[0].sound:
                upper.append(number)
                below.update(cell.child for cell in parsed[0].cells if cell is not None)
                below.add(parsed[0].right)
        tops = {number for number in upper if number not in below}
        return sorted(strays, key=lambda number: (number not in tops, -self._count(number)))

    def _count(self, number: int) -> int:
        """Return how many cells a page says it has."""
        start = 103 if number == 1 else 3
        return int.from_bytes(self.image.page(number)[start : start + 2], "big")

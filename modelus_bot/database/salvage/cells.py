"""Entries of one page: which cells can be believed, and what stands in them."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from modelus_bot.database.format.pages import BTreePage, Cell, PageKind, overflow_link, parse_page
from modelus_bot.database.format.records import Row, decode_record, starts_well
from modelus_bot.database.salvage.image import Image
from modelus_bot.database.salvage.layouts import Layout, fits, key_of

__all__ = ["CellEntry", "PageReader", "Reading", "believable"]

FRUITLESS = 4
"""Overflow pages that may be read for nothing, for each page of the file."""


class CellEntry(NamedTuple):
    """One entry of a table's b-tree: its rowid (0 in a table without rowids) and its stored values."""

    page: int
    rowid: int
    row: Row


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page gives for a layout.

    ``entries`` can be believed; ``doubtful`` ones fit, but their end may be damaged;
    ``unreadable`` counts cells that hold no row of this layout. ``sound`` says that all is well.
    """

    entries: tuple[CellEntry, ...]
    doubtful: tuple[CellEntry, ...]
    unreadable: int
    sound: bool

    @property
    def share(self) -> float:
        """Which part of the cells fits the layout; 1 for an empty page."""
        fitting = len(self.entries) + len(self.doubtful)
        return fitting / (fitting + self.unreadable) if fitting + self.unreadable else 1.0


class PageReader:
    """Reads pages and rows of an image; every overflow page belongs to the first row that claims it."""

    def __init__(self, image: Image, in_use: Callable[[int], bool]) -> None:
        """``in_use`` says of a page that it is part of a b-tree or free, hence no overflow page."""
        self._image = image
        self._in_use = in_use
        self._owners: dict[int, tuple[int, int]] = {}
        self._patience = FRUITLESS * image.pages + 1000

    def parsed(self, number: int) -> tuple[BTreePage, bytes] | None:
        """Return page ``number`` if it is a b-tree page."""
        data = self._image.page(number)
        page = parse_page(data, self._image.usable, first=number == 1)
        return None if page is None else (page, data)

    def record(self, number: int, data: bytes, cell: Cell) -> Row | None:
        """Return the values of a cell of page ``number``, overflow pages included, or None."""
        payload = data[cell.payload : cell.local_end]
        if cell.overflow or cell.local_end - cell.payload < cell.length:
            rest = self._overflow((number, cell.start), cell)
            if rest is None:
                return None
            payload += rest
        return decode_record(payload)

    def entries(self, number: int, page: BTreePage, data: bytes, limit: int) -> list[tuple[Cell, Row]]:
        """Return up to ``limit`` readable entries of a page, spread over it."""
        cells = [cell for cell in page.cells if cell is not None]
        step = max(1, -(-len(cells) // limit))
        found = ((cell, self.record(number, data, cell)) for cell in cells[::step])
        return [(cell, row) for cell, row in found if row is not None]

    def read(self, number: int, layout: Layout, low: Any = None, high: Any = None) -> Reading | None:
        """Read a page as one of ``layout``; None if it is no b-tree page.

        Keys must be above ``low`` and, on a leaf, not above ``high``; None for no limit.
        """
        parsed = self.parsed(number)
        if parsed is None:
            return None
        page, data = parsed
        if page.kind is PageKind.TABLE_INTERIOR:
            return Reading((), (), 0, page.sound)
        rows = [None if cell is None else self.record(number, data, cell) for cell in page.cells]
        good = believable(layout, page.cells, rows, low, high)
        bad = [place for place in range(len(rows)) if place not in good]
        here = [place for place in bad if not (page.sound and _damaged_elsewhere(data, page.cells[place]))]
        touched = frozenset() if page.sound and not here else _before_damage(page, data, here, number == 1)
        entries: list[CellEntry] = []
        doubtful: list[CellEntry] = []
        for place in sorted(good):
            cell, row = page.cells[place], rows[place]
            if cell is not None and row is not None:
                kept = doubtful if cell.start in touched else entries
                kept.append(CellEntry(number, cell.rowid, row))
        return Reading(tuple(entries), tuple(doubtful), len(bad), page.sound and not bad)

    def _overflow(self, owner: tuple[int, int], cell: Cell) -> bytes | None:
        """Return what of a payload stands on overflow pages, or None unless the chain ends as it should."""
        size = self._image.usable - 4
        missing = cell.length - (cell.local_end - cell.payload)
        if -(-missing // size) > min(self._image.pages, self._patience):
            return None
        chain: dict[int, bytes] = {}
        number = cell.overflow
        while missing > 0:
            data = b"" if number in chain else self._link(number, owner)
            if not data:
                self._patience -= len(chain)
                return None
            chain[number] = data[4 : 4 + min(missing, size)]
            missing -= size
            number = overflow_link(data)
        if number:
            self._patience -= len(chain)
            return None
        self._owners.update(dict.fromkeys(chain, owner))
        return b"".join(chain.values())

    def _link(self, number: int, owner: tuple[int, int]) -> bytes:
        """Return an overflow page, or nothing if it is something else or another row's."""
        if self._in_use(number) or self._owners.get(number, owner) != owner:
            return b""
        return self._image.page(number)


def believable(
    layout: Layout, cells: Sequence[Cell | None], rows: Sequence[Row | None], low: Any, high: Any
) -> set[int]:
    """Return the places of the cells that hold a row of ``layout`` with a key where it belongs."""
    good = []
    keys = []
    for place, (cell, row) in enumerate(zip(cells, rows, strict=True)):
        if cell is None or row is None or not fits(layout, row):
            continue
        key = key_of(layout, cell.rowid, row)
        if key is not None and ((low is not None and key <= low) or (high is not None and key > high)):
            continue
        good.append(place)
        keys.append(key)
    if not keys or keys[0] is None:
        return set(good)
    return {good[place] for place in _longest_rise(keys)}


def _longest_rise(keys: Sequence[Any]) -> Iterable[int]:
    """Return the places of the longest strictly rising part of ``keys``: all of them on a good page."""
    if all(before < after for before, after in itertools.pairwise(keys)):
        return range(len(keys))
    tails: list[Any] = []
    ends: list[int] = []
    before: list[int] = []
    for place, key in enumerate(keys):
        at = bisect_left(tails, key)
        before.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(key)
            ends.append(place)
        else:
            tails[at] = key
            ends[at] = place
    rise = []
    place = ends[-1]
    while place >= 0:
        rise.append(place)
        place = before[place]
    return rise


def _damaged_elsewhere(data: bytes, cell: Cell | None) -> bool:
    """Say whether what stands of an unreadable entry on its own page is as it should be."""
    if cell is None or not cell.overflow:
        return False
    return starts_well(data[cell.payload : cell.local_end], cell.length)


def _before_damage(page: BTreePage, data: bytes, bad: Iterable[int], first: bool) -> frozenset[int]:
    """Return where the cells start whose end may have been overwritten together with what follows.

    ``bad`` are the places of unreadable cells. Where bytes in a row are overwritten, every cell that
    has lost its beginning is unreadable; one that has lost its end only may still look like a row.
    """
    array = (100 if first else 0) + (8 if page.leaf else 12)
    cells = sorted(cell for cell in page.cells if cell is not None)
    starts = [cell.start for cell in cells]
    touched = set()
    for place in bad:
        pointer = array + 2 * place
        before = bisect_left(starts, int.from_bytes(data[pointer : pointer + 2], "big"))
        if before:
            touched.add(starts[before - 1])
    if not page.sound:
        # What follows such a cell is free space, whose bookkeeping may be what is broken.
        touched.update(cell.start for cell, after in itertools.pairwise(cells) if cell.end != after.start)
    return frozenset(touched)

"""B-tree pages: header, cells and free space of one page, read from bytes that may be anything.

A page is *sound* when its cells, free blocks and fragments together fill its content area to the
byte: what SQLite itself demands of a page, and what damage of any size rarely leaves true.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from modelus_bot.database.format.records import payload_in_page, read_varint

__all__ = ["BTreePage", "Cell", "PageKind", "overflow_link", "parse_page", "trunk_leaves"]

FILE_HEADER = 100
"""Bytes at the start of page 1 that belong to the file."""
MIN_USABLE = 480
MAX_PAYLOAD = 1_000_000_000
"""Bytes SQLite allows a record at most."""
MAX_FRAGMENTS = 60


class PageKind(IntEnum):
    """The first byte of a b-tree page; NONE for any other page."""

    NONE = 0
    INDEX_INTERIOR = 2
    TABLE_INTERIOR = 5
    INDEX_LEAF = 10
    TABLE_LEAF = 13


_KINDS = {int(kind): kind for kind in PageKind if kind}


class Cell(NamedTuple):
    """One cell: bytes ``start`` to ``end`` of its page.

    ``rowid`` is 0 on index pages, ``child`` 0 on leaf pages. The payload is ``length`` bytes, of which
    those from ``payload`` to ``local_end`` stand here and the others on pages from ``overflow`` on.
    """

    start: int
    end: int
    rowid: int
    child: int
    payload: int
    local_end: int
    length: int
    overflow: int


@dataclass(frozen=True, slots=True)
class BTreePage:
    """A parsed b-tree page; ``cells`` are in key order, and None where a cell cannot be read.

    ``right`` is the last child of an interior page.
    """

    kind: PageKind
    cells: tuple[Cell | None, ...]
    right: int
    sound: bool

    @property
    def leaf(self) -> bool:
        """Whether the page has no children."""
        return self.kind in {PageKind.TABLE_LEAF, PageKind.INDEX_LEAF}


def parse_page(data: bytes, usable: int, *, first: bool = False) -> BTreePage | None:
    """Parse a page, or return None if it is no b-tree page; ``first`` says that it is page 1.

    ``usable`` is the page size without reserved bytes.
    """
    head = FILE_HEADER if first else 0
    if usable < MIN_USABLE or len(data) < usable:
        return None
    kind = _KINDS.get(data[head])
    if kind is None:
        return None
    interior = kind in {PageKind.TABLE_INTERIOR, PageKind.INDEX_INTERIOR}
    array = head + (12 if interior else 8)
    count = int.from_bytes(data[head + 3 : head + 5], "big")
    content = int.from_bytes(data[head + 5 : head + 7], "big") or 65536
    right = int.from_bytes(data[head + 8 : head + 12], "big") if interior else 0
    array_end = array + 2 * count
    if array_end > usable:
        return None
    pointers = [(data[at] << 8) | data[at + 1] for at in range(array, array_end, 2)]
    cells: tuple[Cell | None, ...]
    if kind is PageKind.TABLE_INTERIOR:
        cells = tuple(_parse_child(data, usable, start, array_end) for start in pointers)
    else:
        table = kind is PageKind.TABLE_LEAF
        cells = tuple(_parse_cell(data, usable, start, array_end, table, interior) for start in pointers)
    whole = None not in cells and array_end <= content <= usable
    return BTreePage(kind, cells, right, whole and _fills(data, usable, head, content, cells))


def _parse_cell(
    data: bytes, usable: int, start: int, lowest: int, table: bool, interior: bool
) -> Cell | None:
    """Parse the cell with a payload at ``start``; None if it is not wholly between ``lowest`` and the end."""
    if start < lowest or start > usable - 4:
        return None
    child = int.from_bytes(data[start : start + 4], "big") if interior else 0
    sized = read_varint(data, start + 4 if interior else start)
    if sized is None or sized[0] > MAX_PAYLOAD:
        return None
    length, at = sized
    rowid = 0
    if table:
        numbered = read_varint(data, at)
        if numbered is None:
            return None
        rowid, at = numbered
    local = payload_in_page(length, usable, table_leaf=table)
    local_end = end = at + local
    overflow = 0
    if local < length:
        end += 4
        overflow = int.from_bytes(data[local_end:end], "big")
    if end > usable:
        return None
    return Cell(start, max(end, start + 4), _signed(rowid), child, at, local_end, length, overflow)


def _parse_child(data: bytes, usable: int, start: int, lowest: int) -> Cell | None:
    """Parse the cell of an interior table page at ``start``: a child and the last rowid below it."""
    numbered = read_varint(data, start + 4)
    if start < lowest or numbered is None or numbered[1] > usable:
        return None
    rowid, end = numbered
    child = int.from_bytes(data[start : start + 4], "big")
    return Cell(start, max(end, start + 4), _signed(rowid), child, end, end, 0, 0)


def _signed(rowid: int) -> int:
    return rowid - (1 << 64) if rowid >> 63 else rowid


def _fills(data: bytes, usable: int, head: int, content: int, cells: tuple[Cell | None, ...]) -> bool:
    """Say whether cells, free blocks and fragments fill the content area without overlapping."""
    blocks = [(cell.start, cell.end) for cell in cells if cell is not None]
    free = int.from_bytes(data[head + 1 : head + 3], "big")
    before = content - 1
    while free:
        if free <= before or free > usable - 4:
            return False
        size = int.from_bytes(data[free + 2 : free + 4], "big")
        if size < 4 or free + size > usable:
            return False
        blocks.append((free, free + size))
        before = free
        free = int.from_bytes(data[free : free + 2], "big")
    fragments = data[head + 7]
    blocks.sort()
    at, missing = content, 0
    for start, end in blocks:
        if start < at:
            return False
        missing += start - at
        at = end
    return missing + usable - at == fragments <= MAX_FRAGMENTS


def overflow_link(data: bytes) -> int:
    """Return the number of the overflow page after this one, 0 for the last."""
    return int.from_bytes(data[:4], "big")


def trunk_leaves(data: bytes, usable: int, pages: int) -> tuple[int, tuple[int, ...]] | None:
    """Return the next trunk and the free pages a freelist trunk names, or None if it cannot be one.

    ``pages`` is the number of pages the file has.
    """
    if len(data) < usable:
        return None
    after = int.from_bytes(data[:4], "big")
    count = int.from_bytes(data[4:8], "big")
    if after > pages or after == 1 or count > usable // 4 - 2:
        return None
    leaves = tuple(int.from_bytes(data[at : at + 4], "big") for at in range(8, 8 + 4 * count, 4))
    if any(not 2 <= leaf <= pages for leaf in leaves) or len(set(leaves)) != count:
        return None
    return after, leaves

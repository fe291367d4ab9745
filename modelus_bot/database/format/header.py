"""The first 100 bytes of a database file, and the page size of a file that has lost them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from modelus_bot.database.format.pages import FILE_HEADER, MIN_USABLE, parse_page

__all__ = ["MAGIC", "PAGE_SIZES", "FileHeader", "guess_page_size", "parse_header", "size_named"]

MAGIC = b"SQLite format 3\x00"
PAGE_SIZES = (4096, 512, 1024, 2048, 8192, 16384, 32768, 65536)
"""All sizes a page can have, SQLite's default first."""
SAMPLE = 64
"""How many pages are tried for each size."""


@dataclass(frozen=True, slots=True)
class FileHeader:
    """What the header says; ``pages`` is 0 where it says nothing reliable about the file's length.

    ``changes`` grows whenever the file's length or its free pages change.
    """

    page_size: int
    reserved: int
    pages: int
    free_trunk: int
    free_pages: int
    changes: int

    @property
    def usable(self) -> int:
        """Bytes of a page without its reserved ones."""
        return self.page_size - self.reserved


def parse_header(data: bytes) -> FileHeader | None:
    """Return the header, or None unless every field that SQLite checks has a value it accepts."""
    if len(data) < FILE_HEADER or not data.startswith(MAGIC):
        return None
    size, reserved = size_named(data[16:18]), data[20]
    if size - reserved < MIN_USABLE:
        return None
    if data[18] not in {1, 2} or data[19] not in {1, 2} or data[21:24] != b"\x40\x20\x20":
        return None
    if int.from_bytes(data[44:48], "big") > 4 or int.from_bytes(data[56:60], "big") > 3:
        return None
    pages = int.from_bytes(data[28:32], "big") if data[24:28] == data[92:96] else 0
    trunk, free, changes = (int.from_bytes(data[at : at + 4], "big") for at in (32, 36, 24))
    return FileHeader(size, reserved, pages, trunk, free, changes)


def size_named(field: bytes) -> int:
    """Return the page size that a field of a header gives, 0 where it is none; 1 stands for 65536."""
    size = int.from_bytes(field, "big")
    size = 65536 if size == 1 else size
    return size if size in PAGE_SIZES else 0


def guess_page_size(read: Callable[[int, int], bytes], length: int) -> tuple[int, int]:
    """Return the page size whose pages look most like b-tree pages, and how many of the tried ones do.

    ``read(offset, size)`` returns bytes of the file, which is ``length`` bytes long. A page of the
    right size is full to its last byte; taken for one of another size it is not, or its neighbours
    are not pages. (0, 0) when no size gives any.
    """
    best, most, found = 0, 0.0, 0
    for size in PAGE_SIZES:
        total = length // size
        if not total:
            continue
        step = max(1, total // SAMPLE)
        # A step that is a power of two would keep meeting the same pages under every size.
        step += step % 2 == 0 and step > 1
        tried = range(0, total, step)
        sound = sum(_is_used(read(number * size, size), size, first=number == 0) for number in tried)
        share = sound / len(tried)
        if share > most:
            best, most, found = size, share, sound
    return best, found


def _is_used(data: bytes, size: int, *, first: bool) -> bool:
    page = parse_page(data, size, first=first)
    return page is not None and page.sound and len(page.cells) > 0

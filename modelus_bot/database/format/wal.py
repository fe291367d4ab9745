"""The -wal file: which page versions its committed transactions hold.

SQLite gives up at the first frame whose checksum is wrong and forgets every commit after it. Each
frame's checksum starts from the one stored in the frame before, so later frames can be verified all
the same: only the damaged frame itself is lost, and its page counts as damaged.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

__all__ = ["Read", "Wal", "checksum", "read_wal"]

HEADER = 32
FRAME_HEADER = 24
_MAGIC = 0x377F0682
_LIMIT = 0xFFFFFFFF
_UNKNOWN = (-1, -1)

Read = Callable[[int, int], bytes]
"""``read(offset, size)``: bytes of a file, fewer at its end, none where the disk fails."""


@dataclass(slots=True)
class Wal:
    """Where in the -wal file each page's newest committed version stands.

    ``offsets`` maps page numbers to file offsets, -1 for a page whose newest version is damaged.
    ``pages`` is the database's length in pages after the last commit, 0 when there is no commit;
    ``lost`` counts damaged frames before it.
    """

    page_size: int = 0
    offsets: dict[int, int] = field(default_factory=dict)
    pages: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class _Start:
    """What the header of the file says, or the first frame where the header is damaged."""

    page_size: int
    salts: bytes
    running: tuple[int, int]
    big: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    page: int
    pages_after: int
    offset: int
    intact: bool


def read_wal(read: Read, length: int, page_size: int = 0) -> Wal:
    """Return what a -wal file of ``length`` bytes adds to its database.

    ``page_size`` (bytes, 0 for unknown) is that of the database; a -wal file of another size adds nothing.
    """
    start = _read_header(read(0, HEADER)) or _from_first_frame(read(HEADER, FRAME_HEADER), page_size)
    if start is None or page_size not in {0, start.page_size}:
        return Wal()
    wal = Wal(start.page_size)
    pending: list[_Frame] = []
    for frame in _frames(read, length, start):
        pending.append(frame)
        if frame.pages_after and frame.intact:
            wal.offsets.update((one.page, one.offset if one.intact else -1) for one in pending)
            wal.lost += sum(not one.intact for one in pending)
            wal.pages = frame.pages_after
            pending.clear()
    return wal


def _frames(read: Read, length: int, start: _Start) -> Iterator[_Frame]:
    """Yield every frame of this generation; older ones behind them carry other salts."""
    running = start.running
    whole = FRAME_HEADER + start.page_size
    for at in range(HEADER, length - whole + 1, whole):
        data = read(at, whole)
        if len(data) < whole or data[8:16] != start.salts:
            return
        page, pages_after, *_ = struct.unpack(">II", data[:8])
        stored: tuple[int, int] = struct.unpack(">II", data[16:24])
        found = checksum(data[FRAME_HEADER:], checksum(data[:8], running, big=start.big), big=start.big)
        yield _Frame(page, pages_after, at + FRAME_HEADER, found == stored and page > 0)
        running = stored


def _read_header(header: bytes) -> _Start | None:
    if len(header) < HEADER:
        return None
    magic, _, size, _, _, _, first, second = struct.unpack(">8I", header)
    size = 65536 if size == 1 else size
    big = bool(magic & 1)
    if magic & ~1 != _MAGIC or not _is_page_size(size):
        return None
    running = checksum(header[:24], (0, 0), big=big)
    return _Start(size, header[16:24], running, big) if running == (first, second) else None


def _from_first_frame(frame: bytes, page_size: int) -> _Start | None:
    """Go on without the header: the first frame is then lost, those after it verify."""
    if len(frame) < FRAME_HEADER or not _is_page_size(page_size):
        return None
    return _Start(page_size, frame[8:16], _UNKNOWN, sys.byteorder == "big")


def _is_page_size(size: int) -> bool:
    return 512 <= size <= 65536 and size & (size - 1) == 0


def checksum(data: bytes, running: tuple[int, int], *, big: bool) -> tuple[int, int]:
    """Return SQLite's running checksum after ``data`` (a multiple of 8 bytes long)."""
    first, second = running
    words = array("I", data)
    if big != (sys.byteorder == "big"):
        words.byteswap()
    pairs = iter(words)
    for even, odd in zip(pairs, pairs, strict=True):
        first = (first + even + second) & _LIMIT
        second = (second + odd + first) & _LIMIT
    return first, second

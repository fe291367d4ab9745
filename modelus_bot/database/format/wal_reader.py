"""Reads which page versions were committed to a -wal file since the last look, while it is being written.

A -wal file is written from its start again and again. Each such generation has salts of its own, in
the header and in every frame; the first number of them grows by one from a generation to the next.
What is left of an older generation stands behind the new frames until they reach it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from modelus_bot.database.format.page_hash import page_hash
from modelus_bot.database.format.wal import FRAME_HEADER, HEADER, Read, checksum

__all__ = [
    "Commits",
    "Generation",
    "Position",
    "committed",
    "end_of_wal",
    "extent",
    "generation_of",
    "page_in_wal",
    "still_there",
]

_MAGIC = 0x377F0682
_HEAD = struct.Struct(">8I")
_FRAME = struct.Struct(">II8sII")
_CHUNK_FRAMES = 256

_Head = tuple[int, int, bytes, int, int]
"""Page number, length in pages after a commit or 0, salts, checksum."""


@dataclass(frozen=True, slots=True)
class Generation:
    """What the frames of one generation have in common: salts, page size, byte order of checksums.

    ``first`` says that the connection that began it had never begun one anew before.
    """

    salts: bytes
    page_size: int
    big: bool
    first: bool = field(default=False, compare=False)

    def follows(self, other: Generation) -> bool:
        """Say whether exactly this generation comes after ``other``."""
        mine, its = (int.from_bytes(one.salts[:4], "big") for one in (self, other))
        return mine == (its + 1) & 0xFFFFFFFF

    @property
    def step(self) -> int:
        """Bytes from one frame to the next."""
        return FRAME_HEADER + self.page_size


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where a generation was read: a count of frames and the checksum stored in the last one."""

    generation: Generation
    frames: int
    running: tuple[int, int]

    @property
    def offset(self) -> int:
        """Where in the file the next frame starts."""
        return HEADER + self.frames * self.generation.step


@dataclass(slots=True)
class Commits:
    """What was committed after some position, in order.

    ``pages`` is the database's length in pages after the last commit, ``low`` and ``high`` the least
    and greatest one on the way, all 0 when there was no commit. ``valid`` counts the frames of the
    generation from its start, those of an unfinished transaction included.
    """

    position: Position
    entries: list[tuple[int, bytes]] = field(default_factory=list)
    pages: int = 0
    low: int = 0
    high: int = 0
    valid: int = 0

    def commit(self, position: Position, pages: int) -> None:
        """Note that the transaction ended here."""
        self.position = position
        self.pages = pages
        self.low = min(self.low or pages, pages)
        self.high = max(self.high, pages)


def generation_of(header: bytes) -> Position | None:
    """Return the start of the generation that a file's first 32 bytes announce; None if they are damaged."""
    if len(header) < HEADER:
        return None
    magic, _, size, sequence, *_, first, second = _HEAD.unpack(header[:HEADER])
    size = 65536 if size == 1 else size
    big = bool(magic & 1)
    if magic & ~1 != _MAGIC or not 512 <= size <= 65536 or size & (size - 1):
        return None
    if checksum(header[:24], (0, 0), big=big) != (first, second):
        return None
    return Position(Generation(header[16:24], size, big, sequence == 0), 0, (first, second))


def still_there(read: Read, position: Position) -> bool:
    """Say whether the frame before ``position`` is still the one that was read."""
    if position.frames == 0:
        return True
    head = read(position.offset - position.generation.step, FRAME_HEADER)
    if len(head) < FRAME_HEADER:
        return False
    _, _, salts, first, second = _FRAME.unpack(head)
    return salts == position.generation.salts and (first, second) == position.running


def extent(read: Read, generation: Generation) -> int:
    """Count the frames, from the first one, that carry the generation's salts."""
    count = 0
    while True:
        head = read(HEADER + count * generation.step, FRAME_HEADER)
        if len(head) < FRAME_HEADER or head[8:16] != generation.salts:
            return count
        count += 1


def committed(read: Read, after: Position, *, verify: bool) -> Commits:
    """Return what was committed after a position of the generation that it names.

    With ``verify`` every frame's checksum is computed, as SQLite does when it opens a file that was
    left behind; that takes a tenth of a millisecond a page. Without it only the last commit's is:
    its frame is written last, so that those before it are complete when it is.
    """
    return _verified(read, after) if verify else _settled(read, after)


def page_in_wal(wal: Path, page: int, size: int) -> bytes:
    """Return the first ``size`` bytes of a page's newest committed version, nothing where there is none.

    Raises ``OSError`` when the file is there and cannot be read.
    """
    with _reading(wal) as read:
        start = generation_of(read(0, HEADER))
        if start is None:
            return b""
        heads = _heads(read, start)
        for index in range(_last_commit(read, start, heads) - 1, -1, -1):
            if heads[index][0] == page:
                return read(start.offset + index * start.generation.step + FRAME_HEADER, size)
    return b""


def end_of_wal(wal: Path) -> Position | None:
    """Return where the last commit in a -wal ends, None where there is none; raises ``OSError``."""
    with _reading(wal) as read:
        start = generation_of(read(0, HEADER))
        if start is None:
            return None
        found = committed(read, start, verify=True)
        return found.position if found.pages else None


@contextmanager
def _reading(wal: Path) -> Iterator[Read]:
    """Open a -wal, or read nothing where there is none."""
    try:
        descriptor = os.open(wal, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield lambda _offset, _size: b""
        return
    try:
        yield lambda offset, size: os.pread(descriptor, size, offset)
    finally:
        os.close(descriptor)


def _verified(read: Read, after: Position) -> Commits:
    found, place = Commits(after, valid=after.frames), after
    pending: list[tuple[int, bytes]] = []
    for frame in _frames(read, after.offset, after.generation):
        page, pages_after, salts, first, second = _FRAME.unpack(frame[:FRAME_HEADER])
        if salts != after.generation.salts or not page or _sum_of(frame, place) != (first, second):
            break
        place = replace(place, frames=place.frames + 1, running=(first, second))
        found.valid = place.frames
        pending.append((page, page_hash(page, frame[FRAME_HEADER:])))
        if pages_after:
            found.entries += pending
            found.commit(place, pages_after)
            pending.clear()
    return found


def _settled(read: Read, after: Position) -> Commits:
    heads = _heads(read, after)
    last = _last_commit(read, after, heads)
    found = Commits(after, valid=after.frames + len(heads))
    pending: list[tuple[int, bytes]] = []
    contents = _contents(read, after.offset, after.generation, last)
    for count, ((page, pages_after, _, first, second), content) in enumerate(zip(heads, contents), 1):  # noqa: B905 - the file may have become shorter
        pending.append((page, page_hash(page, content)))
        if pages_after:
            found.entries += pending
            found.commit(replace(after, frames=after.frames + count, running=(first, second)), pages_after)
            pending.clear()
    return found


def _heads(read: Read, after: Position) -> list[_Head]:
    """Return the headers of all frames of the generation behind the position."""
    heads: list[_Head] = []
    offset, step, salts = after.offset, after.generation.step, after.generation.salts
    while True:
        head = read(offset, FRAME_HEADER)
        if len(head) < FRAME_HEADER or head[8:16] != salts:
            return heads
        heads.append(_FRAME.unpack(head))
        offset += step


def _last_commit(read: Read, after: Position, heads: list[_Head]) -> int:
    """Return how many of the frames end with a commit whose checksum is right."""
    for index in range(len(heads) - 1, -1, -1):
        _, pages_after, _, first, second = heads[index]
        if not pages_after:
            continue
        before = heads[index - 1][3:] if index else after.running
        frame = read(after.offset + index * after.generation.step, after.generation.step)
        place = replace(after, running=before)
        if len(frame) == after.generation.step and _sum_of(frame, place) == (first, second):
            return index + 1
    return 0


def _frames(read: Read, offset: int, generation: Generation) -> Iterator[memoryview]:
    """Yield whole frames from an offset on."""
    step = generation.step
    while True:
        data = memoryview(read(offset, _CHUNK_FRAMES * step))
        whole = len(data) // step
        for at in range(0, whole * step, step):
            yield data[at : at + step]
        if whole < _CHUNK_FRAMES:
            return
        offset += whole * step


def _contents(read: Read, offset: int, generation: Generation, count: int) -> Iterator[memoryview]:
    """Yield the pages in ``count`` frames, fewer if the file ends before."""
    step = generation.step
    while count > 0:
        data = memoryview(read(offset, min(count, _CHUNK_FRAMES) * step))
        for end in range(step, len(data) + 1, step):
            yield data[end - step + FRAME_HEADER : end]
        if len(data) < step:
            return
        offset += len(data) // step * step
        count -= len(data) // step


def _sum_of(frame: bytes | memoryview, place: Position) -> tuple[int, int]:
    big = place.generation.big
    data = bytes(frame)
    return checksum(data[FRAME_HEADER:], checksum(data[:8], place.running, big=big), big=big)

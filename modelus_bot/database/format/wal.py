"""The -wal file's header and frames, read from bytes that may be anything: the one parser of them.

A -wal file is written from its start again and again. Each such generation has salts of its own, in
the header and in every frame; the first number of them grows by one from a generation to the next.
What is left of an older generation stands behind the new frames until they reach it.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from modelus_bot.database.format.header import PAGE_SIZES, size_named
from modelus_bot.database.format.wal_checksum import FRAME_HEADER, Checksum, checksum, frame_checksums

__all__ = [
    "FRAME_HEADER",
    "HEADER",
    "Frame",
    "FrameHeader",
    "Generation",
    "Position",
    "Read",
    "extent",
    "frame_headers",
    "frames",
    "headless",
    "start_of",
    "still_there",
]

HEADER = 32
_MAGIC = 0x377F0682
_HEAD = struct.Struct(">8I")
_FRAME = struct.Struct(">II8sII")
_CHUNK = 256 * 1024
"""Bytes that are read at a time where whole frames are wanted: what stays in a processor's cache."""

Read = Callable[[int, int], bytes]
"""``read(offset, size)``: bytes of a file, fewer at its end, none where the disk fails."""


class FrameHeader(NamedTuple):
    """What stands before a page; ``pages_after`` is the length in pages after a COMMIT that it ends, or 0."""

    page: int
    pages_after: int
    salts: bytes
    first: int
    second: int

    @property
    def stored(self) -> Checksum:
        """The checksum of everything up to here, as whoever wrote the frame had it."""
        return self.first, self.second


class Frame(NamedTuple):
    """A frame as it was read; ``intact`` says that its checksum is right and that it names a page.

    ``offset`` is where in the file its page stands.
    """

    header: FrameHeader
    content: memoryview
    offset: int
    intact: bool


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
        mine, its = (int.from_bytes(item.salts[:4], "big") for item in (self, other))
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
    running: Checksum

    @property
    def offset(self) -> int:
        """Where in the file the next frame starts."""
        return HEADER + self.frames * self.generation.step

    @property
    def headless(self) -> bool:
        """Whether this is the start of a generation whose header is damaged: its first frame is lost."""
        return self.running == (0, 0)


def start_of(header: bytes) -> Position | None:
    """Return the start of the generation that a file's first 32 bytes announce; None if they are damaged."""
    if len(header) < HEADER:
        return None
    magic, _, _, sequence, *_, first, second = _HEAD.unpack(header[:HEADER])
    size, big = size_named(header[8:12]), bool(magic & 1)
    if magic & ~1 != _MAGIC or not size:
        return None
    if checksum(header[:24], (0, 0), big=big) != (first, second):
        return None
    return Position(Generation(header[16:24], size, big, sequence == 0), 0, (first, second))


def headless(read: Read, page_size: int) -> Position | None:
    """Return the start of the generation of the first frame, where the file's header is damaged.

    That frame cannot be verified, those after it can. None where there is none, or no such page size.
    """
    first = read(HEADER, FRAME_HEADER)
    if len(first) < FRAME_HEADER or page_size not in PAGE_SIZES:
        return None
    return Position(Generation(first[8:16], page_size, sys.byteorder == "big"), 0, (0, 0))


def frame_headers(read: Read, after: Position) -> Iterator[FrameHeader]:
    """Yield the header of each frame of the generation behind the position; no page is read."""
    offset, step, salts = after.offset, after.generation.step, after.generation.salts
    while True:
        head = read(offset, FRAME_HEADER)
        if len(head) < FRAME_HEADER or head[8:16] != salts:
            return
        yield FrameHeader._make(_FRAME.unpack(head))
        offset += step


def frames(read: Read, after: Position, end: int | None = None) -> Iterator[Frame]:
    """Yield each frame of the generation behind the position that lies whole before ``end`` of the file.

    Each one's checksum starts from the one stored in the frame before it, so that one damaged frame does
    not spoil those behind it.
    """
    offset, running, step = after.offset, after.running, after.generation.step
    most = max(1, _CHUNK // step)
    while True:
        wanted = most if end is None else min(most, (end - offset) // step)
        data = memoryview(read(offset, wanted * step)) if wanted > 0 else memoryview(b"")
        whole = len(data) // step
        if not whole:
            if most == 1 or wanted <= 0:
                return
            most = 1  # what cannot be read must not hide what stands before it
            continue
        found = _in_chunk(data[: whole * step], offset, running, after.generation)
        yield from found
        if len(found) < whole:
            return
        offset, running = offset + whole * step, found[-1].header.stored


def _in_chunk(data: memoryview, offset: int, running: Checksum, generation: Generation) -> list[Frame]:
    """Return the frames in ``data`` up to the first one of another generation."""
    step, heads = generation.step, list[FrameHeader]()
    for at in range(0, len(data), step):
        head = FrameHeader._make(_FRAME.unpack_from(data, at))
        if head.salts != generation.salts:
            break
        heads.append(head)
    before = [running, *(head.stored for head in heads)]
    right = frame_checksums(data[: len(heads) * step], step, before[:-1], big=generation.big)
    places = range(FRAME_HEADER, len(heads) * step, step)
    return [
        Frame(head, data[at : at - FRAME_HEADER + step], offset + at, head.stored == sum_ and head.page > 0)
        for head, sum_, at in zip(heads, right, places, strict=True)
    ]


def still_there(read: Read, position: Position) -> bool:
    """Say whether the frame before ``position`` is still the one that was read."""
    if position.frames == 0:
        return True
    head = read(position.offset - position.generation.step, FRAME_HEADER)
    if len(head) < FRAME_HEADER:
        return False
    found = FrameHeader._make(_FRAME.unpack(head))
    return found.salts == position.generation.salts and found.stored == position.running


def extent(read: Read, generation: Generation) -> int:
    """Count the frames, from the first one, that carry the generation's salts."""
    return sum(1 for _ in frame_headers(read, Position(generation, 0, (0, 0))))

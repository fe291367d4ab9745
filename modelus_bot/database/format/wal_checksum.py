"""SQLite's running checksum of a -wal: of a few bytes, and of many frames side by side.

It adds words one after the other, which takes Python a twentieth of a microsecond each. But each frame starts
from the checksum that the frame before it *stored*, so frames do not wait for each other: the same word of
each lies in a lane of one great number, and one addition serves all of them. That is seven times as quick.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Sequence

__all__ = ["FRAME_HEADER", "Checksum", "checksum", "frame_checksums"]

FRAME_HEADER = 24
"""Bytes before the page in a frame; the first eight of them are part of its checksum."""

Checksum = tuple[int, int]

_LIMIT = 0xFFFFFFFF
_PAIR = 8
"""Bytes that are added in one step."""

_LANE = b"\xff\xff\xff\xff\x00\x00\x00\x00"
"""The lower half of a lane holds a sum, the upper one has room for what it carries over."""

_WORTH_LANES = 4
"""So many frames are quicker side by side than one by one."""


def checksum(data: bytes | memoryview, running: Checksum, *, big: bool) -> Checksum:
    """Return SQLite's running checksum after ``data`` (a multiple of 8 bytes long)."""
    first, second = running
    words = array("I", bytes(data))
    if big != (sys.byteorder == "big"):
        words.byteswap()
    pairs = iter(words)
    for even, odd in zip(pairs, pairs, strict=True):
        first = (first + even + second) & _LIMIT
        second = (second + odd + first) & _LIMIT
    return first, second


def frame_checksums(data: memoryview, step: int, before: Sequence[Checksum], *, big: bool) -> list[Checksum]:
    """Return the checksum that each of the frames in ``data``, ``step`` bytes long, should have.

    ``before`` are those stored in the frames before them.
    """
    if len(before) < _WORTH_LANES:
        frames = (data[at : at + step] for at in range(0, len(data), step))
        return [_frame_checksum(frame, item, big=big) for frame, item in zip(frames, before, strict=True)]
    words = array("I", data.tobytes())
    if big:
        words.byteswap()
    pairs = array("Q", words.tobytes())
    lower = int.from_bytes(_LANE * len(before), "little")
    first, second = (_lanes([item[half] for item in before]) for half in (0, 1))
    apart = step // _PAIR
    for at in (0, *range(FRAME_HEADER // _PAIR, apart)):
        both = int.from_bytes(pairs[at::apart].tobytes(), "little")
        first = (first + second + (both & lower)) & lower
        second = (second + first + (both >> 32 & lower)) & lower
    return list(zip(_values(first, len(before)), _values(second, len(before)), strict=True))


def _frame_checksum(frame: memoryview, before: Checksum, *, big: bool) -> Checksum:
    return checksum(frame[FRAME_HEADER:], checksum(frame[:_PAIR], before, big=big), big=big)


def _lanes(values: Sequence[int]) -> int:
    return int.from_bytes(struct.pack(f"<{len(values)}Q", *values), "little")


def _values(roles: int, count: int) -> tuple[int, ...]:
    return struct.unpack(f"<{count}Q", roles.to_bytes(_PAIR * count, "little"))

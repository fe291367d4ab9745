"""Reading a -wal file beside SQLite: which pages were committed, with which content.

Opening the -wal does not touch the locks of the main file, so this may happen in the bot's process.
"""

from __future__ import annotations

import hashlib
import os
import struct
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["PAGE_HASH", "Position", "Seen", "page_hash", "read_new_frames"]

HEADER, FRAME = 32, 24
MAGICS = (0x377F0682, 0x377F0683)
PAGE_HASH = 8
"""Bytes of a page's hash."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a -wal was read: its salts name the generation, ``offset`` is after its last commit."""

    salts: bytes = b""
    offset: int = HEADER


@dataclass(slots=True)
class Seen:
    """What was committed since a position: hashes by page, and the database's size after it in pages.

    ``restarted`` says that the -wal began anew since, so that frames may have come and gone unseen.
    """

    position: Position
    pages: dict[int, list[bytes]] = field(default_factory=dict)
    size: int | None = None
    restarted: bool = False


def page_hash(content: bytes | memoryview) -> bytes:
    """Return the hash of a page's content."""
    return hashlib.blake2b(content, digest_size=PAGE_HASH).digest()


def read_new_frames(wal: Path, since: Position) -> Seen:
    """Read what was committed after ``since``; a missing or empty -wal has nothing. Raises ``OSError``."""
    try:
        descriptor = os.open(wal, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return Seen(Position(), restarted=bool(since.salts))
    try:
        header = os.pread(descriptor, HEADER, 0)
        if len(header) < HEADER or struct.unpack(">I", header[:4])[0] not in MAGICS:
            return Seen(Position(), restarted=bool(since.salts))
        page_size = struct.unpack(">I", header[8:12])[0]
        salts = header[16:24]
        same = salts == since.salts
        start = since.offset if same else HEADER
        seen = Seen(Position(salts, start), restarted=bool(since.salts) and not same)
        _read_commits(descriptor, page_size, seen)
    finally:
        os.close(descriptor)
    return seen


def _read_commits(descriptor: int, page_size: int, seen: Seen) -> None:
    """Walk the frames of this generation; those after the last commit are left for the next time."""
    offset = seen.position.offset
    waiting: list[tuple[int, bytes]] = []
    while True:
        frame = os.pread(descriptor, FRAME + page_size, offset)
        if len(frame) < FRAME + page_size or frame[8:16] != seen.position.salts:
            return
        number, size_after = struct.unpack(">II", frame[:8])
        if number == 0:
            return
        waiting.append((number, page_hash(memoryview(frame)[FRAME:])))
        offset += FRAME + page_size
        if size_after:
            for page, digest in waiting:
                known = seen.pages.setdefault(page, [])
                if digest not in known:
                    known.append(digest)
            waiting.clear()
            seen.size = size_after
            seen.position = Position(seen.position.salts, offset)

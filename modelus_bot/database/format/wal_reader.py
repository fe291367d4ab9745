"""Reads which page versions were committed to a -wal file since the last look, while it is being written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from modelus_bot.database.format.page_hash import page_hash
from modelus_bot.database.format.wal import (
    FRAME_HEADER,
    HEADER,
    FrameHeader,
    Position,
    Read,
    frame_headers,
    frames,
    start_of,
)
from modelus_bot.database.format.wal_checksum import frame_checksums

__all__ = ["Commits", "WalSummary", "committed", "summary_of"]

_CHUNK_FRAMES = 256
_FILE_HEADER = 100


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


@dataclass(frozen=True, slots=True)
class WalSummary:
    """Where the last commit of a -wal ends, and the file's header as of then, nothing if it has none."""

    end: Position
    file_header: bytes


def committed(read: Read, after: Position, *, verify: bool) -> Commits:
    """Return what was committed after a position of the generation that it names.

    With ``verify`` every frame's checksum is computed, as SQLite does when it opens a file that was
    left behind; that takes a hundredth of a millisecond a page. Without it only the last commit's is:
    its frame is written last, so that those before it are complete when it is.
    """
    return _verified(read, after) if verify else _settled(read, after)


def summary_of(wal: Path) -> WalSummary | None:
    """Return what the last commit in a -wal left, None where there is none; raises ``OSError``.

    Reads the headers of its frames, once, and of all checksums computes that of the last commit only: what
    whoever wrote it had reached. Whether all before it is whole is another question.
    """
    with _reading(wal) as read:
        start = start_of(read(0, HEADER))
        heads = list(frame_headers(read, start)) if start is not None else []
        count = _last_commit(read, start, heads) if start is not None else 0
        if start is None or not count:
            return None
        end = replace(start, frames=count, running=heads[count - 1].stored)
        for index in range(count - 1, -1, -1):
            if heads[index].page == 1:
                return WalSummary(end, read(replace(start, frames=index).offset + FRAME_HEADER, _FILE_HEADER))
    return WalSummary(end, b"")


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
    found = Commits(after, valid=after.frames)
    pending: list[tuple[int, bytes]] = []
    for head, content, _, intact in frames(read, after):
        if not intact:
            break
        found.valid += 1
        pending.append((head.page, page_hash(head.page, content)))
        if head.pages_after:
            found.entries += pending
            found.commit(replace(after, frames=found.valid, running=head.stored), head.pages_after)
            pending.clear()
    return found


def _settled(read: Read, after: Position) -> Commits:
    heads = list(frame_headers(read, after))
    last = _last_commit(read, after, heads)
    found = Commits(after, valid=after.frames + len(heads))
    pending: list[tuple[int, bytes]] = []
    contents = _contents(read, after, last)
    for count, (head, content) in enumerate(zip(heads, contents), 1):  # noqa: B905 - the file may have become shorter
        pending.append((head.page, page_hash(head.page, content)))
        if head.pages_after:
            found.entries += pending
            found.commit(replace(after, frames=after.frames + count, running=head.stored), head.pages_after)
            pending.clear()
    return found


def _last_commit(read: Read, after: Position, heads: list[FrameHeader]) -> int:
    """Return how many of the frames end with a commit whose checksum is right."""
    step = after.generation.step
    for index in range(len(heads) - 1, -1, -1):
        if not heads[index].pages_after:
            continue
        before = heads[index - 1].stored if index else after.running
        frame = memoryview(read(after.offset + index * step, step))
        if len(frame) < step:
            continue
        if frame_checksums(frame, step, [before], big=after.generation.big) == [heads[index].stored]:
            return index + 1
    return 0


def _contents(read: Read, after: Position, count: int) -> Iterator[memoryview]:
    """Yield the pages in ``count`` frames, fewer if the file ends before."""
    offset, step = after.offset, after.generation.step
    while count > 0:
        data = memoryview(read(offset, min(count, _CHUNK_FRAMES) * step))
        for end in range(step, len(data) + 1, step):
            yield data[end - step + FRAME_HEADER : end]
        if len(data) < step:
            return
        offset += len(data) // step * step
        count -= len(data) // step

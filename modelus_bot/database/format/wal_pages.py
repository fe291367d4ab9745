"""Where the newest committed version of each page stands in a -wal file, past damage in it.

SQLite gives up at the first frame whose checksum is wrong and forgets every commit after it. Here only the
damaged frame itself is lost, and its page counts as damaged.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from modelus_bot.database.format.wal import HEADER, Frame, Read, frames, headless, start_of

__all__ = ["Wal", "read_wal"]


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


def read_wal(read: Read, length: int, page_size: int = 0) -> Wal:
    """Return what a -wal file of ``length`` bytes adds to its database.

    ``page_size`` (bytes, 0 for unknown) is that of the database; a -wal file of another size adds nothing.
    """
    start = start_of(read(0, HEADER)) or headless(read, page_size)
    if start is None or page_size not in {0, start.generation.page_size}:
        return Wal()
    wal = Wal(start.generation.page_size)
    pending: list[tuple[int, int]] = []
    for frame in frames(read, start, length):
        pending.append(_placed(frame))
        if frame.header.pages_after and frame.intact:
            wal.offsets.update(pending)
            wal.lost += sum(offset < 0 for _, offset in pending)
            wal.pages = frame.header.pages_after
            pending.clear()
    return wal


def _placed(frame: Frame) -> tuple[int, int]:
    return frame.header.page, frame.offset if frame.intact else -1

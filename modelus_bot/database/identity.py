"""Which files are open: a path may lead to another file than it did, or to none."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["Identity", "identity_of", "what_moved", "written_at"]

Identity = tuple[tuple[int, int] | None, ...]
"""Device and inode of the database file, its -wal and its -shm; None for one that is not there."""


def identity_of(paths: tuple[Path, ...]) -> Identity:
    """Return which files lie at ``paths``; raises ``OSError`` when the folder cannot be looked into."""
    found: list[tuple[int, int] | None] = []
    for path in paths:
        try:
            entry = os.stat(path)  # noqa: PTH116 - half the time, and it runs twice an operation
        except FileNotFoundError:
            found.append(None)
        else:
            found.append((entry.st_dev, entry.st_ino))
    return tuple(found)


def what_moved(found: Identity, expected: Identity) -> str | None:
    """Say which file is not the expected one; one that was not there before may have come."""
    names = ("database file", "-wal file", "-shm file")
    for name, here, before in zip(names, found, expected, strict=True):
        if before is not None and here is None:
            return f"the {name} is gone"
        if before is not None and here != before:
            return f"the {name} was replaced by another one"
    return None


def written_at(path: Path) -> int:
    """Return when the file was last written to, in nanoseconds; 0 when it is not there."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - runs twice an operation
    except OSError:
        return 0

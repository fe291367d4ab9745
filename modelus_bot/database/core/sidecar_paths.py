"""Which files belong to a database: the file itself and what SQLite keeps beside it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["parts_of"]


def parts_of(database: Path) -> tuple[Path, ...]:
    """Return the paths of a database: the file, its -wal, its -shm, and a -journal that a crash left.

    The others would be applied to whatever file takes the place of the first.
    """
    return tuple(database.with_name(database.name + suffix) for suffix in ("", "-wal", "-shm", "-journal"))

"""Facts: what decisions about maintenance are made from."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modelus_bot.runtime.tunables import Tunable

__all__ = ["FileFacts", "measured", "pages_of", "temporary_folder"]

BYTES_PER_SECOND = Tunable(40 * 1024 * 1024)
"""A careful guess at how fast a file is rewritten."""

PLACES = ("/var/tmp", "/usr/tmp", "/tmp", ".")  # noqa: S108 - SQLite looks there; nothing is created here


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The database file and what is around it at one moment; sizes in bytes.

    ``disk_free`` is the space beside the file, ``scratch_free`` that where SQLite builds temporary files;
    None where it cannot be found out. ``waiting`` counts writes in the queue. ``others_checkpoint`` says that
    the -wal is somebody else's to move: the archive's program or SQLite itself. A write may wait for
    ``write_timeout`` seconds. ``trail_waits``: entries of the audit trail are not in the table yet.
    """

    page_size: int
    pages: int
    free_pages: int
    wal_bytes: int
    disk_free: int | None
    scratch_free: int | None
    waiting: int = 0
    others_checkpoint: bool = False
    write_timeout: float = 8.0
    trail_waits: bool = False

    @property
    def bytes(self) -> int:
        """Size of the database."""
        return self.page_size * self.pages

    @property
    def free_bytes(self) -> int:
        """How much of it is empty pages."""
        return self.page_size * self.free_pages

    @property
    def rewriting_seconds(self) -> float:
        """About how long writes would wait while the file is rewritten."""
        return (self.bytes - self.free_bytes) / BYTES_PER_SECOND.value

    @property
    def free_share(self) -> float:
        """How much of it is empty pages, 0 to 1."""
        return self.free_pages / self.pages if self.pages else 0.0


def pages_of(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """Return page size, pages, and empty pages."""
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    return size, pages, connection.execute("PRAGMA freelist_count").fetchone()[0]


def measured(
    path: Path,
    counted: tuple[int, int, int],
    *,
    waiting: int = 0,
    others_checkpoint: bool = False,
    write_timeout: float = 8.0,
    trail_waits: bool = False,
) -> FileFacts:
    """Put together what ``pages_of`` counted and what the disk says; asks the disk."""
    page_size, pages, free_pages = counted
    return FileFacts(
        page_size,
        pages,
        free_pages,
        _size(path.with_name(path.name + "-wal")),
        _free(path.parent),
        _free(temporary_folder()),
        waiting,
        others_checkpoint,
        write_timeout,
        trail_waits,
    )


def temporary_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where SQLite puts temporary files: it takes the first folder of its list that it may use."""
    wanted = (environment.get("SQLITE_TMPDIR"), environment.get("TMPDIR"), *PLACES)
    usable = (Path(item) for item in wanted if item)
    return next((item for item in usable if item.is_dir() and os.access(item, os.W_OK | os.X_OK)), Path())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None

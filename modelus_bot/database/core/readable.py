"""Where a database is read from that cannot be written to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Readable"]


@dataclass(frozen=True, slots=True)
class Readable:
    """Where connections read: the file itself, which is ``fixed`` then, or a copy of it and its -wal."""

    path: Path
    fixed: bool

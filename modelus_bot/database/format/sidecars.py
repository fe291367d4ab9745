"""What lies beside a database and would make SQLite wait for ever, or delete what is not its own."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from modelus_bot.runtime.atomic_files import NO_FILE

__all__ = ["in_the_way"]

_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")
_LONGEST_NAME = 4096


def in_the_way(path: Path) -> str | None:
    """Say in words what must not lie beside a database that is to be opened; None when nothing does.

    SQLite waits for ever for a pipe in the place of a journal. When it rolls a journal back that names
    another file, as those of transactions over several databases do, it deletes that file; the bot never
    makes such transactions.
    """
    for suffix in ("-journal", "-wal", "-shm"):
        beside = Path(f"{path}{suffix}")
        try:
            facts = beside.stat()
            if not stat.S_ISREG(facts.st_mode):
                return f"{beside.name} {NO_FILE}"
            if suffix == "-journal" and _names_another(beside, facts.st_size):
                return f"{beside.name} belongs to a transaction over several databases"
        except (OSError, ValueError):
            continue
    return None


def _names_another(journal: Path, size: int) -> bool:
    if size < 16:
        return False
    descriptor = os.open(journal, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        end = os.pread(descriptor, 16, size - 16)
    finally:
        os.close(descriptor)
    return end[8:] == _JOURNAL_MAGIC and 0 < int.from_bytes(end[:4], "big") <= _LONGEST_NAME

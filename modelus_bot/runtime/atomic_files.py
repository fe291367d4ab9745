"""Files that are there as a whole or not at all, also after a power cut."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from modelus_bot.runtime.os_errors import about
from modelus_bot.runtime.ownership import keep_rights

__all__ = [
    "NO_FILE",
    "PARTIAL",
    "believable_length",
    "is_no_file",
    "move_into_place",
    "sync_folder",
    "write_durably",
]

PARTIAL = ".partial"
"""How names of unfinished files end; such files may be removed by whoever finds them at a start."""


HOLES = 16
"""How many times as long as what it takes up on the disk a file may be."""
LEAST_LENGTH = 64 * 1024 * 1024


def write_durably(path: Path, content: bytes) -> None:
    """Replace ``path`` by a file with ``content``, flushed to the disk; raises ``OSError``.

    It has the mode of the one before, 0600 if there was none; see ``keep_rights``.
    """
    partial = path.with_name(path.name + PARTIAL)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with about(path), os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        keep_rights(partial, path)
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def move_into_place(source: Path, target: Path) -> None:
    """Flush a finished file that nobody has open and put it in the place of ``target``."""
    descriptor = os.open(source, os.O_RDONLY)
    try:
        with about(source):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
    keep_rights(source, target)
    source.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder, so that names made or removed in it stay so."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with about(folder):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


NO_FILE = "is no file, but a folder, a pipe or a device"


def is_no_file(path: Path) -> bool:
    """Say whether something else than a file is there; opening it could wait for ever."""
    return path.exists() and not path.is_file()


def believable_length(facts: os.stat_result) -> int:
    """Return how many bytes of a file are worth reading: not a terabyte of holes that it claims to be."""
    return min(facts.st_size, HOLES * facts.st_blocks * 512 + LEAST_LENGTH)

"""What a file is, before anything of it is believed."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

from modelus_bot.database.format.header import MAGIC, guess_page_size, parse_header
from modelus_bot.database.format.pages import FILE_HEADER, PageKind, parse_page
from modelus_bot.runtime.os_errors import Fault, fault_of

__all__ = ["FileKind", "classify"]


class FileKind(StrEnum):
    """What a path leads to.

    DATABASE says that header and first page are those of a database, not that all of it is sound.
    TRUNCATED has lost its end; DAMAGED is a database whose first page is unreadable, or nothing but
    zeros; ENCRYPTED_OR_FOREIGN holds no page of a database that could be read. UNREADABLE says nothing
    about the file: it is forbidden, or the system is short of something.
    """

    MISSING = "missing"
    EMPTY = "empty"
    DATABASE = "database"
    ENCRYPTED_OR_FOREIGN = "encrypted_or_foreign"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    NOT_A_FILE = "not_a_file"
    UNREADABLE = "unreadable"


_KINDS = {Fault.MISSING: FileKind.MISSING, Fault.NAME_REFUSED: FileKind.MISSING}


def classify(path: Path) -> FileKind:
    """Say what ``path`` leads to, whatever it is, without SQLite and without raising.

    Reads a few hundred pages at most and never waits for another program. It opens the file itself:
    never use it on a file that a SQLite connection of this process has open, because closing it
    again would drop SQLite's locks.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return FileKind.NOT_A_FILE
        with _opened(path) as descriptor:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                return FileKind.NOT_A_FILE
            return _classify_bytes(descriptor, facts.st_size, _has_wal(path))
    except OSError as error:
        return _KINDS.get(fault_of(error), FileKind.UNREADABLE)
    except ValueError:
        return FileKind.MISSING


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open for reading; a pipe that took the file's place in between is not waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _classify_bytes(descriptor: int, length: int, has_wal: bool) -> FileKind:
    def read(offset: int, size: int) -> bytes:
        return os.pread(descriptor, size, offset)

    if length == 0:
        return FileKind.EMPTY
    start = read(0, FILE_HEADER)
    if length < FILE_HEADER:
        return FileKind.TRUNCATED if _starts_like_header(start) else FileKind.ENCRYPTED_OR_FOREIGN
    header = parse_header(start)
    if header is None:
        return _classify_headless(read, length, start)
    pages = length // header.page_size
    # While a -wal file is being written back, page 1 may already speak of pages that only it has.
    if pages < 1 or (pages < header.pages and not has_wal):
        return FileKind.TRUNCATED
    if header.pages == 0 and length % header.page_size:
        return FileKind.TRUNCATED
    root = parse_page(read(0, header.page_size), header.usable, first=True)
    if root is None or not root.sound or root.kind not in {PageKind.TABLE_LEAF, PageKind.TABLE_INTERIOR}:
        return FileKind.DAMAGED
    return FileKind.DATABASE


def _classify_headless(read: Callable[[int, int], bytes], length: int, start: bytes) -> FileKind:
    if start.startswith(MAGIC):
        return FileKind.DAMAGED
    size, found = guess_page_size(read, length)
    if found >= min(2, length // size if size else 1):
        return FileKind.DAMAGED
    return FileKind.DAMAGED if _all_zero(read, length) else FileKind.ENCRYPTED_OR_FOREIGN


def _starts_like_header(start: bytes) -> bool:
    return start.startswith(MAGIC) or MAGIC.startswith(start)


def _all_zero(read: Callable[[int, int], bytes], length: int) -> bool:
    """Say whether the beginning and 64 places spread over the file hold nothing but zeros."""
    step = max(4096, length // 64)
    return not any(any(read(offset, 4096)) for offset in range(0, length, step))


def _has_wal(path: Path) -> bool:
    try:
        return Path(f"{path}-wal").stat().st_size > 32
    except (OSError, ValueError):
        return False

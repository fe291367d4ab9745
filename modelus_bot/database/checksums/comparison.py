"""Child job: read the main file and return a hash of every page, to be compared by who asked."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from modelus_bot.database.format.header import size_named
from modelus_bot.database.format.page_hash import page_hash
from modelus_bot.runtime.atomic_files import believable_length
from modelus_bot.runtime.os_errors import Fault, fault_of

if TYPE_CHECKING:
    from modelus_bot.database.core.child_process import Report

__all__ = ["compare_job", "hashes_of"]

BLOCK = 1024 * 1024
PIECE_PAGES = 65_536
"""Pages whose hashes go into one line of the answer."""

LOOK_AGAIN = (0.1, 0.5)
"""Pauses in seconds before another look at what could not be read."""

_ALIEN = 4096
"""Page size assumed of a file whose header names none."""


def compare_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """Hash pages ``first`` to ``last`` (None: the last there is), or those listed in ``pages``.

    ``page_size`` 0 takes the one that the file's header names; ``bytes_per_second`` 0 reads as fast as
    it can. ``most``, where given, is how many pages the file should have at most: of a longer one a single
    page more is read, which is enough to know. Reports pieces ``{"first", "hashes"}``; returns the page
    size, the length in pages (a part of a page counts as one), the hashes of the listed pages, None for
    those that are not there.
    """
    for pause in LOOK_AGAIN:
        try:
            return _compared(task, report)
        except OSError as error:
            if fault_of(error) is Fault.MISSING:
                raise
            time.sleep(pause)
    return _compared(task, report)


def _compared(task: dict[str, Any], report: Report) -> dict[str, Any]:
    started = time.perf_counter()
    descriptor = os.open(task["path"], os.O_RDONLY | os.O_CLOEXEC)
    try:
        page_size = task["page_size"] or _named_page_size(descriptor)
        listed = [_one(descriptor, page, page_size) for page in task.get("pages", ())]
        if "pages" not in task:
            _report_all(descriptor, page_size, task, report)
        length = os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
    return {
        "page_size": page_size,
        "pages": -(-length // page_size),
        "listed": listed,
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time(),
    }


def hashes_of(blocks: Iterable[bytes], page_size: int, first: int = 1) -> Iterator[bytes]:
    """Yield the hash of each page in blocks that are whole pages, except at the end of the file."""
    number = first
    for block in blocks:
        view = memoryview(block)
        for at in range(0, len(view), page_size):
            yield page_hash(number, view[at : at + page_size])
            number += 1


def _report_all(descriptor: int, page_size: int, task: dict[str, Any], report: Report) -> None:
    first = task.get("first", 1)
    last = task.get("last") or _enough(descriptor, page_size, task.get("most"))
    blocks = _blocks(descriptor, page_size, first, last, task.get("bytes_per_second", 0))
    for at, hashes in _pieces(hashes_of(blocks, page_size, first), first):
        report({"first": at, "hashes": base64.b64encode(hashes).decode()})


def _enough(descriptor: int, page_size: int, most: int | None) -> int | None:
    """Return the page behind ``most`` of a file that is longer; None where all of it is to be read.

    Holes that are said to be behind a file are not read: there may be a terabyte of them.
    """
    facts = os.fstat(descriptor)
    if most is not None and facts.st_size > (most + 1) * page_size:
        return most + 1
    believable = believable_length(facts)
    return None if believable >= facts.st_size else believable // page_size


def _pieces(hashes: Iterator[bytes], first: int) -> Iterator[tuple[int, bytes]]:
    piece: list[bytes] = []
    for item in hashes:
        piece.append(item)
        if len(piece) == PIECE_PAGES:
            yield first, b"".join(piece)
            first += len(piece)
            piece = []
    yield first, b"".join(piece)


def _one(descriptor: int, page: int, page_size: int) -> str | None:
    content = os.pread(descriptor, page_size, (page - 1) * page_size)
    return page_hash(page, content).hex() if content else None


def _blocks(descriptor: int, page_size: int, first: int, last: int | None, pace: int) -> Iterator[bytes]:
    """Read the file in big steps; what was not in the page cache before does not stay there."""
    offset = (first - 1) * page_size
    end = os.fstat(descriptor).st_size if last is None else last * page_size
    os.posix_fadvise(descriptor, offset, end - offset, os.POSIX_FADV_SEQUENTIAL)
    started, begin = time.monotonic(), offset
    while offset < end:
        wanted = min(BLOCK, end - offset)
        cached = _cached(descriptor, offset, wanted)
        data = os.pread(descriptor, wanted, offset)
        if cached < len(data):
            os.posix_fadvise(descriptor, offset + cached, len(data) - cached, os.POSIX_FADV_DONTNEED)
        if not data:
            return
        if len(data) < wanted and last is None:
            end = offset + len(data)
        yield data
        offset += len(data)
        if pace:
            time.sleep(max(0.0, (offset - begin) / pace - (time.monotonic() - started)))


def _cached(descriptor: int, offset: int, wanted: int) -> int:
    """Return how many bytes from ``offset`` on the page cache holds."""
    if not hasattr(os, "RWF_NOWAIT"):
        return wanted
    try:
        return os.preadv(descriptor, [bytearray(wanted)], offset, os.RWF_NOWAIT)
    except BlockingIOError:
        return 0
    except OSError as error:
        if fault_of(error) is Fault.NOT_OFFERED:
            return wanted
        raise


def _named_page_size(descriptor: int) -> int:
    return size_named(os.pread(descriptor, 2, 16)) or _ALIEN

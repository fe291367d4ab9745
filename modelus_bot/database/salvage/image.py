"""A database file as numbered pages: the main file, with its -wal file laid over it if wanted."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from modelus_bot.database.format.header import FileHeader, guess_page_size, parse_header
from modelus_bot.database.format.pages import FILE_HEADER
from modelus_bot.database.format.wal import Read
from modelus_bot.database.format.wal_pages import Wal, read_wal
from modelus_bot.runtime.atomic_files import believable_length

__all__ = ["Failures", "Image", "open_images"]

DEFAULT_PAGE_SIZE = 4096
READ_AGAIN = (0.0, 0.05, 0.0)
"""Pauses in seconds after reads that fail; the last one is given up."""


@dataclass(slots=True)
class Failures:
    """How many reads the disk did not answer."""

    count: int = 0


@dataclass(frozen=True, slots=True)
class Image:
    """The pages of a database: ``page_size`` and ``usable`` in bytes, ``pages`` their number.

    ``header`` is None when the file has lost it, and the page size was guessed. ``bad`` pages of the
    main file count as missing.
    """

    page_size: int
    usable: int
    pages: int
    header: FileHeader | None
    wal: Wal
    _main: Read
    _beside: Read
    bad: frozenset[int] = frozenset()
    failures: Failures = field(default_factory=Failures)

    def page(self, number: int) -> bytes:
        """Return page ``number`` (from 1), or nothing if it is missing or cannot be read."""
        if not 1 <= number <= self.pages:
            return b""
        offset = self.wal.offsets.get(number)
        if offset is None and number in self.bad:
            return b""
        if offset is None:
            data = self._main((number - 1) * self.page_size, self.page_size)
        elif offset < 0:
            return b""
        else:
            data = self._beside(offset, self.page_size)
        return data if len(data) == self.page_size else b""

    @property
    def has_wal(self) -> bool:
        """Whether a committed transaction of the -wal file is part of this image."""
        return self.wal.pages > 0


@contextlib.contextmanager
def open_images(source: Path, bad: frozenset[int] = frozenset()) -> Iterator[tuple[Image, ...]]:
    """Open ``source`` as it is with its -wal file, if that has anything, and as it is without.

    ``bad`` pages of the main file are not shown. Never for a file that a SQLite connection of this
    process has open. Raises OSError.
    """
    with contextlib.ExitStack() as stack:
        failures = Failures()
        main, length = _reader(stack, source, failures)
        beside, beside_length = _wal_reader(stack, Path(f"{source}-wal"), failures)
        header = parse_header(main(0, FILE_HEADER))
        size = header.page_size if header else 0
        if not size:
            guessed, found = guess_page_size(main, length)
            size = guessed if found > 1 else read_wal(beside, 0).page_size or guessed or DEFAULT_PAGE_SIZE
        wal = read_wal(beside, beside_length, size)
        alone = _image(main, beside, length, size, Wal())
        both = (_image(main, beside, length, size, wal), alone) if wal.pages else (alone,)
        yield tuple(replace(_without(image, bad), failures=failures) for image in both)


def _image(main: Read, beside: Read, length: int, size: int, wal: Wal) -> Image:
    first = wal.offsets.get(1)
    start = main(0, FILE_HEADER) if first is None else beside(first, FILE_HEADER) if first > 0 else b""
    header = parse_header(start)
    if header is not None and header.page_size != size:
        header = None
    pages = wal.pages or (header.pages if header else 0) or -(-length // size)
    # A damaged count must not make the reader look for pages that nobody has.
    pages = min(pages, max(-(-length // size), max(wal.offsets, default=0)))
    return Image(size, header.usable if header else size, pages, header, wal, main, beside)


def _without(image: Image, bad: frozenset[int]) -> Image:
    header = None if 1 in bad and 1 not in image.wal.offsets else image.header
    return replace(image, bad=bad, header=header)


def _reader(stack: contextlib.ExitStack, path: Path, failures: Failures) -> tuple[Read, int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    stack.callback(os.close, descriptor)

    def read(offset: int, size: int) -> bytes:
        for pause in READ_AGAIN:
            try:
                return os.pread(descriptor, size, offset)
            except OSError:
                time.sleep(pause)
        failures.count += 1
        return b""

    return read, believable_length(os.fstat(descriptor))


def _wal_reader(stack: contextlib.ExitStack, path: Path, failures: Failures) -> tuple[Read, int]:
    try:
        if path.is_file():
            return _reader(stack, path, failures)
    except OSError:
        failures.count += 1
    return (lambda _offset, _size: b""), 0

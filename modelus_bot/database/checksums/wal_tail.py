"""Follows a -wal file from look to look. The bot's process may open it: SQLite keeps no locks there."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from modelus_bot.database.checksums.expected_hashes import Batch
from modelus_bot.database.checksums.wal_knowledge import WalEvent
from modelus_bot.database.core.wal_stamp import WalStamp, glance, settled
from modelus_bot.database.format.wal import (
    HEADER,
    Generation,
    Position,
    Read,
    extent,
    start_of,
    still_there,
)
from modelus_bot.database.format.wal_reader import Commits, committed

__all__ = ["WalTail"]

ATTEMPTS = 3


class WalTail:
    """Says what was committed to the -wal of a database since a known position."""

    def __init__(self, wal: Path) -> None:
        """Follow the file at ``wal``, whether it exists or not."""
        self._path = wal
        self._seen: WalStamp = ()
        self._doubtful = 0

    def quiet(self, now: int) -> bool:
        """Say, for the price of one look at the directory, that nothing was written since ``news``.

        ``now`` is the wall clock in nanoseconds.
        """
        found = glance(self._path)
        return found == self._seen and settled(found, now)

    def news(self, known: Position | None, page_size: int, *, complete: bool, verify: bool) -> list[Batch]:
        """Return what happened since ``known``, oldest first; empty when nothing did.

        ``complete`` says that nothing had been committed behind ``known`` before the -wal could start
        anew; ``verify`` computes every checksum, for a file that nobody has open. Raises ``OSError``.
        """
        for _ in range(ATTEMPTS):
            seen = glance(self._path)
            batches = self._read(known, page_size, complete=complete, verify=verify)
            if batches is not None:
                self._seen = seen
                return batches
        return []

    def _read(
        self, known: Position | None, page_size: int, *, complete: bool, verify: bool
    ) -> list[Batch] | None:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return _gone(known, complete=complete)
        try:

            def read(offset: int, size: int) -> bytes:
                return os.pread(descriptor, size, offset)

            return self._news(read, known, page_size, complete=complete, verify=verify)
        finally:
            os.close(descriptor)

    def _news(
        self, read: Read, known: Position | None, page_size: int, *, complete: bool, verify: bool
    ) -> list[Batch] | None:
        """Return the news, or None when the file started anew while it was read."""
        header = read(0, HEADER)
        if not header:
            return _gone(known, complete=complete)
        start = start_of(header)
        if start is None and known is not None:
            start = Position(known.generation, 0, (0, 0))
        if start is None or start.generation.page_size != page_size:
            return []
        if known is None or start.generation.salts != known.generation.salts:
            batches = self._another(read, known, start, complete=complete, verify=verify)
        elif start.headless and verify:
            batches = _gone(known, complete=complete)
        elif verify or not still_there(read, known):
            batches = _again(read, known, start, cut=verify)
        else:
            batches = _more(read, known, verify=known.frames < self._doubtful)
        if verify:
            self._doubtful = extent(read, start.generation)
        again = start_of(read(0, HEADER))
        return batches if again is None or again.generation == start.generation else None

    def _another(
        self, read: Read, known: Position | None, start: Position, *, complete: bool, verify: bool
    ) -> list[Batch]:
        """Read what is left of the old generation and what there is of the new one."""
        self._doubtful = 0
        batches, gap = [], False
        if known is not None:
            rest = committed(read, known, verify=True)
            if rest.pages:
                batches.append(_batch(rest))
            gap = not complete and _overwritten(read, rest, start.generation)
        new = committed(read, start, verify=verify)
        batches.append(replace(_batch(new), events=_restarted(missed=gap)))
        return batches


def _gone(known: Position | None, *, complete: bool) -> list[Batch]:
    """There is no -wal any more: what it held is in the main file."""
    return [] if known is None else [Batch(None, _restarted(missed=not complete))]


def _restarted(*, missed: bool) -> tuple[WalEvent, ...]:
    return (WalEvent.RESTARTED, *(WalEvent.MISSED,) * missed)


def _more(read: Read, known: Position, *, verify: bool) -> list[Batch]:
    found = committed(read, known, verify=verify)
    return [_batch(found)] if found.pages else []


def _again(read: Read, known: Position, start: Position, *, cut: bool) -> list[Batch]:
    """Read the whole generation: the file may not be what it was when it was read last.

    While it is open, frames that were read change only after a commit that failed on the disk; ``cut``
    says that it is not.
    """
    if start.headless:
        return []
    upto = committed(read, start, verify=True)
    if still_there(read, known) and upto.position.frames >= known.frames:
        return _more(read, known, verify=True)
    return [replace(_batch(upto), events=(WalEvent.CUT if cut else WalEvent.MISSED,))]


def _overwritten(read: Read, rest: Commits, new: Generation) -> bool:
    """Say whether frames of an old generation may be gone that nobody has read.

    A connection that rolls back the very first transaction begins a stranger's generation with the next.
    """
    if rest.position.frames == 0 and new.first:
        return False
    return not new.follows(rest.position.generation) or extent(read, new) > rest.valid


def _batch(found: Commits) -> Batch:
    return Batch(
        found.position, pages=found.pages, low=found.low, high=found.high, entries=tuple(found.entries)
    )

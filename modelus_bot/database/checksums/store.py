"""Keeps expected hashes beside the database: ``NAME-sums`` whole, ``NAME-sums-log`` what came after it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from modelus_bot.database.checksums.expected_hashes import Batch, ExpectedHashes
from modelus_bot.database.checksums.wal_knowledge import WalEvent
from modelus_bot.database.format.page_hash import HASH_BYTES
from modelus_bot.database.format.wal import Generation, Position
from modelus_bot.runtime.atomic_files import PARTIAL, sync_folder, write_durably

__all__ = ["ChecksumStore"]

_MAGIC = b"modelus-sums-2\n\x00"
_LOG_MAGIC = b"modelus-slog-1\n\x00"
_DIGEST = 16
_HEAD = struct.Struct("<16sQIIIIII")
_LOG_HEAD = struct.Struct("<16sQ")
_RECORD = struct.Struct("<II")
_BATCH = struct.Struct("<B8sIIIIIIII")
_ENTRY = struct.Struct("<I8s")
_FLAGS = {
    WalEvent.RESTARTED: 1 << 0,
    WalEvent.MISSED: 1 << 1,
    WalEvent.UNREADABLE: 1 << 1,
    WalEvent.CUT: 1 << 1 | 1 << 3,
    WalEvent.READ_ALL: 1 << 2,
    WalEvent.FINISHED: 1 << 4,
}
_PLACED, _BIG = 1 << 5, 1 << 6


class ChecksumStore:
    """The two files of one database; everything here blocks and raises ``OSError``."""

    def __init__(self, database: Path) -> None:
        """Remember where they are."""
        self.path = database.with_name(database.name + "-sums")
        self.log = database.with_name(database.name + "-sums-log")
        self._sequence = 0
        self._stream: int | None = None
        self.logged = -1
        """Bytes in the log; -1 without one that fits or after a failed write: only ``save`` helps then."""

    def load(self) -> ExpectedHashes | None:
        """Return what was kept last; None if there is nothing or it is damaged."""
        self.close()
        with contextlib.suppress(FileNotFoundError):
            self.path.with_name(self.path.name + PARTIAL).unlink()
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return None
        expected = self._decoded(content)
        if expected is None:
            return None
        try:
            log = self.log.read_bytes()
        except FileNotFoundError:
            log = b""
        self.logged = self._replay(log, expected)
        return expected

    def save(self, expected: ExpectedHashes) -> None:
        """Keep the hashes as they are now, durably, and start an empty log."""
        self.close()
        sequence = self._sequence + 1
        write_durably(self.path, _encoded(expected, sequence))
        self._sequence = sequence
        self.logged = -1
        write_durably(self.log, _LOG_HEAD.pack(_LOG_MAGIC, sequence))
        self.logged = _LOG_HEAD.size

    def append(self, batches: Iterable[Batch], *, durable: bool = False) -> bool:
        """Add to the log; returns whether that was possible. ``durable`` waits until it is on the disk."""
        if self.logged < 0:
            return False
        data = b"".join(_record(batch) for batch in batches)
        wanted, self.logged = self.logged, -1
        if self._stream is None:
            self._stream = os.open(self.log, os.O_WRONLY | os.O_CLOEXEC)
            os.ftruncate(self._stream, wanted)
        if data and os.pwrite(self._stream, data, wanted) != len(data):
            return False
        if durable:
            os.fdatasync(self._stream)
        self.logged = wanted + len(data)
        return True

    def remove(self) -> None:
        """Delete both files, durably."""
        self.close()
        self.logged = -1
        for path in (self.path, self.log):
            path.unlink(missing_ok=True)
        if self.path.parent.is_dir():
            sync_folder(self.path.parent)

    def close(self) -> None:
        """Close the log; the next ``append`` opens it again."""
        if self._stream is not None:
            os.close(self._stream)
            self._stream = None

    def _decoded(self, content: bytes) -> ExpectedHashes | None:
        body, digest = content[:-_DIGEST], content[-_DIGEST:]
        if len(body) < _HEAD.size or hashlib.blake2b(body, digest_size=_DIGEST).digest() != digest:
            return None
        magic, sequence, *epochs, page_size, hashed, pages, suspects = _HEAD.unpack_from(body)
        if magic != _MAGIC:
            return None
        at = _HEAD.size
        base = bytearray(body[at : at + hashed * HASH_BYTES])
        at += len(base)
        expected = ExpectedHashes(page_size, base, pages, pages, pages)
        expected.suspects.update(struct.unpack_from(f"<{suspects}I", body, at))
        at += 4 * suspects
        expected.valid_for((epochs[0], epochs[1]))
        for batch in _records(body, at):
            expected.note(batch)
        self._sequence = sequence
        return expected

    def _replay(self, log: bytes, expected: ExpectedHashes) -> int:
        """Note what the log holds; returns how many of its bytes are good, -1 for a stranger's log."""
        if len(log) < _LOG_HEAD.size or _LOG_HEAD.unpack_from(log) != (_LOG_MAGIC, self._sequence):
            return -1
        end = _LOG_HEAD.size
        for batch in _records(log, end):
            expected.note(batch)
            end += len(_record(batch))
        return end


def _encoded(expected: ExpectedHashes, sequence: int) -> bytes:
    sizes = expected.page_size, expected.hashed, expected.pages, len(expected.suspects)
    head = _HEAD.pack(_MAGIC, sequence, *expected.epochs, *sizes)
    suspects = struct.pack(f"<{len(expected.suspects)}I", *sorted(expected.suspects))
    body = head + expected.base + suspects + _record(expected.snapshot())
    return body + hashlib.blake2b(body, digest_size=_DIGEST).digest()


def _record(batch: Batch) -> bytes:
    place = batch.position
    flags = _flags(batch.events)
    salts, size, frames, running = bytes(8), 0, 0, (0, 0)
    if place is not None:
        flags |= _PLACED | _BIG * place.generation.big
        salts, size = place.generation.salts, place.generation.page_size
        frames, running = place.frames, place.running
    body = _BATCH.pack(flags, salts, size, frames, *running, batch.pages, batch.low, batch.high, 0)
    body += b"".join(_ENTRY.pack(page, found) for page, found in batch.entries)
    return _RECORD.pack(len(body), zlib.crc32(body)) + body


def _flags(events: Iterable[WalEvent]) -> int:
    flags = 0
    for event in events:
        flags |= _FLAGS.get(event, 0)
    return flags


def _events(flags: int) -> tuple[WalEvent, ...]:
    """Return what leads from every state to the same as the events that were kept."""
    events = [WalEvent.RESTARTED if flags & _FLAGS[WalEvent.RESTARTED] else WalEvent.READ]
    if missed := flags & _FLAGS[WalEvent.CUT]:
        events.append(WalEvent.CUT if missed == _FLAGS[WalEvent.CUT] else WalEvent.MISSED)
    events += [item for item in (WalEvent.READ_ALL, WalEvent.FINISHED) if flags & _FLAGS[item]]
    return tuple(events)


def _records(data: bytes, at: int) -> Iterator[Batch]:
    """Yield batches up to the first one that is not whole."""
    while at + _RECORD.size <= len(data):
        length, check = _RECORD.unpack_from(data, at)
        body = data[at + _RECORD.size : at + _RECORD.size + length]
        if length < _BATCH.size or len(body) < length or zlib.crc32(body) != check:
            return
        yield _batch(body)
        at += _RECORD.size + length


def _batch(body: bytes) -> Batch:
    flags, salts, size, frames, first, second, pages, low, high, _ = _BATCH.unpack_from(body)
    position = None
    if flags & _PLACED:
        position = Position(Generation(salts, size, bool(flags & _BIG)), frames, (first, second))
    return Batch(
        position,
        _events(flags),
        pages=pages,
        low=low,
        high=high,
        entries=tuple(_ENTRY.iter_unpack(body[_BATCH.size :])),
    )

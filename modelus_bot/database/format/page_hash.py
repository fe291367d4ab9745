"""What is kept of a page: eight bytes that tell its content from any other it may have by accident."""

from __future__ import annotations

import struct
import zlib

from modelus_bot.database.format.header import MAGIC

__all__ = ["HASH_BYTES", "UNKNOWN", "page_hash", "zero_hash"]

HASH_BYTES = 8
UNKNOWN = bytes(HASH_BYTES)
"""Stands where a page's hash would, if nobody has seen the page yet."""

_PAIR = struct.Struct("<II")
_MODES = (b"\x01\x01", b"\x02\x02")


def page_hash(number: int, content: bytes | memoryview) -> bytes:
    """Return the hash of page ``number``, of which page 1 is normalised first.

    Two checksums of unlike making, because a cryptographic hash takes four times as long and nobody
    who could forge a page could not write the hashes as well.
    """
    if number == 1:
        content = _without_counters(bytes(content))
    return _PAIR.pack(zlib.crc32(content), zlib.adler32(content))


def zero_hash(page_size: int) -> bytes:
    """Return the hash of a page that was skipped when the file grew."""
    return page_hash(2, bytes(page_size))


def _without_counters(content: bytes) -> bytes:
    """Blank what SQLite writes past the -wal when it changes the journal mode, and nothing depends on.

    That is the pair of version bytes, as long as they are valid, the change counter, and the version
    of the library that wrote last.
    """
    if len(content) < 100 or not content.startswith(MAGIC):
        return content
    modes = _MODES[1] if content[18:20] in _MODES else content[18:20]
    return content[:18] + modes + content[20:24] + bytes(4) + content[28:92] + bytes(8) + content[100:]

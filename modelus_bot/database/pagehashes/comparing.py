"""The child's side: read the main file page by page and say which pages are not as recorded."""

from __future__ import annotations

import os
import struct
import time
from pathlib import Path
from typing import Any

from modelus_bot.database.child import Report
from modelus_bot.database.files import write_durably
from modelus_bot.database.pagehashes.wal import PAGE_HASH, page_hash

__all__ = ["compare_job", "encode_sums", "read_sums"]

MAGIC = b"page sums 1\n"
BLOCK = 1024 * 1024
_HEAD = struct.Struct(">12sIQ")


def encode_sums(page_size: int, sums: bytes) -> bytes:
    """Return the content of a sums file: a head, a hash per page, and a hash over all of it."""
    body = _HEAD.pack(MAGIC, page_size, len(sums) // PAGE_HASH) + sums
    return body + page_hash(body)


def read_sums(path: Path) -> tuple[int, bytes] | None:
    """Return page size and hashes, None when there are none that can be trusted."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if len(content) < _HEAD.size + PAGE_HASH or page_hash(content[:-PAGE_HASH]) != content[-PAGE_HASH:]:
        return None
    magic, page_size, pages = _HEAD.unpack(content[: _HEAD.size])
    sums = content[_HEAD.size : -PAGE_HASH]
    if magic != MAGIC or len(sums) != pages * PAGE_HASH:
        return None
    return page_size, sums


def compare_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """Compare ``database`` with ``sums``; with ``adopt``, record it as it is.

    ``pages`` limits the look to some pages. Returns the differing pages as [number, hash in hex],
    with an empty hash for pages that are missing.
    """
    database, recorded = Path(task["database"]), Path(task["sums"])
    started = time.perf_counter()
    report({"step": "comparing pages"})
    with database.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        page_size = _page_size(file.fileno())
        if task.get("adopt"):
            sums = b"".join(_hashes(file.fileno(), page_size, size))
            write_durably(recorded, encode_sums(page_size, sums))
            return {"differing": [], "pages": size // page_size, "known": True, "seconds": 0.0}
        known = read_sums(recorded)
        if known is None:
            return {"differing": [], "pages": size // page_size, "known": False, "seconds": 0.0}
        page_size, sums = known
        wanted = task.get("pages")
        differing = (
            _look_at(file.fileno(), page_size, sums, wanted)
            if wanted is not None
            else _differing(file.fileno(), page_size, size, sums)
        )
    return {
        "differing": differing,
        "pages": size // page_size,
        "known": True,
        "seconds": time.perf_counter() - started,
    }


def _page_size(descriptor: int) -> int:
    head = os.pread(descriptor, 100, 0)
    found = int.from_bytes(head[16:18], "big") if len(head) >= 18 else 0
    size = 65536 if found == 1 else found
    return size if size >= 512 and not size & (size - 1) else 4096


def _hashes(descriptor: int, page_size: int, size: int) -> list[bytes]:
    found = []
    offset = 0
    while offset < size:
        block = memoryview(os.pread(descriptor, BLOCK - BLOCK % page_size, offset))
        if not block:
            break
        found += [page_hash(block[at : at + page_size]) for at in range(0, len(block), page_size)]
        offset += len(block)
    return found


def _differing(descriptor: int, page_size: int, size: int, sums: bytes) -> list[list[Any]]:
    differing: list[list[Any]] = []
    found = _hashes(descriptor, page_size, size)
    pages = max(len(found), len(sums) // PAGE_HASH)
    for index in range(pages):
        here = found[index] if index < len(found) else b""
        if here != sums[index * PAGE_HASH : (index + 1) * PAGE_HASH]:
            differing.append([index + 1, here.hex()])
    return differing


def _look_at(descriptor: int, page_size: int, sums: bytes, pages: list[int]) -> list[list[Any]]:
    differing: list[list[Any]] = []
    for number in pages:
        content = os.pread(descriptor, page_size, (number - 1) * page_size)
        here = page_hash(content) if content else b""
        if here != sums[(number - 1) * PAGE_HASH : number * PAGE_HASH]:
            differing.append([number, here.hex()])
    return differing

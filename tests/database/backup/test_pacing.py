"""A copy goes to the disk at its rate, with its room reserved, whatever the file system offers."""

from __future__ import annotations

import ctypes
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.database.backup import flushing
from modelus_bot.database.backup.pacing import WritePace

MEGABYTE = 1024 * 1024


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    """Return a new file."""
    opened = os.open(tmp_path / "copy", os.O_CREAT | os.O_RDWR, 0o600)
    yield opened
    os.close(opened)


def written(descriptor: int, pace: WritePace, total: int) -> None:
    """Write ``total`` bytes in pieces, taking note of each."""
    piece = b"x" * (MEGABYTE // 4)
    for done in range(len(piece), total + 1, len(piece)):
        os.write(descriptor, piece)
        pace.at(done, total)


def test_a_rate_is_kept_and_told(descriptor: int) -> None:
    """Four megabytes at twenty a second take a fifth of a second, and the last word is that all is done."""
    told: list[dict[str, Any]] = []
    began = time.perf_counter()
    written(descriptor, WritePace(20 * MEGABYTE, "copying", told.append, descriptor=descriptor), 4 * MEGABYTE)
    assert time.perf_counter() - began >= 0.19
    assert told[-1] == {"step": "copying", "done": 4 * MEGABYTE, "total": 4 * MEGABYTE}


def test_room_is_reserved_before_it_is_needed(descriptor: int) -> None:
    """With the first bytes the file has its whole size, and what was written keeps its place."""
    written(descriptor, WritePace(1e12, "copying", lambda _: None, descriptor=descriptor), 2 * MEGABYTE)
    assert os.fstat(descriptor).st_size == 2 * MEGABYTE
    os.write(descriptor, b"a")
    pace = WritePace(1e12, "copying", lambda _: None, descriptor=descriptor)
    pace.at(1, 5 * MEGABYTE)
    assert os.fstat(descriptor).st_size == 5 * MEGABYTE
    assert os.pread(descriptor, 2, 2 * MEGABYTE) == b"a\0"


def test_without_the_calls_a_file_is_flushed(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system cannot reserve room, the file grows as it is written and is flushed on the way."""
    flushed: list[int] = []
    monkeypatch.setattr(flushing, "_library", lambda: None)
    monkeypatch.setattr(os, "fdatasync", flushed.append)
    written(descriptor, WritePace(1e12, "copying", lambda _: None, descriptor=descriptor), 3 * MEGABYTE)
    assert flushed == [descriptor] * 3
    assert os.fstat(descriptor).st_size == 3 * MEGABYTE


def test_no_room_is_told_at_once(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that does not fit fails before it is written, with the number that says why."""

    class Full:
        @staticmethod
        def fallocate(*_: int) -> int:
            ctypes.set_errno(errno.ENOSPC)
            return -1

    monkeypatch.setattr(flushing, "_library", Full)
    pace = WritePace(1e12, "copying", lambda _: None, descriptor=descriptor)
    with pytest.raises(OSError, match="No space") as failed:
        pace.at(1, MEGABYTE)
    assert failed.value.errno == errno.ENOSPC
    assert os.fstat(descriptor).st_size == 0

"""A -wal's frames: checked side by side as one by one, and as SQLite wrote them."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.database.format.wal import FRAME_HEADER, HEADER, frames, start_of
from modelus_bot.database.format.wal_checksum import checksum, frame_checksums
from modelus_bot.database.format.wal_reader import committed, summary_of

WORD = st.integers(0, 2**32 - 1)


@given(
    st.lists(st.tuples(WORD, WORD), max_size=12), st.sampled_from([24 + 512, 40]), st.booleans(), st.data()
)
def test_side_by_side_is_as_one_by_one(
    before: list[tuple[int, int]], step: int, big: bool, data: st.DataObject
) -> None:
    """Any frames, of which even the greatest words carry nothing from one lane into the next."""
    seed = data.draw(st.integers(0, 3))
    size = step * len(before)
    content = bytes([255]) * size if seed == 0 else random.Random(seed).randbytes(size)
    expected = []
    for number, item in enumerate(before):
        frame = content[number * step : (number + 1) * step]
        expected.append(checksum(frame[FRAME_HEADER:], checksum(frame[:8], item, big=big), big=big))
    assert frame_checksums(memoryview(content), step, before, big=big) == expected


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A -wal of some hundred frames, with many commits."""
    path = tmp_path_factory.mktemp("log") / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=OFF"
        )
        connection.execute("PRAGMA user_version=77")
        connection.execute("CREATE TABLE t (v)")
        for number in range(120):
            connection.execute("INSERT INTO t VALUES (?)", (random.Random(number).randbytes(3000),))
        return path.with_name("a.db-wal").read_bytes()


def read(content: bytes, offset: int, size: int) -> bytes:
    """Read from memory."""
    return content[offset : offset + size]


def test_what_sqlite_wrote_is_intact(log: bytes) -> None:
    """Every frame of the file, from any position on, in one piece or frame by frame."""
    start = start_of(log[:HEADER])
    assert start is not None
    found = list(frames(lambda *at: read(log, *at), start))
    assert len(found) == (len(log) - HEADER) // start.generation.step
    assert all(item.intact for item in found)
    assert all(log[item.offset :].startswith(item.content.tobytes()) for item in found)


@pytest.mark.parametrize("kept", [0, 1, 40])
def test_a_disk_that_fails_hides_only_what_is_behind(log: bytes, kept: int) -> None:
    """Where one frame cannot be read, those before it in the same piece are."""
    start = start_of(log[:HEADER])
    assert start is not None
    step = start.generation.step
    bad = range(HEADER + kept * step, HEADER + (kept + 1) * step)

    def failing(offset: int, size: int) -> bytes:
        if offset < bad.stop and offset + size > bad.start:
            return b""
        return read(log, offset, size)

    assert len(list(frames(failing, start))) == kept


def test_the_summary_is_what_was_committed_last(log: bytes, tmp_path: Path) -> None:
    """It says the same as verifying everything; frames of an unfinished transaction do not count."""
    path = tmp_path / "a.db-wal"
    assert summary_of(path) is None
    start = start_of(log[:HEADER])
    assert start is not None
    for cut in (0, 1, start.generation.step - 1, 30 * start.generation.step):
        content = log[: len(log) - cut]
        path.write_bytes(content)
        found = summary_of(path)
        assert found is not None
        assert found.end == committed(lambda *at: read(content, *at), start, verify=True).position  # noqa: B023
        assert found.file_header[60:64] == (77).to_bytes(4, "big")
    path.write_bytes(log[: HEADER + start.generation.step - 1])
    assert summary_of(path) is None

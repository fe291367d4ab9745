"""Records and varints: what SQLite writes is read back, and no bytes make the reading fail."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from modelus_bot.database.format.header import PAGE_SIZES, parse_header
from modelus_bot.database.format.pages import Cell, PageKind, overflow_link, parse_page
from modelus_bot.database.format.records import decode_record, payload_in_page, read_varint, starts_well

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([0, 1, -1, 127, -128, 2**15, 2**23, -(2**23) - 1, 2**31, 2**47, -(2**47) - 1]),
    st.floats(allow_nan=False),
    st.text(max_size=300),
    st.binary(max_size=300),
)
LONG = st.integers(0, 30_000).map(lambda length: "é" * length)


def varint(number: int) -> bytes:
    """Encode a number as SQLite does."""
    if number >> 56:
        low = bytes([number & 0xFF])
        number >>= 8
        parts = [(number >> shift) & 0x7F | 0x80 for shift in range(49, -1, -7)]
        return bytes(parts) + low
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(number & 0x7F | 0x80)
    return bytes(reversed(parts))


@given(st.integers(0, 2**64 - 1), st.binary(max_size=5))
@example(2**56 - 1, b"")
@example(2**56, b"")
def test_a_varint_is_read_back(number: int, rest: bytes) -> None:
    """Any 64-bit number, with anything behind it."""
    data = varint(number)

    assert read_varint(b"\xff" + data + rest, 1) == (number, 1 + len(data))


@given(st.binary(max_size=12), st.integers(0, 20))
def test_a_varint_never_reads_past_the_end(data: bytes, at: int) -> None:
    """Any bytes: the end of what was read is within them."""
    read = read_varint(data, at)

    assert read is None or at < read[1] <= len(data)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_record_or_none(data: bytes) -> None:
    """Decoding never raises, and what starts badly never decodes."""
    row = decode_record(data)

    assert row is None or isinstance(row, tuple)
    if row is not None and not any(isinstance(value, str) and "\0" in value for value in row):
        assert starts_well(data, len(data))


@given(st.integers(1, 2**30), st.sampled_from(PAGE_SIZES), st.booleans())
def test_what_stands_in_a_cell_leaves_whole_overflow_pages(length: int, usable: int, leaf: bool) -> None:
    """Either all of a payload stands in its page, or no more than SQLite allows."""
    local = payload_in_page(length, usable, table_leaf=leaf)

    assert local <= length
    if local < length:
        most = usable - 35 if leaf else (usable - 12) * 64 // 255 - 23
        assert (usable - 12) * 32 // 255 - 23 <= local <= most < length


@pytest.mark.parametrize("size", PAGE_SIZES)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(VALUES, VALUES, LONG), min_size=1, max_size=12))
def test_what_sqlite_writes_is_read_back(size: int, tmp_path: Path, rows: list[tuple[Any, ...]]) -> None:
    """Every kind of value, on and off overflow pages, for every page size."""
    path = tmp_path / "values.db"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {size}")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a, b, c)")
        connection.executemany("INSERT INTO t(a, b, c) VALUES(?, ?, ?)", rows)
        expected = connection.execute("SELECT id, a, b, c FROM t").fetchall()

    data = path.read_bytes()
    header = parse_header(data[:100])
    assert header is not None
    assert header.page_size == size
    found = {}
    for number in range(2, len(data) // size + 1):
        page = parse_page(data[(number - 1) * size : number * size], size)
        if page is not None and page.kind is PageKind.TABLE_LEAF:
            assert page.sound
            for cell in page.cells:
                assert cell is not None
                row = decode_record(whole_payload(data, size, number, cell))
                assert row is not None
                found[cell.rowid] = row
    assert [(rowid, *found[rowid][1:]) for rowid, *_ in expected] == [tuple(row) for row in expected]


def whole_payload(data: bytes, size: int, number: int, cell: Cell) -> bytes:
    """Put a payload together as the file format describes it, without any check."""
    start = (number - 1) * size
    payload = data[start + cell.payload : start + cell.local_end]
    after = cell.overflow
    while len(payload) < cell.length:
        page = data[(after - 1) * size : after * size]
        payload += page[4:][: cell.length - len(payload)]
        after = overflow_link(page)
    return payload

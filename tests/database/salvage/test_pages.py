"""Pages: no bytes make the parsing fail, and a sound page is full to the byte."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.format.header import guess_page_size, parse_header
from modelus_bot.database.format.pages import PageKind, parse_page, trunk_leaves

KINDS = st.sampled_from([b"\x02", b"\x05", b"\x0a", b"\x0d"])
SIZE = 512


@pytest.fixture(scope="module")
def leaf() -> bytes:
    """A table's leaf page with free blocks and fragments, as SQLite leaves one after some deletions."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {SIZE}")
        connection.execute("CREATE TABLE t(a)")
        connection.executemany("INSERT INTO t VALUES(?)", [("x" * length,) for length in (20, 30, 3, 40, 50)])
        connection.execute("DELETE FROM t WHERE rowid IN (2, 4)")
        connection.execute("INSERT INTO t VALUES('fits in a gap, almost')")
        return connection.serialize()[SIZE : 2 * SIZE]


@given(KINDS, st.binary(min_size=SIZE - 1, max_size=SIZE - 1), st.booleans())
@settings(max_examples=300)
def test_any_bytes_are_a_page_or_none(kind: bytes, rest: bytes, first: bool) -> None:
    """Parsing never raises, and every cell lies within the page."""
    page = parse_page(kind + rest, SIZE, first=first)

    if page is not None:
        assert all(
            cell is None or 0 < cell.start <= cell.payload <= cell.local_end <= cell.end <= SIZE
            for cell in page.cells
        )


@given(st.data())
@settings(max_examples=300)
def test_no_damage_to_a_real_page_makes_the_parsing_fail(leaf: bytes, data: st.DataObject) -> None:
    """Some bytes of a real page replaced by others."""
    start = data.draw(st.integers(0, SIZE - 1))
    damage = data.draw(st.binary(min_size=1, max_size=40))[: SIZE - start]
    page = parse_page(leaf[:start] + damage + leaf[start + len(damage) :], SIZE)

    assert page is None or len(page.cells) <= SIZE // 2


def test_a_real_page_is_sound_and_a_wrong_count_is_noticed(leaf: bytes) -> None:
    """Cells, free blocks and fragments fill the page; one fragment more or less does not."""
    page = parse_page(leaf, SIZE)

    assert page is not None
    assert page.sound
    assert page.kind is PageKind.TABLE_LEAF
    assert len(page.cells) == 4
    wrong = bytearray(leaf)
    wrong[7] ^= 1
    damaged = parse_page(bytes(wrong), SIZE)
    assert damaged is not None
    assert not damaged.sound
    assert damaged.cells == page.cells


def test_a_page_too_short_or_of_no_known_kind_is_none() -> None:
    """Half a page and a page of zeros."""
    assert parse_page(b"\x0d" + bytes(200), SIZE) is None
    assert parse_page(bytes(SIZE), SIZE) is None


@given(st.binary(max_size=120))
def test_a_trunk_names_only_pages_that_there_are(rest: bytes) -> None:
    """Any bytes: what is taken for a list of free pages could be one."""
    trunk = trunk_leaves((rest + bytes(SIZE))[:SIZE], SIZE, 50)

    if trunk is not None:
        assert trunk[0] <= 50
        assert all(2 <= leaf <= 50 for leaf in trunk[1])


@given(st.binary(max_size=200))
def test_any_bytes_are_a_header_or_none(data: bytes) -> None:
    """A header that is accepted has a page size that exists."""
    header = parse_header(b"SQLite format 3\0" + data)

    assert header is None or header.usable >= 480


@pytest.mark.parametrize("size", [512, 1024, 4096, 8192, 65536])
def test_the_page_size_is_guessed_without_the_header(tmp_path: Path, size: int) -> None:
    """The pages themselves tell how long they are."""
    path = tmp_path / "guess.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {size}")
        connection.execute("CREATE TABLE t(a, b)")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO t VALUES(?, ?)", [(number, "x" * (number % 90)) for number in range(20_000)]
        )
        connection.execute("COMMIT")
    data = bytes(size) + path.read_bytes()[size:]

    assert guess_page_size(lambda offset, wanted: data[offset : offset + wanted], len(data))[0] == size

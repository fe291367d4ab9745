"""Verification names the first entry that somebody altered, removed, moved or put in, and what was done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.bundled import migrations_dir
from modelus_bot.database.core.audit.anchors import Anchor
from modelus_bot.database.core.audit.chain import AuditChain, link_hash
from modelus_bot.database.core.audit.comparing import Setback, compared_with_anchors
from modelus_bot.database.core.audit.entry import AuditEntry
from modelus_bot.database.core.audit.verification import ChainReport, verify_chain

Row = tuple[Any, ...]


def chain_of(count: int) -> list[Row]:
    """Return the rows of an intact chain, as the real table holds them."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as raw:
        core = migrations_dir() / "0001.core.sql"
        raw.executescript(core.read_text("utf-8"))
        chain = AuditChain()
        chain.load(raw)
        for number in range(count):
            entry = AuditEntry(
                "settings", f"k{number}", "INSERT", None, None, {"v": 1}, 7, None, None, 1, number
            )
            chain.append(raw, entry)
        return list(raw.execute("SELECT * FROM audit_logs ORDER BY id"))


def numbered(rows: list[Row]) -> Iterator[Row]:
    """Give rows the numbers of their places, as somebody would who wants no gap to show."""
    for number, row in enumerate(rows, 1):
        yield (number, *row[1:])


def rehashed(row: Row, previous: bytes) -> Row:
    """Return a row whose hash fits its content."""
    return (*row[:12], previous, link_hash(previous, row[:12]))


WHOLE = chain_of(12)


def report_of(rows: list[Row]) -> ChainReport:
    """Verify rows in order of their numbers."""
    return verify_chain(iter(sorted(rows, key=lambda row: row[0])))


def test_a_whole_chain_is_whole() -> None:
    """Every link is walked, and its ends are told."""
    report = report_of(WHOLE)
    assert report.intact
    assert (report.links, report.first_id, report.last_id, report.head) == (12, 1, 12, WHOLE[-1][13])
    assert report_of([]).intact


@settings(max_examples=300, deadline=None)
@given(place=st.integers(1, 12), column=st.integers(1, 13), data=st.data())
def test_an_altered_entry_is_named(place: int, column: int, data: st.DataObject) -> None:
    """Whichever value of whichever entry is changed: that entry is the first, and it was altered."""
    rows = list(WHOLE)
    old = rows[place - 1][column]
    if column >= 12:
        new: Any = bytes(data.draw(st.binary(min_size=32, max_size=32)))
    else:
        new = data.draw(st.one_of(st.text(max_size=8), st.integers(), st.none()))
    if new == old and type(new) is type(old):
        return
    rows[place - 1] = (*rows[place - 1][:column], new, *rows[place - 1][column + 1 :])
    report = report_of(rows)
    assert (report.first_broken, report.kind) == (place, "altered")
    assert report.problem == f"entry {place} was altered"


@pytest.mark.parametrize("place", [1, 5, 11])
def test_an_entry_altered_together_with_its_hash_is_named(place: int) -> None:
    """The next entry still knows the old one, and those after it follow that."""
    rows = list(WHOLE)
    altered = (*rows[place - 1][:8], "another reason", *rows[place - 1][9:])
    rows[place - 1] = rehashed(altered, rows[place - 1][12])
    report = report_of(rows)
    if place == 11:  # nothing follows entry 12 that would vouch for it
        assert (report.first_broken, report.kind) == (12, "unlinked")
    else:
        assert (report.first_broken, report.kind) == (place, "altered")


@settings(max_examples=100, deadline=None)
@given(place=st.integers(1, 11), count=st.integers(1, 4), renumber=st.booleans())
def test_removed_entries_are_named(place: int, count: int, *, renumber: bool) -> None:
    """Whether a gap is left or those after it were renumbered."""
    rest = WHOLE[: place - 1] + WHOLE[place - 1 + count :]
    if len(rest) < place:
        return
    report = report_of(list(numbered(rest)) if renumber else rest)
    assert (report.first_broken, report.kind) == (place, "removed")


@settings(max_examples=100, deadline=None)
@given(place=st.integers(1, 12), forged=st.booleans(), shifted=st.booleans())
def test_an_inserted_entry_is_named(place: int, *, forged: bool, shifted: bool) -> None:
    """With those after it renumbered, or under a number that none can have."""
    intruder = (
        place,
        "settings",
        "x",
        "INSERT",
        None,
        None,
        "{}",
        666,
        None,
        None,
        1,
        5,
        bytes(32),
        bytes(32),
    )
    before = WHOLE[place - 2][13] if place > 1 else bytes(32)
    if forged:
        intruder = rehashed(intruder, before)
    if not shifted:
        report = report_of([(-3, *intruder[1:]), *WHOLE])
        assert (report.first_broken, report.kind) == (1, "inserted")
        return
    rows = list(numbered([*WHOLE[: place - 1], intruder, *WHOLE[place - 1 :]]))
    report = report_of(rows)
    if forged:
        # It fits where it stands: what does not fit is the first one after it.
        assert report.first_broken in {place, place + 1}
    else:
        assert (report.first_broken, report.kind) == (place, "inserted")


@settings(max_examples=100, deadline=None)
@given(places=st.lists(st.integers(1, 12), min_size=2, max_size=2, unique=True))
def test_entries_that_changed_places_are_named(places: list[int]) -> None:
    """The first of the two is the first wrong one."""
    first, second = sorted(places)
    rows = list(WHOLE)
    rows[first - 1], rows[second - 1] = rows[second - 1], rows[first - 1]
    report = report_of(list(numbered(rows)))
    assert (report.first_broken, report.kind) == (first, "moved")
    assert report.problem == f"entries {first} and {second} changed places"


def test_an_entry_put_at_the_end_by_hand_is_named() -> None:
    """Its hash is made up, or is one of an entry that follows nothing."""
    fields = (13, "settings", "x", "INSERT", None, None, "{}", 666, None, None, 1, 5)
    made_up = report_of([*WHOLE, (*fields, WHOLE[-1][13], bytes(32))])
    assert (made_up.first_broken, made_up.kind) == (13, "altered")
    alone = report_of([*WHOLE, (*fields, bytes(32), link_hash(bytes(32), fields))])
    assert (alone.first_broken, alone.kind) == (13, "unlinked")
    assert alone.problem == "entry 13 does not follow entry 12"


def test_a_chain_may_begin_after_one_that_was_set_aside() -> None:
    """Only with the entry that says so; any other first number is a gap."""
    fields = (41, "audit_logs", "audit_logs_damaged_1", "RESTORE", None, "{}", "{}", None, None, "r", 1, 5)
    first = (*fields, bytes(32), link_hash(bytes(32), fields))
    second = rehashed((42, *WHOLE[0][1:]), first[13])
    report = report_of([first, second])
    assert report.intact
    assert (report.first_id, report.last_id, report.links) == (41, 42, 2)
    assert report_of(WHOLE[3:]).problem == "entry 1 is missing"


def anchor(number: int, source: str = "backup A", at: float = 100.0, head: str = "") -> Anchor:
    """Return an anchor that agrees with the whole chain unless ``head`` says otherwise."""
    return Anchor(source, number, head or WHOLE[number - 1][13].hex(), at)


HASHES = {row[0]: row[13].hex() for row in WHOLE}
FIRST_EIGHT = {number: item for number, item in HASHES.items() if number <= 8}


def test_anchors_that_agree_say_nothing() -> None:
    """They are counted."""
    report = compared_with_anchors(report_of(WHOLE), [anchor(3), anchor(12)], HASHES)
    assert report.intact
    assert report.anchors == 2


def test_a_rewritten_chain_contradicts_an_anchor() -> None:
    """All hashes made to fit: the log that noted the head knows better, and where it began is bounded."""
    rows: list[Row] = []
    previous = bytes(32)
    for row in WHOLE:
        content = (*row[:6], '{"v":2}', *row[7:]) if row[0] == 5 else row
        rows.append(rehashed(content, previous))
        previous = rows[-1][13]
    report = report_of(rows)
    assert report.intact
    hashes = {row[0]: row[13].hex() for row in rows}
    found = compared_with_anchors(report, [anchor(4), anchor(9, "the log bot.jsonl")], hashes)
    assert not found.intact
    (words,) = found.contradictions
    assert words == (
        "The log bot.jsonl knows another entry 9:"
        " the log was rewritten after entry 4, with which others agree."
    )


def test_a_shortened_chain_contradicts_an_anchor() -> None:
    """Removing the end leaves no trace in the chain itself."""
    report = compared_with_anchors(report_of(WHOLE[:8]), [anchor(7), anchor(11)], FIRST_EIGHT)
    assert report.contradictions == ("Backup A knows entry 11, but the log ends with entry 8.",)


def test_a_restore_that_says_so_excuses_anchors_from_before_it() -> None:
    """But none that is newer than the restore, and none of entries that were kept."""
    back = Setback(9, back_to=8, reached=12, at=200.0)
    old, new = anchor(11, at=100.0), anchor(12, at=5000.0)
    report = compared_with_anchors(report_of(WHOLE[:8]), [old, new], FIRST_EIGHT, [back])
    assert report.contradictions == ("Backup A knows entry 12, but the log ends with entry 8.",)
    (words,) = report.excused
    assert words.endswith("ends with entry 8. Entry 9 explains it: the log was set back to 8.")
    lying = compared_with_anchors(report_of(WHOLE), [anchor(4, head="00" * 32)], HASHES, [back])
    assert len(lying.contradictions) == 1

"""Does the chain hold? If not: which entry is the first that was altered, removed, moved or inserted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, NamedTuple

from modelus_bot.database.core.audit.chain import GENESIS, link_hash

__all__ = ["Break", "ChainReport", "verify_chain", "walk"]

_WALK = (
    "SELECT id, table_name, record_id, operation, nation_id, old_values, new_values, changed_by, reason,"
    " request_id, attempt, changed_at, prev_hash, row_hash FROM audit_logs ORDER BY id"
)
_FOLLOWING = 2000
"""How many entries after the first wrong one are looked through for where the right one went."""

_NUMBERS = 200
"""How far away the number may be under which an entry was written."""

Break = Literal["altered", "removed", "inserted", "moved", "unlinked"]
"""What was done; ``unlinked``: two entries do not belong together, and both are whole in themselves."""


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Whether the chain holds: how many links were walked, and the first one that does not fit.

    ``first_id`` and ``last_id`` are the numbers the chain begins and ends with, as far as it was
    walked, 0 without any. ``contradictions`` are sentences about anchors (backups, logs) that know the
    chain otherwise, and about entries that nobody asked for; ``excused`` are those that a restore or a
    new chain explains. ``preserved`` are tables with earlier chains that are damaged.
    """

    links: int
    first_broken: int | None
    problem: str | None
    head: bytes
    kind: Break | None = None
    first_id: int = 0
    last_id: int = 0
    anchors: int = 0
    contradictions: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    preserved: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        """True when every link fits the one before it, and nothing contradicts."""
        return self.first_broken is None and not self.contradictions


class _ChainLink(NamedTuple):
    """A stored entry: its number and the columns its hash covers, and the two hashes stored with it."""

    number: Any
    fields: tuple[Any, ...]
    previous: Any
    hash: Any

    @classmethod
    def of(cls, row: Any) -> _ChainLink:
        return cls(row[0], tuple(row[:12]), row[12], row[13])

    def fits(self, previous: Any, number: Any = None) -> bool:
        """Say whether its hash is that of its content after ``previous``, perhaps under another number."""
        if not isinstance(previous, bytes):
            return False
        fields = self.fields if number is None else (number, *self.fields[1:])
        try:
            return bool(link_hash(previous, fields) == self.hash)
        except (TypeError, ValueError):  # what only damage can put there
            return False

    @property
    def is_whole(self) -> bool:
        """Whether its content is what was hashed, wherever it may belong."""
        return self.fits(self.previous)


def verify_chain(
    rows: Iterator[Any], seen: Callable[[int, bytes], None] = lambda _number, _hash: None
) -> ChainReport:
    """Walk rows of ``audit_logs`` in order of id and name the first link that does not fit.

    A chain begins with entry 1, or with one that says that an earlier chain was set aside. ``seen`` is
    told every link that fits.
    """
    previous, expected, links, first = GENESIS, 1, 0, 0
    before: _ChainLink | None = None
    for row in rows:
        link = _ChainLink.of(row)
        if before is None and _begins_anew(link):
            expected = link.number
        if link.number != expected or link.previous != previous or not link.fits(previous):
            following = [_ChainLink.of(item) for item in islice(rows, _FOLLOWING)]
            number, kind, problem = _explained(expected, previous, before, link, following)
            return ChainReport(links, number, problem, previous, kind, first, expected - 1 if links else 0)
        seen(link.number, link.hash)
        first = first or expected
        before, previous, expected, links = link, link.hash, expected + 1, links + 1
    return ChainReport(links, None, None, previous, None, first, expected - 1 if links else 0)


def walk(connection: sqlite3.Connection) -> Iterator[Any]:
    """Yield every entry in order, in the shape ``verify_chain`` reads."""
    yield from connection.execute(_WALK)


def _begins_anew(link: _ChainLink) -> bool:
    """Say whether this is the first entry of a chain that follows a damaged one."""
    return (
        isinstance(link.number, int)
        and link.number > 1
        and link.fields[1:4:2] == ("audit_logs", "RESTORE")
        and link.previous == GENESIS
    )


def _explained(
    expected: int, previous: bytes, before: _ChainLink | None, link: _ChainLink, following: list[_ChainLink]
) -> tuple[int, Break, str]:
    """Say what was done to the entry that should have come now."""
    if not isinstance(link.number, int) or link.number < expected:
        return expected, "inserted", f"entry {link.number} was inserted before entry {expected}"
    found = _elsewhere(expected, previous, [link, *following])
    if found is not None:
        return found
    if link.number > expected:
        return expected, "removed", f"entry {expected} is missing"
    own = _own_number(link)
    if own is not None and own > expected:
        problem = f"entry {expected} was removed, and entry {own} stands in its place"
        return expected, "removed", problem
    if own is not None and own < expected:
        return expected, "moved", f"entry {expected} is entry {own}, which was moved or repeated"
    if link.previous == previous or not link.is_whole:
        return expected, "altered", f"entry {expected} was altered"
    if before is not None and following and following[0].previous == link.hash:
        altered = f"entry {before.number} was altered together with its hash: entry {expected} knows another"
        return before.number, "altered", altered
    return expected, "unlinked", f"entry {expected} does not follow entry {expected - 1}"


def _elsewhere(expected: int, previous: bytes, links: list[_ChainLink]) -> tuple[int, Break, str] | None:
    """Find the right entry under a wrong number: others were inserted before it, or it was moved."""
    for place, candidate in enumerate(links):
        if candidate.number == expected or candidate.previous != previous:
            continue
        if not candidate.fits(previous, expected):
            continue
        intruder = links[0]
        if place == 0:
            return expected, "moved", f"entry {expected} was moved to number {candidate.number}"
        if intruder.fits(intruder.previous, candidate.number):
            problem = f"entries {expected} and {candidate.number} changed places"
            return expected, "moved", problem
        moved = _own_number(intruder)
        if moved is not None and moved != expected:
            return expected, "moved", f"entry {expected} was moved to number {candidate.number}"
        problem = f"entry {expected} was inserted: the one that had this number is now {candidate.number}"
        return expected, "inserted", problem
    return None


def _own_number(link: _ChainLink) -> int | None:
    """Return the number a link was written under, if it is another one nearby."""
    if not isinstance(link.previous, bytes) or link.is_whole:
        return None
    near = range(max(1, link.number - _NUMBERS), link.number + _NUMBERS + 1)
    return next((item for item in near if item != link.number and link.fits(link.previous, item)), None)

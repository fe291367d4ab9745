"""The audit log: one entry per change, in the same transaction, each linked to the one before."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic_core import to_json

__all__ = ["APPEND", "AuditChain", "AuditEntry", "AuditOperation", "ChainReport", "link_hash", "verify_chain"]

AuditOperation = Literal["INSERT", "UPDATE", "DELETE", "COMMAND", "RETRY", "REPLAY", "RESTORE", "UNDO"]

GENESIS = bytes(32)

APPEND = (
    "INSERT INTO audit_logs(id, table_name, record_id, operation, nation_id, old_values, new_values,"
    " changed_by, reason, request_id, attempt, changed_at, prev_hash, row_hash)"
    " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_HEAD = "SELECT id, row_hash FROM audit_logs ORDER BY id DESC LIMIT 1"
_WALK = (
    "SELECT id, table_name, record_id, operation, nation_id, old_values, new_values, changed_by, reason,"
    " request_id, attempt, changed_at, prev_hash, row_hash FROM audit_logs ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who changed which record, from what to what, why, under which request, at which attempt."""

    table_name: str
    record_id: str
    operation: AuditOperation
    nation_id: int | None
    old_values: dict[str, Any] | None
    new_values: dict[str, Any] | None
    changed_by: int | None
    reason: str | None
    request_id: str | None
    attempt: int
    changed_at: int


_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def _to_json(values: dict[str, Any] | None) -> str | None:
    return None if values is None else to_json(values, fallback=str).decode()


def link_hash(previous: bytes, fields: tuple[Any, ...]) -> bytes:
    """Return sha256 over the previous link and the fields as a JSON array in plain ASCII.

    The standard library writes that array: its form must stay the same for as long as chains live.
    """
    return hashlib.sha256(previous + _encode(fields).encode("ascii")).digest()


class AuditChain:
    """The head of the chain, kept by the writer so that linking costs no query.

    The writer calls ``load`` when the head may be stale, ``mark`` and ``rewind`` around whatever it
    may roll back.
    """

    __slots__ = ("head", "last_id", "loaded")

    def __init__(self) -> None:
        """Start with no head; ``load`` reads it."""
        self.last_id = 0
        self.head = GENESIS
        self.loaded = False

    def load(self, connection: sqlite3.Connection) -> None:
        """Read the head from the table."""
        row = connection.execute(_HEAD).fetchone()
        self.last_id, self.head = (row[0], row[1]) if row is not None else (0, GENESIS)
        self.loaded = True

    def mark(self) -> tuple[int, bytes]:
        """Return the present head, to be given to ``rewind`` after a roll-back."""
        return self.last_id, self.head

    def rewind(self, mark: tuple[int, bytes]) -> None:
        """Go back to an earlier head."""
        self.last_id, self.head = mark

    def append(self, connection: sqlite3.Connection, entry: AuditEntry) -> None:
        """Insert ``entry`` as the next link."""
        number = self.last_id + 1
        fields = (
            number, entry.table_name, entry.record_id, entry.operation, entry.nation_id,
            _to_json(entry.old_values), _to_json(entry.new_values), entry.changed_by, entry.reason,
            entry.request_id, entry.attempt, entry.changed_at,
        )  # fmt: skip
        link = link_hash(self.head, fields)
        connection.execute(APPEND, (*fields, self.head, link))
        self.last_id, self.head = number, link


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Whether the chain holds: how many links were walked, and the first one that does not fit."""

    links: int
    first_broken: int | None
    problem: str | None
    head: bytes

    @property
    def intact(self) -> bool:
        """True when every link fits the one before it."""
        return self.first_broken is None


def verify_chain(rows: Iterator[Any]) -> ChainReport:
    """Walk rows of ``audit_logs`` in order of id and name the first link that does not fit."""
    previous, expected, links = GENESIS, 1, 0
    for row in rows:
        fields, stored_previous, stored_hash = tuple(row[:12]), row[12], row[13]
        number = fields[0]
        problem = None
        if number != expected:
            problem = f"entry {expected} is missing"
        elif stored_previous != previous:
            problem = f"entry {number} does not follow entry {number - 1}"
        elif link_hash(previous, fields) != stored_hash:
            problem = f"entry {number} was altered"
        if problem is not None:
            return ChainReport(links, min(number, expected), problem, previous)
        previous, expected, links = stored_hash, number + 1, links + 1
    return ChainReport(links, None, None, previous)


def walk(connection: sqlite3.Connection) -> Iterator[Any]:
    """Yield every entry in order, in the shape ``verify_chain`` reads."""
    yield from connection.execute(_WALK)

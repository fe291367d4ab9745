"""The chain: each entry's hash covers the entry and the hash before it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import Any

from modelus_bot.database.core.audit.entry import AuditEntry, Fields

__all__ = ["APPEND", "GENESIS", "AuditChain", "Mark", "fields_of", "is_fault_of_the_table", "link_hash"]

GENESIS = bytes(32)
"""What the first entry of a chain is linked to."""

Mark = tuple[Any, ...]
"""A state of the chain to go back to."""

APPEND = (
    "INSERT INTO audit_logs(id, table_name, record_id, operation, nation_id, old_values, new_values,"
    " changed_by, reason, request_id, attempt, changed_at, prev_hash, row_hash)"
    " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_HEAD = "SELECT id, row_hash FROM audit_logs ORDER BY id DESC LIMIT 1"
_LAST = 2**62
"""Numbers beyond this leave no room to go on."""

_TABLES_OWN = frozenset(
    {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        sqlite3.SQLITE_CONSTRAINT_ROWID,
        sqlite3.SQLITE_CONSTRAINT_TRIGGER,
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    }
)
"""Result codes of an INSERT that is right in itself: no such table, a number that is taken, a trigger."""

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def fields_of(entry: AuditEntry) -> Fields:
    """Return what the table stores of ``entry``; values that JSON does not know become texts."""
    return (
        entry.table_name, entry.record_id, entry.operation, entry.nation_id,
        _to_json(entry.old_values), _to_json(entry.new_values), entry.changed_by, entry.reason,
        entry.request_id, entry.attempt, entry.changed_at,
    )  # fmt: skip


def link_hash(previous: bytes, fields: Fields) -> bytes:
    """Return sha256 over the previous link and the fields as a JSON array in plain ASCII.

    The standard library writes that array: its form must stay the same for as long as chains live.
    """
    return hashlib.sha256(previous + _encode(fields).encode("ascii")).digest()


def _to_json(values: dict[str, Any] | None) -> str | None:
    if values is None:
        return None
    from pydantic_core import to_json  # for writers only: a check in a child reads chains without it

    return to_json(values, fallback=str).decode()


def is_fault_of_the_table(error: sqlite3.Error) -> bool:
    """Say whether the audit table, and not the entry or the whole database, made an INSERT fail."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code in _TABLES_OWN or code & 0xFF == sqlite3.SQLITE_CORRUPT


class AuditChain:
    """The head of the chain, kept by the writer so that linking costs no query.

    The writer calls ``load`` when the head may be stale, ``mark`` and ``rewind`` around whatever it
    may roll back. ``fault`` is why the table takes no entries; it is None while it does.
    """

    __slots__ = ("fault", "head", "last_id", "loaded")

    def __init__(self) -> None:
        """Start with no head; ``load`` reads it."""
        self.last_id = 0
        self.head = GENESIS
        self.loaded = False
        self.fault: sqlite3.Error | None = None

    def load(self, connection: sqlite3.Connection) -> None:
        """Read the head from the table; where the table does not let it, that is kept as the fault."""
        self.fault = None
        try:
            row = connection.execute(_HEAD).fetchone()
        except sqlite3.Error as error:
            if not is_fault_of_the_table(error):
                raise
            self._broken(error)
            return
        if row is not None and not _is_link(row):
            self._broken(_no_entry())
            return
        self.last_id, self.head = (row[0], row[1]) if row is not None else (0, GENESIS)
        self.loaded = True

    def forget(self) -> None:
        """Hold the head for unknown: ``load`` reads it again."""
        self.loaded = False

    def mark(self) -> Mark:
        """Return the present head, to be given to ``rewind`` after a roll-back."""
        return self.last_id, self.head

    def rewind(self, mark: Mark) -> None:
        """Go back to an earlier head."""
        self.last_id, self.head = mark

    def restart(self, last_id: int) -> None:
        """Begin a new chain in a new table; its first entry gets the number after ``last_id``."""
        self.last_id, self.head = last_id, GENESIS
        self.fault, self.loaded = None, True

    def go_on_from(self, other: AuditChain) -> None:
        """Take over the head of another one, whose transaction was committed."""
        self.last_id, self.head = other.last_id, other.head
        self.fault, self.loaded = None, True

    def append(self, connection: sqlite3.Connection, entry: AuditEntry) -> None:
        """Insert ``entry`` as the next link."""
        self.append_fields(connection, fields_of(entry))

    def append_fields(self, connection: sqlite3.Connection, fields: Fields) -> None:
        """Insert an entry as the next link, given as the table stores it."""
        if self.fault is not None:
            raise self.fault
        number = self.last_id + 1
        numbered = (number, *fields)
        link = link_hash(self.head, numbered)
        try:
            connection.execute(APPEND, (*numbered, self.head, link))
        except sqlite3.Error as error:
            if is_fault_of_the_table(error):
                self._broken(error)
            raise
        self.last_id, self.head = number, link

    def _broken(self, error: sqlite3.Error) -> None:
        self.fault, self.loaded = error, False


def _is_link(row: Any) -> bool:
    number, link = row[0], row[1]
    return (
        isinstance(number, int)
        and 0 <= number < _LAST
        and isinstance(link, bytes)
        and len(link) == len(GENESIS)
    )


def _no_entry() -> sqlite3.Error:
    error = sqlite3.DatabaseError("the audit log ends with an entry that cannot be one")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    error.sqlite_errorname = "SQLITE_CORRUPT"
    return error

"""What SQLite answered, as a class of the tree in ``errors``: by its result code, never by its text."""

from __future__ import annotations

import sqlite3

from modelus_bot.database.core.errors import (
    ConnectionLost,
    ConstraintViolated,
    CorruptionDetected,
    DatabaseBusy,
    DatabaseError,
    DatabaseReadOnly,
    DeadlineExceeded,
    DiskFull,
    OutOfResources,
    QueryFailed,
    SearchDamaged,
    StorageFailed,
)
from modelus_bot.database.core.resources import short_of_resources
from modelus_bot.database.core.system_errors import from_os

__all__ = ["class_for_code", "from_sqlite"]

CONSTRAINT_DATATYPE = 3091
"""A value of the wrong type for a STRICT table; Python 3.11 has no name for it."""

_BY_EXTENDED: dict[int, type[DatabaseError]] = {
    CONSTRAINT_DATATYPE: ConstraintViolated,
    sqlite3.SQLITE_CORRUPT_VTAB: SearchDamaged,
    sqlite3.SQLITE_IOERR_CORRUPTFS: StorageFailed,
    sqlite3.SQLITE_CANTOPEN_ISDIR: DatabaseReadOnly,
    sqlite3.SQLITE_CANTOPEN_SYMLINK: DatabaseReadOnly,
    sqlite3.SQLITE_READONLY_DBMOVED: ConnectionLost,
    sqlite3.SQLITE_READONLY_RECOVERY: ConnectionLost,
    sqlite3.SQLITE_READONLY_CANTLOCK: ConnectionLost,
    sqlite3.SQLITE_ERROR_RETRY: StorageFailed,
    sqlite3.SQLITE_ERROR_SNAPSHOT: StorageFailed,
}

_BY_PRIMARY: dict[int, type[DatabaseError]] = {
    sqlite3.SQLITE_ERROR: QueryFailed,
    sqlite3.SQLITE_INTERNAL: QueryFailed,
    sqlite3.SQLITE_PERM: DatabaseReadOnly,
    sqlite3.SQLITE_ABORT: QueryFailed,
    sqlite3.SQLITE_BUSY: DatabaseBusy,
    sqlite3.SQLITE_LOCKED: DatabaseBusy,
    sqlite3.SQLITE_NOMEM: OutOfResources,
    sqlite3.SQLITE_READONLY: DatabaseReadOnly,
    sqlite3.SQLITE_INTERRUPT: DeadlineExceeded,
    sqlite3.SQLITE_IOERR: StorageFailed,
    sqlite3.SQLITE_CORRUPT: CorruptionDetected,
    sqlite3.SQLITE_NOTFOUND: QueryFailed,
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_CANTOPEN: ConnectionLost,
    sqlite3.SQLITE_PROTOCOL: DatabaseBusy,
    sqlite3.SQLITE_EMPTY: QueryFailed,
    sqlite3.SQLITE_SCHEMA: StorageFailed,
    sqlite3.SQLITE_TOOBIG: QueryFailed,
    sqlite3.SQLITE_CONSTRAINT: ConstraintViolated,
    sqlite3.SQLITE_MISMATCH: ConstraintViolated,
    sqlite3.SQLITE_MISUSE: QueryFailed,
    sqlite3.SQLITE_NOLFS: DiskFull,
    sqlite3.SQLITE_AUTH: QueryFailed,
    sqlite3.SQLITE_FORMAT: CorruptionDetected,
    sqlite3.SQLITE_RANGE: QueryFailed,
    sqlite3.SQLITE_NOTADB: CorruptionDetected,
}


_CONSTRAINT_KINDS: dict[int, str] = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: "unique",
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: "unique",
    sqlite3.SQLITE_CONSTRAINT_ROWID: "unique",
    sqlite3.SQLITE_CONSTRAINT_CHECK: "check",
    sqlite3.SQLITE_CONSTRAINT_NOTNULL: "not_null",
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: "foreign_key",
    sqlite3.SQLITE_CONSTRAINT_TRIGGER: "trigger",
    CONSTRAINT_DATATYPE: "type",
    sqlite3.SQLITE_MISMATCH: "type",
}


def class_for_code(code: int | None) -> type[DatabaseError]:
    """Return the error class for a primary or extended SQLite result code; unknown is permanent."""
    if code is None:
        return QueryFailed
    return _BY_EXTENDED.get(code) or _BY_PRIMARY.get(code & 0xFF, QueryFailed)


def from_sqlite(error: BaseException, *, operation: str | None = None, attempts: int = 1) -> DatabaseError:
    """Turn anything ``sqlite3`` raises into the tree; the code decides, the text only names a rule.

    Errors that the Python module raises by itself carry no code: a closed connection is ``ConnectionLost``,
    text that is no UTF-8 is damage, the rest is ``QueryFailed``.
    """
    if isinstance(error, DatabaseError):
        return error
    if isinstance(error, OSError | MemoryError):
        failure = from_os(error)
        failure.operation, failure.attempts = operation, attempts
        return failure
    code: int | None = getattr(error, "sqlite_errorcode", None)
    name: str | None = getattr(error, "sqlite_errorname", None)
    if code == CONSTRAINT_DATATYPE:
        name = "SQLITE_CONSTRAINT_DATATYPE"
    detail = str(error)
    cls = class_for_code(code)
    if code is None and isinstance(error, sqlite3.ProgrammingError) and "closed" in detail:
        cls = ConnectionLost
    elif code is None and short_of_resources(error):
        cls = OutOfResources
    elif isinstance(error, UnicodeDecodeError):
        cls = CorruptionDetected
    if code == sqlite3.SQLITE_CONSTRAINT:
        cls = SearchDamaged
    if cls is ConstraintViolated:
        kind = _CONSTRAINT_KINDS.get(code or 0, "check")
        rule = detail.partition("failed: ")[2] if kind != "trigger" else detail
        return ConstraintViolated(
            detail, kind=kind, rule=rule, code=code, code_name=name, operation=operation, attempts=attempts
        )
    return cls(detail, code=code, code_name=name, operation=operation, attempts=attempts)

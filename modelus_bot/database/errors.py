"""Everything that can go wrong with the database, and the one map from SQLite's result codes.

    DatabaseError
    ├── TransientError                     worth trying again
    │   ├── DatabaseBusy                   another program holds the write lock
    │   ├── ConnectionLost                 the file cannot be reached through this connection any more
    │   │   ├── FileMoved                  the file was deleted, moved or replaced while it was open
    │   │   └── FileTouched                somebody else wrote into the file while it was open
    │   ├── StorageFailed                  the disk answered with an error
    │   │   └── AuditUnwritable            the change's audit entry could not be kept, so it was not made
    │   ├── QueueFull                      too many writes are waiting already
    │   ├── DeadlineExceeded               the write waited longer than its caller can
    │   ├── JournalFull                    no more changes can be saved for later
    │   ├── JournalUnavailable             the file of changes saved for later cannot be written
    │   └── DatabaseUnavailable            the circuit breaker is open
    └── PermanentError                     trying again gives the same answer
        ├── ConstraintViolated             a rule of the schema was broken
        ├── QueryFailed                    the statement itself is wrong
        ├── RequestConflict                a request id came back with other contents
        ├── OutcomeUnknown                 nobody can say yet whether the write was saved
        ├── DiskFull                       there is no space left to write to
        ├── DatabaseReadOnly               the file or folder may not be written to
        ├── SchemaMismatch                 the file does not have the expected shape
        ├── MigrationFailed                bringing the schema up to date did not work
        ├── CorruptionDetected             the file is damaged
        ├── BackupFailed                   a copy could not be made or checked
        ├── AlreadyRunning                 another bot process owns this database file
        └── ManagerClosed                  the database has been closed

``error_type``, ``severity`` and the first sentence shown to people are those of the project's
reliability design; what follows the sentence says whether to try again and what to do.
"""

from __future__ import annotations

import random
import sqlite3
from enum import StrEnum
from typing import Any, ClassVar, Self

__all__ = [
    "AlreadyRunning",
    "AuditUnwritable",
    "BackupFailed",
    "ConnectionLost",
    "ConstraintViolated",
    "CorruptionDetected",
    "DatabaseBusy",
    "DatabaseError",
    "DatabaseReadOnly",
    "DatabaseUnavailable",
    "DeadlineExceeded",
    "DiskFull",
    "ErrorType",
    "FileMoved",
    "FileTouched",
    "JournalFull",
    "JournalUnavailable",
    "ManagerClosed",
    "MigrationFailed",
    "OutcomeUnknown",
    "PermanentError",
    "QueryFailed",
    "QueueFull",
    "RequestConflict",
    "SchemaMismatch",
    "Severity",
    "StorageFailed",
    "TransientError",
    "class_for_code",
    "from_sqlite",
    "new_reference",
]


class ErrorType(StrEnum):
    """The seven kinds of failure that operators count and people read a sentence about."""

    CONNECTION_LOST = "CONNECTION_LOST"
    QUERY_FAILED = "QUERY_FAILED"
    SCHEMA_MISMATCH = "SCHEMA_MISMATCH"
    TRANSACTION_FAILED = "TRANSACTION_FAILED"
    CORRUPTION_DETECTED = "CORRUPTION_DETECTED"
    BACKUP_FAILED = "BACKUP_FAILED"
    MIGRATION_FAILED = "MIGRATION_FAILED"


class Severity(StrEnum):
    """What a failure asks for: LOW retry, MEDIUM back off, HIGH a person, CRITICAL stop writing."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


CONSTRAINT_DATATYPE = 3091
"""A value of the wrong type for a STRICT table; Python 3.11 has no name for it."""

SENTENCES: dict[ErrorType, str] = {
    ErrorType.CONNECTION_LOST: "Database temporarily unavailable. Please try again in a moment.",
    ErrorType.QUERY_FAILED: "Unable to process your request. Please try again.",
    ErrorType.SCHEMA_MISMATCH: "System is updating. Please wait a moment and try again.",
    ErrorType.TRANSACTION_FAILED: "Operation could not be completed. No changes were made.",
    ErrorType.CORRUPTION_DETECTED: "Data integrity issue detected. System is recovering automatically.",
    ErrorType.BACKUP_FAILED: (
        "Backup operation failed. Data is still safe but please contact an administrator."
    ),
    ErrorType.MIGRATION_FAILED: "System update failed. Please contact an administrator.",
}


def new_reference() -> str:
    """Return a short code that ties a person's sentence to the log record of the same failure."""
    return f"{random.getrandbits(32):08X}"


class DatabaseError(Exception):
    """A failure of the database, with what people, operators and retry policies need to know."""

    error_type: ClassVar[ErrorType] = ErrorType.QUERY_FAILED
    severity: ClassVar[Severity] = Severity.HIGH
    retryable: ClassVar[bool] = False
    advice: ClassVar[str] = ""

    def __init__(
        self,
        detail: str = "",
        *,
        code: int | None = None,
        code_name: str | None = None,
        operation: str | None = None,
        attempts: int = 1,
        reference: str | None = None,
    ) -> None:
        """Keep the technical ``detail`` for the log; it is never shown to people."""
        super().__init__(detail or type(self).__name__)
        self.detail = detail
        self.code = code
        self.code_name = code_name
        self.operation = operation
        self.attempts = attempts
        self.reference = reference or new_reference()
        self.ambiguous = False
        """True when COMMIT had been asked for: the request id tells later what became of it."""

    def for_caller(self, operation: str, attempts: int) -> Self:
        """Return a copy for one of several callers, with a reference code of its own."""
        own = type(self)(
            self.detail,
            code=self.code,
            code_name=self.code_name,
            operation=operation,
            attempts=attempts,
        )
        own.__cause__ = self
        return own

    @property
    def user_message(self) -> str:
        """One or two plain sentences: what happened, whether to try again, what to do."""
        return f"{SENTENCES[self.error_type]} {self.advice}".rstrip()


class TransientError(DatabaseError):
    """A failure that passes: the same operation may succeed a moment later."""

    error_type = ErrorType.CONNECTION_LOST
    severity = Severity.MEDIUM
    retryable = True


class PermanentError(DatabaseError):
    """A failure that stays until something is changed."""


class DatabaseBusy(TransientError):
    """Another program held the write lock for as long as the operation could wait."""

    error_type = ErrorType.TRANSACTION_FAILED
    severity = Severity.LOW
    advice = "The database is busy with other work. Please try again in a moment."


class ConnectionLost(TransientError):
    """The file behind the connection is gone, was replaced, or cannot be opened."""


class FileMoved(ConnectionLost):
    """The file, or the -wal or -shm beside it, was deleted, moved or replaced while it was open."""


class FileTouched(ConnectionLost):
    """The main file was written to although no checkpoint of ours was under way."""


class StorageFailed(TransientError):
    """The operating system reported an error while reading or writing the file."""

    severity = Severity.HIGH


class AuditUnwritable(StorageFailed):
    """The audit entry of a change could be put neither into the table nor into the file beside it."""

    advice = "The change could not be noted in the audit log, so nothing was changed."


class QueueFull(TransientError):
    """More writes are waiting than the queue may hold, so this one was turned away at once."""

    error_type = ErrorType.TRANSACTION_FAILED
    severity = Severity.LOW
    advice = "Too many changes are waiting at the moment. Please try again in a minute."


class DeadlineExceeded(TransientError):
    """The operation could not start before its deadline; nothing was done."""

    error_type = ErrorType.TRANSACTION_FAILED
    severity = Severity.MEDIUM
    advice = "The database is busy with other work. Please try again in a moment."


class JournalFull(TransientError):
    """The database is away and the journal holds as much as it may; nothing was saved."""

    error_type = ErrorType.TRANSACTION_FAILED
    advice = (
        "The database is away, and too many changes wait for it already to save yours for later."
        " Please try again when it is back."
    )


class JournalUnavailable(TransientError):
    """The database is away and the journal cannot be written either; nothing was saved."""

    error_type = ErrorType.TRANSACTION_FAILED
    severity = Severity.HIGH
    advice = (
        "The database is away, and the change could not be saved for later either. Please try again when it"
        " is back."
    )


class DatabaseUnavailable(TransientError):
    """The circuit breaker is open: the database failed repeatedly and is being probed."""

    def __init__(self, detail: str = "", *, cause: DatabaseError | None = None, **more: Any) -> None:
        """Remember the failure that opened the breaker; its sentence is the one people read."""
        super().__init__(detail, **more)
        self.cause = cause

    @property
    def user_message(self) -> str:
        """The sentence of the failure that opened the breaker, or the general one."""
        return self.cause.user_message if self.cause is not None else super().user_message


class ConstraintViolated(PermanentError):
    """A rule of the schema refused the write.

    ``kind`` is one of ``unique``, ``check``, ``not_null``, ``foreign_key``, ``trigger``, ``type``;
    ``rule`` names it the way SQLite does: the columns for UNIQUE and NOT NULL
    (``sprints.sprint_index``), the constraint's name for CHECK, the text for a trigger, else ``""``.
    """

    error_type = ErrorType.TRANSACTION_FAILED
    severity = Severity.LOW

    def __init__(self, detail: str = "", *, kind: str = "check", rule: str = "", **more: Any) -> None:
        """Keep which rule was broken, so that a sentence can name it."""
        super().__init__(detail, **more)
        self.kind = kind
        self.rule = rule


class QueryFailed(PermanentError):
    """The statement is wrong or was used wrongly: a fault in the program, not in the data."""


class RequestConflict(PermanentError):
    """A request id arrived a second time with a different operation or different fields."""

    error_type = ErrorType.TRANSACTION_FAILED
    severity = Severity.MEDIUM


class OutcomeUnknown(PermanentError):
    """The connection broke during COMMIT: the same request id tells later what became of it."""

    error_type = ErrorType.CONNECTION_LOST
    severity = Severity.HIGH
    advice = "It is not certain that your change was saved: look before you repeat it."


class DiskFull(PermanentError):
    """There is no space left on the disk; reading still works."""

    error_type = ErrorType.TRANSACTION_FAILED
    severity = Severity.HIGH
    advice = "The disk is full. An administrator has to free space; reading still works."


class DatabaseReadOnly(PermanentError):
    """The file or its folder cannot be written to; reading still works."""

    error_type = ErrorType.TRANSACTION_FAILED
    severity = Severity.HIGH
    advice = "The database can only be read at the moment. Please tell an administrator."


class SchemaMismatch(PermanentError):
    """The schema of the file is not the one this version of the program works with."""

    error_type = ErrorType.SCHEMA_MISMATCH


class MigrationFailed(PermanentError):
    """A migration could not be applied or undone; the file is as it was before."""

    error_type = ErrorType.MIGRATION_FAILED
    severity = Severity.CRITICAL


class CorruptionDetected(PermanentError):
    """The file is damaged, or is not a database."""

    error_type = ErrorType.CORRUPTION_DETECTED
    severity = Severity.CRITICAL


class BackupFailed(PermanentError):
    """A backup could not be written, verified or restored."""

    error_type = ErrorType.BACKUP_FAILED


class AlreadyRunning(PermanentError):
    """Another process owns this database file; two bots on one file would answer everything twice."""

    error_type = ErrorType.CONNECTION_LOST

    @property
    def user_message(self) -> str:
        """A sentence for the operator at the command line."""
        return f"This database is already in use by another running bot ({self.detail}). Stop that one first."


class ManagerClosed(PermanentError):
    """The operation came after the database was closed, or while it was closing."""

    error_type = ErrorType.CONNECTION_LOST
    severity = Severity.LOW


_BY_EXTENDED: dict[int, type[DatabaseError]] = {
    sqlite3.SQLITE_CONSTRAINT_DATATYPE if hasattr(sqlite3, "SQLITE_CONSTRAINT_DATATYPE") else 3091: (
        ConstraintViolated
    ),
    sqlite3.SQLITE_IOERR_CORRUPTFS: CorruptionDetected,
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
    sqlite3.SQLITE_NOMEM: StorageFailed,
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


def class_for_code(code: int | None) -> type[DatabaseError]:
    """Return the error class for a primary or extended SQLite result code; unknown is permanent."""
    if code is None:
        return QueryFailed
    return _BY_EXTENDED.get(code) or _BY_PRIMARY.get(code & 0xFF, QueryFailed)


_CONSTRAINT_KINDS: dict[int, str] = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: "unique",
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: "unique",
    sqlite3.SQLITE_CONSTRAINT_ROWID: "unique",
    sqlite3.SQLITE_CONSTRAINT_CHECK: "check",
    sqlite3.SQLITE_CONSTRAINT_NOTNULL: "not_null",
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: "foreign_key",
    sqlite3.SQLITE_CONSTRAINT_TRIGGER: "trigger",
    3091: "type",
    sqlite3.SQLITE_MISMATCH: "type",
}


def from_sqlite(error: BaseException, *, operation: str | None = None, attempts: int = 1) -> DatabaseError:
    """Turn anything ``sqlite3`` raises into the tree; the code decides, the text only names a rule.

    Errors that the Python module raises by itself carry no code: a closed connection is
    ``ConnectionLost``, the rest is ``QueryFailed``.
    """
    if isinstance(error, DatabaseError):
        return error
    code: int | None = getattr(error, "sqlite_errorcode", None)
    name: str | None = getattr(error, "sqlite_errorname", None)
    if code == CONSTRAINT_DATATYPE:
        name = "SQLITE_CONSTRAINT_DATATYPE"
    detail = str(error)
    cls = class_for_code(code)
    if code is None and isinstance(error, sqlite3.ProgrammingError) and "closed" in detail:
        cls = ConnectionLost
    elif code is None and isinstance(error, OSError):
        cls = StorageFailed
    elif isinstance(error, UnicodeDecodeError):
        cls = CorruptionDetected
    if cls is ConstraintViolated:
        kind = _CONSTRAINT_KINDS.get(code or 0, "check")
        rule = detail.partition("failed: ")[2] if kind != "trigger" else detail
        return ConstraintViolated(
            detail, kind=kind, rule=rule, code=code, code_name=name, operation=operation, attempts=attempts
        )
    return cls(detail, code=code, code_name=name, operation=operation, attempts=attempts)

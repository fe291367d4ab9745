"""Everything that can go wrong with the database.

    DatabaseError
    ├── TransientError                     worth trying again
    │   ├── DatabaseBusy                   another program holds the write lock
    │   ├── ConnectionLost                 the file cannot be reached through this connection any more
    │   │   ├── FileMoved                  the file was deleted, moved or replaced while it was open
    │   │   ├── FileTouched                somebody else wrote into the file while it was open
    │   │   └── OpeningRefused             opening or making the file would do harm; a person has to decide
    │   ├── StorageFailed                  the disk answered with an error
    │   │   └── AuditUnwritable            the change's audit entry could not be kept, so it was not made
    │   ├── OutOfResources                 the machine has no memory, thread, process or open file left for it
    │   ├── SearchDamaged                  the index of a search has to be made anew, which is under way
    │   ├── QueueFull                      too many writes are waiting already
    │   ├── DeadlineExceeded               the write waited longer than its caller can
    │   ├── JournalFull                    no more changes can be saved for later
    │   │   └── JournalTooOld              what was saved waits for longer than it may
    │   ├── JournalUnavailable             the file of changes saved for later cannot be written
    │   └── DatabaseUnavailable            the circuit breaker is open
    └── PermanentError                     trying again gives the same answer
        ├── ConstraintViolated             a rule of the schema was broken
        ├── QueryFailed                    the statement itself is wrong
        ├── RequestConflict                a request id came back with other contents
        ├── OutcomeUnknown                 nobody can say yet whether the write was saved
        ├── DiskFull                       there is no space left to write to
        ├── DatabaseReadOnly               the file or folder may not be written to
        │   └── AccessDenied               the user the bot runs as may not use a file or folder
        ├── SchemaMismatch                 the file does not have the expected shape
        ├── MigrationFailed                bringing the schema up to date did not work
        ├── CorruptionDetected             the file is damaged
        ├── BackupFailed                   a copy could not be made or checked
        ├── AlreadyRunning                 another bot process owns this database file
        │   └── AmbiguousFile              nobody can tell whether another one does, because of a link
        └── ManagerClosed                  the database has been closed

``error_type``, ``severity`` and the first sentence shown to people are those of the project's
reliability design; what follows the sentence says whether to try again and what to do.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from modelus_bot.database.core.error_types import SENTENCES, ErrorType, Severity, new_reference

__all__ = [
    "AccessDenied",
    "AlreadyRunning",
    "AmbiguousFile",
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
    "FileMoved",
    "FileTouched",
    "JournalFull",
    "JournalTooOld",
    "JournalUnavailable",
    "ManagerClosed",
    "MigrationFailed",
    "OpeningRefused",
    "OutOfResources",
    "OutcomeUnknown",
    "PermanentError",
    "QueryFailed",
    "QueueFull",
    "RequestConflict",
    "SchemaMismatch",
    "SearchDamaged",
    "StorageFailed",
    "TransientError",
]


class DatabaseError(Exception):
    """A failure of the database, with what people, operators and retry policies need to know."""

    error_type: ClassVar[ErrorType] = ErrorType.QUERY_FAILED
    severity: ClassVar[Severity] = Severity.HIGH
    retryable: ClassVar[bool] = False
    away: ClassVar[bool] = False
    """Whether the database failed, not the operation: the same operation can work later."""
    reason: ClassVar[str] = ""
    """What is wrong with the database, in the few words that follow "because"; empty: none for everybody."""
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
    def origin(self) -> DatabaseError:
        """The failure behind this one; itself where there is none."""
        return self

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

    away = True
    error_type = ErrorType.TRANSACTION_FAILED
    severity = Severity.LOW
    advice = "The database is busy with other work. Please try again in a moment."


class ConnectionLost(TransientError):
    """The file behind the connection is gone, was replaced, or cannot be opened."""

    away = True


class FileMoved(ConnectionLost):
    """The file, or the -wal or -shm beside it, was deleted, moved or replaced while it was open."""


class FileTouched(ConnectionLost):
    """The main file was written to although no checkpoint of ours was under way."""


class OpeningRefused(ConnectionLost):
    """The file is not opened, or not made, until a person has decided: ``detail`` has sentences for them."""

    severity = Severity.CRITICAL
    advice = "An administrator has to decide something about it first."


class StorageFailed(TransientError):
    """The operating system reported an error while reading or writing the file."""

    away = True
    severity = Severity.HIGH


class AuditUnwritable(StorageFailed):
    """The audit entry of a change could be put neither into the table nor into the file beside it."""

    advice = "The change could not be noted in the audit log, so nothing was changed."


class OutOfResources(TransientError):
    """The machine had no memory, thread, process or descriptor left: says nothing about file or disk."""

    away = True
    severity = Severity.HIGH
    advice = (
        "The machine is short of memory or of open files, not of disk; the bot goes on by itself as soon as"
        " it is not."
    )


class SearchDamaged(TransientError):
    """The index of a search is not as it should be; it is made anew from the rows, and no row is at stake."""

    severity = Severity.LOW
    advice = "The index of the search is being made anew."


class QueueFull(TransientError):
    """More writes are waiting than the queue may hold, so this one was turned away at once."""

    error_type = ErrorType.TRANSACTION_FAILED
    severity = Severity.LOW
    advice = "Too many changes are waiting at the moment. Please try again in a minute."


class DeadlineExceeded(TransientError):
    """The operation could not start before its deadline; nothing was done."""

    away = True
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


class JournalTooOld(JournalFull):
    """The database is away for longer than changes are kept for it; nothing was saved."""

    advice = (
        "The database has been away for so long that changes are no longer saved for later."
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

    away = True

    def __init__(self, detail: str = "", *, cause: DatabaseError | None = None, **more: Any) -> None:
        """Remember the failure that opened the breaker; its sentence is the one people read."""
        super().__init__(detail, **more)
        self.cause = cause

    @property
    def origin(self) -> DatabaseError:
        """The failure that opened the breaker."""
        return self.cause.origin if self.cause is not None else self

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

    away = True
    error_type = ErrorType.CONNECTION_LOST
    severity = Severity.HIGH
    advice = "It is not certain that your change was saved: look before you repeat it."


class DiskFull(PermanentError):
    """There is no space left on the disk; reading still works."""

    reason = "the disk is full"
    away = True
    error_type = ErrorType.TRANSACTION_FAILED
    severity = Severity.HIGH
    advice = "The disk is full. An administrator has to free space; reading still works."


class DatabaseReadOnly(PermanentError):
    """The file or its folder cannot be written to; reading still works."""

    reason = "its file may not be written to"
    away = True
    error_type = ErrorType.TRANSACTION_FAILED
    severity = Severity.HIGH
    advice = "The database can only be read at the moment. Please tell an administrator."


class AccessDenied(DatabaseReadOnly):
    """A file or folder may not be used by the user that the bot runs as; nothing is wrong with the disk."""

    reason = "the bot may not use its file"
    advice = (
        "The bot may not use one of its own files. An administrator has to give it to the user that the bot"
        " runs as."
    )


class SchemaMismatch(PermanentError):
    """The schema of the file is not the one this version of the program works with."""

    reason = "it is being updated"
    error_type = ErrorType.SCHEMA_MISMATCH


class MigrationFailed(PermanentError):
    """A migration could not be applied or undone; the file is as it was before."""

    reason = "its update failed"
    error_type = ErrorType.MIGRATION_FAILED
    severity = Severity.CRITICAL


class CorruptionDetected(PermanentError):
    """The file is damaged, or is not a database."""

    reason = "its file is damaged and is being recovered"
    away = True
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


class AmbiguousFile(AlreadyRunning):
    """The path leads to a file that others could have under another name, or to none at all."""

    @property
    def user_message(self) -> str:
        """What is wrong with the path, and what to do."""
        return f"Another program could use this database, too. {self.detail.rstrip('.')}."


class ManagerClosed(PermanentError):
    """The operation came after the database was closed, or while it was closing."""

    error_type = ErrorType.CONNECTION_LOST
    severity = Severity.LOW

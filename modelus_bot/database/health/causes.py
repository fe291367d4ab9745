"""Why the database is not well, in a sentence that says what to do; for administrators."""

from __future__ import annotations

from modelus_bot.database.core.errors import (
    AccessDenied,
    ConnectionLost,
    CorruptionDetected,
    DatabaseBusy,
    DatabaseError,
    DatabaseReadOnly,
    DeadlineExceeded,
    DiskFull,
    OpeningRefused,
    OutOfResources,
    StorageFailed,
)
from modelus_bot.runtime.os_errors import Fault, fault_named

__all__ = ["cause_words"]

_CAUSES: tuple[tuple[type[DatabaseError], str], ...] = (
    (DatabaseBusy, "Another program holds the lock on its file. Close whatever has it open for writing."),
    (DeadlineExceeded, "It takes too long to answer. Look whether the disk is busy or the file is locked."),
    (
        ConnectionLost,
        "Its file cannot be reached. Look whether it, its folder or its disk was moved or forbidden.",
    ),
    (
        OutOfResources,
        "The machine is short of memory, threads, processes or open files. Free some, or raise its limits.",
    ),
    (StorageFailed, "Its files cannot be worked with at the moment. The log says why."),
    (DiskFull, "The disk is full. Free some space."),
    (
        AccessDenied,
        "The user that the bot runs as may not use its file or folder. Give them to that user (chown).",
    ),
    (
        DatabaseReadOnly,
        "The file or its folder can only be read. Look at the disk and the permissions.",
    ),
    (CorruptionDetected, "The file is damaged and is being recovered."),
)


def cause_words(error: DatabaseError | None) -> str | None:
    """Return what is wrong and what to do about it, for administrators; None when nothing is."""
    if error is None:
        return None
    error = error.origin
    if isinstance(error, OpeningRefused):
        return error.detail
    if isinstance(error, StorageFailed) and _of_disk(error.code_name or ""):
        return "The disk answers with errors. Look at the system's log."
    return next((words for kind, words in _CAUSES if isinstance(error, kind)), error.user_message)


def _of_disk(code: str) -> bool:
    """Say whether a result code tells of a disk that does not give or take what it should."""
    return code.startswith("SQLITE_IOERR") or fault_named(code) is Fault.BROKEN

"""Why the database is not well, in a sentence that says what to do; for administrators."""

from __future__ import annotations

from modelus_bot.database.errors import (
    ConnectionLost,
    CorruptionDetected,
    DatabaseBusy,
    DatabaseError,
    DatabaseReadOnly,
    DatabaseUnavailable,
    DeadlineExceeded,
    DiskFull,
    OpeningRefused,
    OutOfResources,
    StorageFailed,
)

__all__ = ["cause_words"]

_CAUSES: tuple[tuple[type[DatabaseError], str], ...] = (
    (DatabaseBusy, "Another program holds the lock on its file. Close whatever has it open for writing."),
    (DeadlineExceeded, "It takes too long to answer. Look whether the disk is busy or the file is locked."),
    (
        ConnectionLost,
        "Its file cannot be reached. Look whether it, its folder or its disk was moved or forbidden.",
    ),
    (OutOfResources, "The machine has no memory, threads or processes left. Look what uses them up."),
    (StorageFailed, "The disk answers with errors. Look at the system's log."),
    (DiskFull, "The disk is full. Free some space."),
    (DatabaseReadOnly, "The file or its folder may not be written to. Mend the permissions."),
    (CorruptionDetected, "The file is damaged and is being recovered."),
)


def cause_words(error: DatabaseError | None) -> str | None:
    """Return what is wrong and what to do about it, for administrators; None when nothing is."""
    while isinstance(error, DatabaseUnavailable) and error.cause is not None:
        error = error.cause
    if error is None:
        return None
    if isinstance(error, OpeningRefused):
        return error.detail
    return next((words for kind, words in _CAUSES if isinstance(error, kind)), error.user_message)

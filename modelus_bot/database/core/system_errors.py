"""What a failure of the operating system means for the database: one table, from the kind to the class.

The kind of each ``errno`` and its words for people are those of ``modelus_bot.runtime.os_errors``.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

from modelus_bot.database.core.errors import (
    AccessDenied,
    ConnectionLost,
    DatabaseError,
    DatabaseReadOnly,
    DiskFull,
    OutOfResources,
    StorageFailed,
)
from modelus_bot.database.core.resources import short_of_resources
from modelus_bot.runtime.os_errors import Fault, fault_of, in_words

__all__ = ["as_database_error", "class_for_fault", "from_os", "translated"]

_CLASSES: dict[Fault, type[DatabaseError]] = {
    Fault.FULL: DiskFull,
    Fault.FORBIDDEN: AccessDenied,
    Fault.READ_ONLY: DatabaseReadOnly,
    Fault.TOO_MANY_FILES: OutOfResources,
    Fault.NO_MEMORY: OutOfResources,
    Fault.MISSING: ConnectionLost,
    Fault.NOT_A_FILE: ConnectionLost,
    Fault.NAME_REFUSED: ConnectionLost,
    Fault.LINK_LOOP: ConnectionLost,
    Fault.UNREACHABLE: ConnectionLost,
    Fault.IN_USE: ConnectionLost,
}
_EVERYWHERE = {Fault.FULL, Fault.FORBIDDEN, Fault.READ_ONLY, Fault.TOO_MANY_FILES, Fault.NO_MEMORY}
"""What is told as such wherever it happens."""


def class_for_fault(fault: Fault, *, otherwise: type[DatabaseError] = StorageFailed) -> type[DatabaseError]:
    """Return the error class of a kind of trouble.

    ``otherwise`` is for what is neither full, forbidden nor a shortage; by default the kind decides
    there as well, and what it does not know is a failure of the storage.
    """
    if otherwise is not StorageFailed and fault not in _EVERYWHERE:
        return otherwise
    return _CLASSES.get(fault, otherwise)


def from_os(error: OSError | MemoryError, *, otherwise: type[DatabaseError] = StorageFailed) -> DatabaseError:
    """Return what callers hear of ``error``; ``otherwise`` is for what is no trouble of the whole machine."""
    kind = class_for_fault(fault_of(error), otherwise=otherwise)
    failure = kind(in_words(error), code_name=errno.errorcode.get(getattr(error, "errno", None) or 0))
    failure.__cause__ = error
    return failure


def as_database_error(error: Exception) -> DatabaseError:
    """Return any failure as one of the tree; a fault of the program counts as a failure of the storage."""
    if isinstance(error, DatabaseError):
        return error
    if isinstance(error, OSError | MemoryError):
        return from_os(error)
    kind = OutOfResources if short_of_resources(error) else StorageFailed
    failure = kind(f"{type(error).__name__}: {error}")
    failure.__cause__ = error
    return failure


@contextlib.contextmanager
def translated(*, otherwise: type[DatabaseError] = StorageFailed) -> Iterator[None]:
    """Let ``OSError`` out of the block as the ``DatabaseError`` it means."""
    try:
        yield
    except OSError as error:
        raise from_os(error, otherwise=otherwise) from error

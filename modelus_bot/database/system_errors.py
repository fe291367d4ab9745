"""What a failure of the operating system means for the database: full, forbidden, or something else."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

from modelus_bot.database.errors import (
    DatabaseError,
    DatabaseReadOnly,
    DiskFull,
    OutOfResources,
    StorageFailed,
)
from modelus_bot.database.resources import short_of_resources

__all__ = ["as_database_error", "from_os", "translated"]

_FULL = {errno.ENOSPC, errno.EDQUOT}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}


def from_os(error: OSError, *, otherwise: type[DatabaseError] = StorageFailed) -> DatabaseError:
    """Return what callers hear of ``error``; ``otherwise`` is for what is neither full nor forbidden."""
    kind = DiskFull if error.errno in _FULL else DatabaseReadOnly if error.errno in _DENIED else otherwise
    kind = OutOfResources if kind is StorageFailed and short_of_resources(error) else kind
    failure = kind(str(error), code_name=errno.errorcode.get(error.errno or 0))
    failure.__cause__ = error
    return failure


def as_database_error(error: Exception) -> DatabaseError:
    """Return any failure as one of the tree; a fault of the program counts as a failure of the storage."""
    if isinstance(error, DatabaseError):
        return error
    if isinstance(error, OSError):
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

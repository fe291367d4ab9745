"""Why SQLite cannot open, read or write a file: it does not say, so the file and the machine are looked at.

"unable to open database file" is what SQLite says of a file that is missing or forbidden, of a folder that
may not be written to, and of a process that has too many files open. Nothing is opened here: closing it
again would drop SQLite's locks.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.core.system_errors import class_for_fault
from modelus_bot.runtime.atomic_files import NO_FILE
from modelus_bot.runtime.os_errors import Fault, fault_of, forbidden_there, in_words, words_for

__all__ = ["explained", "why_not"]

LEAST_ROOM = 128 * 1024
"""Bytes of free space without which SQLite cannot work: the index of its -wal needs them."""

_UNTOLD = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR}
_OF_CONTENT = {
    sqlite3.SQLITE_IOERR_READ,
    sqlite3.SQLITE_IOERR_SHORT_READ,
    sqlite3.SQLITE_IOERR_CORRUPTFS,
    sqlite3.SQLITE_IOERR_DATA,
    sqlite3.SQLITE_READONLY_DBMOVED,
    sqlite3.SQLITE_READONLY_RECOVERY,
    sqlite3.SQLITE_READONLY_CANTLOCK,
}
"""Says what it is by itself."""
_TELLING = {Fault.FULL, Fault.FORBIDDEN, Fault.READ_ONLY, Fault.TOO_MANY_FILES}
"""What changes the class of the failure; a file that is missing, say, is a lost connection anyway."""


def explained(failure: DatabaseError, path: Path, *, writing: bool = True) -> DatabaseError:
    """Return what a failure to use ``path`` really is, as far as looking there tells; else ``failure``."""
    code = failure.code
    if code is None or code & 0xFF not in _UNTOLD or code in _OF_CONTENT:
        return failure
    if code & 0xFF == sqlite3.SQLITE_READONLY:
        writing = True
    found = why_not(path, writing=writing)
    if found is None:
        return failure
    fault, words = found
    kind = class_for_fault(fault) if fault in _TELLING else type(failure)
    told = kind(
        f"{failure.detail}: {words}",
        code=code,
        code_name=failure.code_name,
        operation=failure.operation,
        attempts=failure.attempts,
        reference=failure.reference,
    )
    told.ambiguous = failure.ambiguous
    told.__cause__ = failure.__cause__
    return told


def why_not(path: Path, *, writing: bool = True) -> tuple[Fault, str] | None:
    """Say what keeps this process from using a database file, as a kind and in words; None for nothing."""
    if (words := forbidden_there(path, writing=False)) is not None:
        return Fault.FORBIDDEN, words
    try:
        facts = path.stat()
    except OSError as error:
        return fault_of(error), in_words(error)
    if not stat.S_ISREG(facts.st_mode):
        return Fault.NOT_A_FILE, f"{path} {NO_FILE}"
    if (beyond := _too_many_files()) is not None:
        return beyond
    for part in parts_of(path):
        if part.exists() and (words := forbidden_there(part, writing=writing)) is not None:
            return _read_only(path) or (Fault.FORBIDDEN, words)
    return (_read_only(path) or _full(path)) if writing else None


def _too_many_files() -> tuple[Fault, str] | None:
    """Try for one descriptor more than there are."""
    try:
        descriptor = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        return fault_of(error), in_words(error)
    os.close(descriptor)
    return None


def _read_only(path: Path) -> tuple[Fault, str] | None:
    try:
        flags = os.statvfs(path.parent).f_flag
    except OSError:
        return None
    if not flags & os.ST_RDONLY:
        return None
    return (
        Fault.READ_ONLY,
        f"{path.parent} is on a disk that is mounted for reading only. Mount it for writing",
    )


def _full(path: Path) -> tuple[Fault, str] | None:
    try:
        room = os.statvfs(path.parent)
    except OSError:
        return None
    if room.f_bavail * room.f_frsize >= LEAST_ROOM:
        return None
    return Fault.FULL, words_for(Fault.FULL, path)

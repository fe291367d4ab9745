"""Opens a file that may be damaged, so that looking at it changes nothing, and says what an error means."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from enum import Enum, auto
from pathlib import Path

from modelus_bot.database.core.errors import CorruptionDetected
from modelus_bot.database.integrity.budget import LookAllowance
from modelus_bot.runtime.tunables import Tunable

__all__ = ["Meaning", "meaning_of", "of_surroundings", "opened", "with_any_text"]

STEPS = 20_000
BUSY = Tunable(5.0)
"""Seconds that a lock of another program is waited for."""
LONGEST = 64 * 1024 * 1024
"""Bytes of the longest value that is believed; a damaged or hostile file may ask for a gigabyte."""

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_TOOBIG}
_OF_CONTENT = (UnicodeDecodeError, OverflowError, ValueError, sqlite3.Error)
"""What Python's module raises, without a code, for content that no sound file has."""
_CODE_NAMED = re.compile(r"error code[ =](\d+)")
# A schema can be made to unfold without end while a statement is prepared: what it may take is limited.
# CHECKs are asked by queries of our own: SQLite's check passes over them on a read-only connection.
_SETTINGS = (
    "PRAGMA cell_size_check=ON",
    "PRAGMA cache_size=-32768",
    "PRAGMA query_only=ON",
    "PRAGMA ignore_check_constraints=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA hard_heap_limit=536870912",
)
_ANOTHER_WAY = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}


class Meaning(Enum):
    """What an error says about the file."""

    DAMAGE = auto()
    OUT_OF_TIME = auto()
    OTHER = auto()
    """Nothing: it is locked, memory is short, a function is unknown."""


def meaning_of(error: Exception, *, opening: bool = False) -> Meaning:
    """Say what an exception means that reading the file provoked.

    Only what the file itself provokes is damage: memory that is short, a disk that is full or does not
    answer, a lock and faults of the program say nothing about it. While the file is being opened, a general
    error is about a version of the format that does not exist.
    """
    if isinstance(error, CorruptionDetected):
        return Meaning.DAMAGE
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return Meaning.DAMAGE if isinstance(error, _OF_CONTENT) else Meaning.OTHER
    return _meaning_of_code(code, opening=opening)


def of_surroundings(line: str) -> bool:
    """Say whether a line of SQLite's own check tells of a failure that says nothing about the file."""
    codes = [int(code) for code in _CODE_NAMED.findall(line)]
    return bool(codes) and all(_meaning_of_code(code) is not Meaning.DAMAGE for code in codes)


def _meaning_of_code(code: int, *, opening: bool = False) -> Meaning:
    if code & 0xFF in _DAMAGE or (opening and code & 0xFF == sqlite3.SQLITE_ERROR):
        return Meaning.DAMAGE
    return Meaning.OUT_OF_TIME if code & 0xFF == sqlite3.SQLITE_INTERRUPT else Meaning.OTHER


@contextlib.contextmanager
def opened(path: Path, *, finished: bool, allowance: LookAllowance) -> Iterator[sqlite3.Connection]:
    """Open for reading until the block ends; every statement ends with ``allowance``.

    Texts come as bytes. A -wal with content stays where it is: it is read with the file, but the last
    connection to a file closes by moving the -wal into it, and the -wal may be the damaged part. So
    such a file is opened read-only, which cannot do that; any other for writing, because only then
    SQLite removes the -shm that it makes. ``finished`` files are read as they lie there, without locks.
    """
    connection = _connect(path, _ways(path, finished=finished), allowance)
    try:
        with allowance.ending(connection):
            yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def with_any_text(connection: sqlite3.Connection) -> Iterator[None]:
    """Give texts as ``str`` in which bytes that are no UTF-8 stand as lone surrogates."""
    before = connection.text_factory
    connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = before


def _ways(path: Path, *, finished: bool) -> tuple[str, ...]:
    if finished:
        return ("mode=ro&immutable=1",)
    try:
        unwritten = path.with_name(path.name + "-wal").stat().st_size > 0
    except OSError:
        unwritten = False
    return ("mode=ro",) if unwritten else ("mode=rw", "mode=ro", "mode=ro&immutable=1")


def _connect(path: Path, ways: tuple[str, ...], allowance: LookAllowance) -> sqlite3.Connection:
    """Open in the first way that works; a folder that cannot be written to allows only the last."""
    for way in ways[:-1]:
        try:
            return _try(path, way, allowance)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _ANOTHER_WAY:
                raise
    return _try(path, ways[-1], allowance)


def _try(path: Path, way: str, allowance: LookAllowance) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{way}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY.value)
    try:
        connection.text_factory = bytes
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
        connection.set_progress_handler(lambda: allowance.over, STEPS)
        with allowance.ending(connection):
            for setting in _SETTINGS:
                connection.execute(setting).close()
            connection.execute("SELECT count(*) FROM sqlite_master").close()
    except BaseException:
        connection.close()
        raise
    return connection

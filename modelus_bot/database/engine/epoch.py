"""The epoch of a database: a number in its header with which files beside it prove that they are current.

What a helper keeps beside the database (page checksums, the state file) may miss changes when it cannot be
written, and old knowledge taken for new accuses a sound file. So each run writes a greater number into the
file, in the header's field ``user_version``, before its first change, and helpers note it with what they
know. One that could not note its news asks for another number. A helper whose number is not the file's has
nothing to say. The number is committed like any change, so it is never newer or older than the pages.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.format.wal_reader import WalSummary, summary_of

__all__ = ["Epoch", "epoch_of", "epoch_with", "is_later", "renew_epoch"]

_OFFSET, _BYTES = 60, 4
"""Where the header of a database keeps ``user_version``."""


_RANGE, _STEP = 2**31, 1000


def _after(number: int) -> int:
    """Return a greater number at random, so that two copies of a file that go on do not share it."""
    return (number + 1 + secrets.randbelow(_STEP)) % _RANGE or 1


def is_later(number: int, other: int) -> bool:
    """Say whether ``one`` was given to a file after ``other``; they start anew at 2³¹."""
    return 0 < (number - other) % _RANGE < _RANGE // 2


def _set(connection: sqlite3.Connection, number: int) -> None:
    setting = f"PRAGMA user_version={number:d}"
    connection.execute(setting).close()


class Epoch:
    """The number of this run; used from any thread.

    ``renew`` asks for another one, which ``ensure`` commits before anything else is written.
    """

    def __init__(self) -> None:
        """Choose a number; it is not in any file yet."""
        self._guard = threading.Lock()
        self.number = _after(0)
        """The number that the file has, or will have before its next change."""
        self._renewed = False
        self.in_file = 0
        """The number that the file had when it was looked at or written to last."""

    def found(self, number: int) -> None:
        """Note which number a file has that is about to be opened."""
        with self._guard:
            if number != self.in_file:
                self.in_file, self.number = number, _after(number)
                self._renewed = False

    @property
    def owed(self) -> bool:
        """Whether another number was asked for that is not in the file yet."""
        return self._renewed

    def renew(self, why: str) -> None:
        """Take another number: some helper could not note what it should have."""
        with self._guard:
            if self._renewed:
                return
            self._renewed = True
            self.number = _after(self.number)
        logger.bind(why=why).warning("epoch_renewed")

    def ensure(self, connection: sqlite3.Connection) -> int:
        """Commit the number on the writer's thread and return it, 0 where it could not be.

        Nothing is written to a file that has it. Raises ``sqlite3.Error``.
        """
        number = self.number
        if connection.in_transaction:
            return 0
        if connection.execute("PRAGMA user_version").fetchone()[0] != number:
            _set(connection, number)
        with self._guard:
            self.in_file = number
            self._renewed = self._renewed and number != self.number
        return number


def renew_epoch(path: Path, *, after: int = 0) -> None:
    """Give a file that nobody has open a number later than its own and than ``after``.

    No helper of before speaks for it then. Raises ``DatabaseError``.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=5.0)) as connection:
            number = connection.execute("PRAGMA user_version").fetchone()[0]
            _set(connection, _after(number if is_later(number, after) else after))
    except sqlite3.Error as error:
        raise from_sqlite(error) from error


def epoch_of(path: Path) -> int:
    """Return the number that a file with its -wal has, 0 for none; only while no connection is open here.

    Reads the bytes themselves, since the file may be damaged. Raises ``OSError``.
    """
    return epoch_with(path, summary_of(path.with_name(path.name + "-wal")))


def epoch_with(path: Path, wal: WalSummary | None) -> int:
    """Return the number that a file has with what was read of a -wal, None for that of the file alone."""
    header = wal.file_header if wal is not None else b""
    if not header:
        with path.open("rb") as stream:
            header = stream.read(_OFFSET + _BYTES)
    return int.from_bytes(header[_OFFSET : _OFFSET + _BYTES], "big")

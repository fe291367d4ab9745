"""Which files are open: a path may lead to another file than it did, or to none."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from modelus_bot.database.core.errors import ConnectionLost, FileMoved, FileTouched
from modelus_bot.runtime.os_errors import in_words

__all__ = ["KEPT_OF_WAL", "Identity", "OpenFiles", "identity_of", "looked_at", "what_moved", "written_at"]

Identity = tuple[tuple[int, int] | None, ...]
"""Device and inode of the database file, its -wal and its -shm; None for one that is not there."""

KEPT_OF_WAL = 64 * 1024 * 1024
"""Bytes to which SQLite cuts a -wal by itself (journal_size_limit); only some checkpoints cut off more."""


def identity_of(paths: tuple[Path, ...]) -> Identity:
    """Return which files lie at ``paths``; raises ``OSError`` when the folder cannot be looked into."""
    return looked_at(paths)[0]


def looked_at(paths: tuple[Path, ...]) -> tuple[Identity, tuple[int, ...]]:
    """Return which files lie at ``paths``, and how long each is; raises ``OSError``."""
    found: list[tuple[int, int] | None] = []
    lengths: list[int] = []
    for path in paths:
        try:
            entry = os.stat(path)  # noqa: PTH116 - half the time, and it runs twice an operation
        except FileNotFoundError:
            found.append(None)
            lengths.append(0)
        else:
            found.append((entry.st_dev, entry.st_ino))
            lengths.append(entry.st_size)
    return tuple(found), tuple(lengths)


def what_moved(found: Identity, expected: Identity) -> str | None:
    """Say which file is not the expected one; one that was not there before may have come."""
    names = ("database file", "-wal file", "-shm file")
    for name, here, before in zip(names, found, expected, strict=True):
        if before is not None and here is None:
            return f"the {name} is gone"
        if before is not None and here != before:
            return f"the {name} was replaced by another one"
    return None


def written_at(path: Path) -> int:
    """Return when the file was last written to, in nanoseconds; 0 when it is not there."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - runs twice an operation
    except OSError:
        return 0


class OpenFiles:
    """The database file, its -wal and its -shm: are they still the ones that connections have open?"""

    def __init__(self, path: Path) -> None:
        """Remember where they lie; the main file may be written to."""
        self._path = path
        self._paths = tuple(path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm"))
        self._guard = threading.Lock()
        self._watching = False
        self._touched = False
        self._writers = 0
        self._windows = 0
        self._wal_length = 0
        """How long the -wal was seen to be since somebody might have made it shorter."""
        self._written_at: int | None = None
        """When the main file was written to last, in nanoseconds; None while somebody may write to it."""

    @property
    def path(self) -> Path:
        """Where the database file lies."""
        return self._path

    @property
    def writers(self) -> int:
        """How many may write to the main file now: then nobody can tell a stranger's bytes from theirs."""
        return self._writers

    @property
    def windows(self) -> int:
        """How often the main file was opened for writing so far."""
        return self._windows

    def identity(self) -> Identity:
        """Return which files lie there now; raises ``OSError`` when the folder cannot be looked into."""
        return identity_of(self._paths)

    def check(self, identity: Identity) -> None:
        """Raise when the files lying there are not those of ``identity``, which a connection has open.

        That is ``FileMoved``, also for a -wal that a stranger cut off, ``FileTouched`` when the main file
        was written to by a stranger, and ``ConnectionLost`` when nobody can look.
        """
        windows, wal_length = self._windows, self._wal_length
        try:
            found, lengths = looked_at(self._paths)
        except OSError as error:
            raise ConnectionLost(in_words(error)) from error
        if found != identity and (moved := what_moved(found, identity)):
            raise FileMoved(moved)
        self._compare_wal(lengths[1], wal_length, windows)
        windows = self._windows
        if self._touched or (self._written_elsewhere() and windows == self._windows):
            raise FileTouched("the file was written to by somebody else")

    def expect_writing(self) -> None:
        """From now on let anybody write to the main file."""
        with self._guard:
            self._watching = self._touched = False
            self._written_at = None
            self._wal_length = 0

    def expect_untouched(self) -> None:
        """From now on take any write to the main file for a stranger's, except during ``being_written``."""
        with self._guard:
            self._watching, self._touched = True, False
            self._wal_length = 0
            self._note()

    @contextlib.contextmanager
    def being_written(self) -> Iterator[None]:
        """Let the main file be written to meanwhile, by a checkpoint; enter it before that begins.

        What a stranger wrote before is not forgotten.
        """
        with self._guard:
            self._touched = self._touched or self._written_elsewhere()
            self._writers += 1
            self._windows += 1
            self._written_at = None
            self._wal_length = 0
        try:
            yield
        finally:
            with self._guard:
                self._writers -= 1
                self._note()

    def _compare_wal(self, length: int, before: int, windows: int) -> None:
        """Raise ``FileMoved`` for a -wal that is shorter than ``before``, which was known before it was seen.

        What is cut off was committed and is not in the main file yet; another frame written behind it would
        be lost as well. Checkpoints may cut it, so it is learned anew after each.
        """
        with self._guard:
            if not self._watching or self._writers or windows != self._windows:
                return
            if length < min(before, KEPT_OF_WAL):
                self._wal_length = max(before, self._wal_length)
                raise FileMoved("the -wal file was cut off")
            self._wal_length = length

    def _written_elsewhere(self) -> bool:
        """Say whether the main file was written to although nobody may."""
        expected = self._written_at
        return expected is not None and written_at(self._path) != expected

    def _note(self) -> None:
        if self._watching and not self._writers:
            self._written_at = written_at(self._path)

"""The journal's file on the disk: appended to and flushed, or replaced as a whole. Blocking; for a thread."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.framing import Scan, scan
from modelus_bot.runtime.atomic_files import sync_folder, write_durably
from modelus_bot.runtime.os_errors import about, in_words

__all__ = ["AppendFile", "UndoFailed", "journal_path"]


def journal_path(database: Path) -> Path:
    """Return where the changes wait that belong to a database: ``modelus.deferred.jsonl`` beside it."""
    return database.with_name(f"{database.stem}.deferred.jsonl")


class UndoFailed(OSError):
    """Lines could not be flushed, nor taken out of the file again: nobody knows what a restart will find."""


class AppendFile:
    """One open file, mode 0600. ``size`` is how far it holds whole, flushed lines, in bytes."""

    def __init__(self, path: Path) -> None:
        """Remember the path; nothing is touched yet."""
        self.path = path
        self.size = 0
        self._descriptor: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether the file was read and can be appended to."""
        return self._descriptor is not None

    def open(self) -> Scan:
        """Open or create the file and return what it holds; its torn end is cut off. Raises ``OSError``."""
        self.close()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            content = _read_all(descriptor)
            found = scan(content)
            size = len(content) - len(found.torn)
            if found.torn:
                logger.bind(path=str(self.path), bytes=len(found.torn)).warning("journal_end_torn")
                os.ftruncate(descriptor, size)
                os.fsync(descriptor)
            sync_folder(self.path.parent)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor, self.size = descriptor, size
        return found

    def append(self, lines: bytes) -> None:
        """Add lines and flush them; on failure none of them is in the file. Raises ``OSError``."""
        descriptor = self._require()
        try:
            with about(self.path):
                _write_all(descriptor, lines)
                os.fdatasync(descriptor)
        except (OSError, MemoryError) as error:
            self._undo(descriptor, error)
            raise
        self.size += len(lines)

    def is_in_place(self) -> bool:
        """Say whether the open file is still the one at its path, as far as that can be seen.

        A folder that is gone or forbidden as a whole is expected to come back with the file in it.
        """
        held = os.fstat(self._require())
        if held.st_nlink == 0:
            return False
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return not self.path.parent.exists()
        except OSError:
            return True
        return (found.st_dev, found.st_ino) == (held.st_dev, held.st_ino)

    def replace(self, content: bytes) -> None:
        """Put a new file in the place of the old one, in one step.

        Raises ``OSError``; ``UndoFailed`` when the new file lies there all the same.
        """
        before = self._lying_there()
        try:
            write_durably(self.path, content)
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        except OSError as error:
            if self._lying_there() != before:
                raise UndoFailed(f"{in_words(error)}, in place all the same") from error
            raise
        self.close()
        self._descriptor, self.size = descriptor, len(content)

    def set_aside(self, suffix: str, lines: bytes) -> None:
        """Keep lines for an operator in a file beside this one; raises ``OSError``."""
        path = self.path.with_name(self.path.name + suffix)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            with about(path):
                _write_all(descriptor, lines)
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        sync_folder(self.path.parent)

    def close(self) -> None:
        """Close the file; safe to call again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _lying_there(self) -> tuple[int, int] | None:
        """Return which file is at the path; None when that cannot be seen."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _require(self) -> int:
        if self._descriptor is None:
            raise FileNotFoundError("the journal is not open")
        return self._descriptor

    def _undo(self, descriptor: int, error: Exception) -> None:
        """Take out of the file what could not be flushed: its author is told that it was not saved."""
        try:
            os.ftruncate(descriptor, self.size)
            os.fsync(descriptor)
        except OSError as failure:
            with contextlib.suppress(OSError):
                self.close()
            raise UndoFailed(f"{in_words(error)}, then {in_words(failure)}") from error


def _read_all(descriptor: int) -> bytes:
    parts = []
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]

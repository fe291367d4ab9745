"""Where lines go: a stream that people read, and a file that is rotated and kept for its owner only."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TextIO

from modelus_bot.config.units import MEGABYTE

__all__ = ["Cutoff", "RotatedFile", "Stream"]

DAY = 86_400
_STAMP = r"\.\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2}_\d{6}"


Cutoff = Callable[[float], float | None]
"""Returns a moment before which all is older than so many seconds, None while nobody can say."""


class Stream:
    """A terminal, or whatever standard error leads to; what cannot be written there is given up."""

    name = "terminal"
    patient = False

    def __init__(self, stream: TextIO) -> None:
        """Write to ``stream``, which belongs to the caller."""
        self._stream = stream
        self._encoding = stream.encoding or "utf-8"

    def write(self, lines: list[str]) -> None:
        """Write all and flush; characters that the terminal does not know are shown as escapes."""
        text = "".join(lines).encode(self._encoding, "backslashreplace").decode(self._encoding)
        self._stream.write(text)
        self._stream.flush()
        lines.clear()

    def close(self) -> None:
        """Leave the stream open: it is not ours."""


class RotatedFile:
    """A file of lines with mode 0600, put aside under a dated name when it reaches its size.

    It may be moved or deleted by others at any time: the next line begins a new one. Files put aside are
    deleted after ``days``. Behind a symbolic link the file that is meant is put aside, on its own volume.
    """

    name = "file"
    patient = True

    def __init__(self, path: Path, *, megabytes: int, days: int, cutoff: Cutoff) -> None:
        """Nothing is opened before the first ``write`` or ``open``."""
        self._cutoff = cutoff
        self.path = path
        self._meant = path
        self._megabytes = megabytes
        self._days = days
        self._descriptor = -1
        self._size = 0
        self._limit = 0
        self._regular = False
        self._torn = False

    def configure(self, *, megabytes: int, days: int) -> None:
        """Rotate at another size, keep for another time; applies from the next line on."""
        self._megabytes, self._days = megabytes, days
        self._limit = megabytes * MEGABYTE
        self._prune()

    def open(self) -> None:
        """Open the file, or make it; raises ``OSError``. Does nothing while it is open and still there."""
        if self._descriptor >= 0 and self._is_ours():
            return
        self.close()
        self._meant = Path(os.path.realpath(self.path))
        self._meant.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(
            self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOCTTY, 0o600
        )
        found = os.fstat(self._descriptor)
        self._regular = stat.S_ISREG(found.st_mode)
        self._size = found.st_size if self._regular else 0
        self._limit = self._megabytes * MEGABYTE
        if self._regular and found.st_mode & 0o077:
            with contextlib.suppress(OSError):
                os.fchmod(self._descriptor, 0o600)
        self._prune()

    def write(self, lines: list[str]) -> None:
        """Write lines, rotating between them where that is due; what is written is taken out of the list."""
        self.open()
        while lines:
            part, count = self._part(lines)
            if self._size and self._size + len(part) > self._limit:
                self._rotate()
            self._append(part)
            del lines[:count]

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def _part(self, lines: list[str]) -> tuple[bytes, int]:
        """Join the lines that still fit into this file, at least one, and say how many they are."""
        part = bytearray()
        for count, line in enumerate(lines):
            content = line.encode("utf-8", "backslashreplace")
            if part and self._size + len(part) + len(content) > self._limit:
                return bytes(part), count
            part += content
        return bytes(part), len(lines)

    def _append(self, part: bytes) -> None:
        if self._torn:
            part = b"\n" + part
        rest = memoryview(part)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            self._undo(len(rest) < len(part))
            raise
        self._size += len(part)
        self._torn = False

    def _undo(self, begun: bool) -> None:
        """Take back half a line, so that what follows can be read."""
        if not begun:
            return
        try:
            os.ftruncate(self._descriptor, self._size)
        except OSError:
            self._torn = True

    def _rotate(self) -> None:
        """Put the file aside; where that is forbidden it grows on, and the next try comes later."""
        if not self._regular:
            return
        stamp = datetime.now().astimezone().strftime("%Y-%m-%d_%H-%M-%S_%f")
        try:
            self._meant.rename(self._meant.with_name(f"{self._meant.stem}.{stamp}{self._meant.suffix}"))
        except OSError:
            self._limit = self._size + self._megabytes * MEGABYTE
            return
        self.open()

    def _prune(self) -> None:
        """Delete what was put aside long ago."""
        ours = re.compile(re.escape(self._meant.stem) + _STAMP + re.escape(self._meant.suffix))
        oldest = self._cutoff(float(self._days * DAY))
        if oldest is None:
            return
        with contextlib.suppress(OSError):
            for file in self._meant.parent.iterdir():
                if ours.fullmatch(file.name) and file.stat().st_mtime < oldest:
                    file.unlink()

    def _is_ours(self) -> bool:
        try:
            there, open_one = self.path.stat(), os.fstat(self._descriptor)
        except OSError:
            return False
        return (there.st_dev, there.st_ino) == (open_one.st_dev, open_one.st_ino)

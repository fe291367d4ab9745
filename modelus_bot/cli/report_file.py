"""ReportFile: a report as CSV or JSON lines, whole or not at all, and for its owner alone."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, Self, TextIO

from modelus_bot.runtime.os_errors import about

__all__ = ["Format", "ReportFile"]

Format = Literal["csv", "jsonl"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would calculate."""


class ReportFile:
    """Where a report goes while it is made; it is put in its place, or printed, once it is whole.

    ``target`` None is standard output. The file has the mode 0600, whatever was there before.
    """

    def __init__(self, target: Path | None, form: Format) -> None:
        """Remember where; ``with`` makes the file."""
        self._target = target
        self._form = form
        self._stream: TextIO | None = None
        self._partial = ""
        self.rows = 0

    def __enter__(self) -> Self:
        """Make an unfinished file, beside the finished one if that is a file; raises ``OSError``."""
        folder = self._target.parent if self._target is not None else None
        with about(folder or Path(tempfile.gettempdir())):
            handle, self._partial = tempfile.mkstemp(prefix=".modelus-report-", dir=folder)
        self._stream = os.fdopen(handle, "w+", encoding="utf-8", newline="")
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Remove it, unless it is in its place already."""
        if self._stream is not None:
            self._stream.close()
        Path(self._partial).unlink(missing_ok=True)

    def write(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Write a report from its beginning, also when it was begun before; return how many rows it has."""
        stream = self._open
        stream.seek(0)
        stream.truncate()
        self.rows = 0
        table = csv.writer(stream, lineterminator="\n")
        if self._form == "csv":
            table.writerow([_cell(column) for column in columns])
        for row in rows:
            if self._form == "csv":
                table.writerow(map(_cell, row))
            else:
                stream.write(_line(columns, row))
            self.rows += 1
        return self.rows

    def finish(self) -> None:
        """Put the file in its place, on the disk, or print it."""
        stream = self._open
        stream.flush()
        if self._target is None:
            stream.seek(0)
            shutil.copyfileobj(stream, sys.stdout)
            sys.stdout.flush()
            return
        with about(self._target):
            os.fsync(stream.fileno())
            Path(self._partial).replace(self._target)

    @property
    def _open(self) -> TextIO:
        if self._stream is None:
            raise ValueError("it is not open")
        return self._stream


def _cell(value: Any) -> Any:
    """Return a value for CSV: text that no spreadsheet calculates and no terminal obeys."""
    if isinstance(value, bytes):
        return value.hex()
    if not isinstance(value, str):
        return value
    text = "".join(letter if letter in "\n\t" or letter.isprintable() else "\ufffd" for letter in value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(columns: Sequence[str], row: Sequence[Any]) -> str:
    """Return a row as one line of JSON, exactly as it is stored; blobs are in hex."""
    values = (value.hex() if isinstance(value, bytes) else value for value in row)
    return json.dumps(dict(zip(columns, values, strict=True)), ensure_ascii=True) + "\n"

"""Notices when this process opens the live database file by path, which would drop SQLite's locks.

Closing any descriptor of a file gives up all of the process's locks on it (POSIX). Another program may
then delete the -wal under the open connection, and what is acknowledged afterwards is lost silently.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from loguru import logger

__all__ = ["FileOpenedByPath", "refusing", "watched"]


class FileOpenedByPath(RuntimeError):
    """The live file was about to be opened beside SQLite; raised where ``strict`` was asked for."""


class _Openings:
    """The files watched, how often each, and whether an opening is refused or only logged."""

    def __init__(self) -> None:
        self.watched: Counter[str] = Counter()
        self.strict = False
        self.installed = False
        self.seen = 0

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Be told by the interpreter of every event; all but openings pass at once."""
        if event != "open" or not self.watched:
            return
        name = _absolute(arguments[0])
        if name not in self.watched:
            return
        self.seen += 1
        if self.strict:
            raise FileOpenedByPath(f"{name} was opened beside SQLite")
        logger.bind(path=name).error("database_opened_by_path")


def _absolute(path: Any) -> str:
    """Return what an event names as an absolute path, without following links; numbers name nothing."""
    if not isinstance(path, str | bytes | os.PathLike):
        return ""
    return os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - called for every file that is opened


_OPENINGS = _Openings()


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """Raise ``FileOpenedByPath`` where otherwise an opening is only logged."""
    _OPENINGS.strict = True
    try:
        yield
    finally:
        _OPENINGS.strict = False


@contextlib.contextmanager
def watched(database: Path) -> Iterator[None]:
    """Log every opening of ``database`` by this process meanwhile.

    SQLite opens files without Python's knowledge and is not concerned.
    """
    if not _OPENINGS.installed:
        sys.addaudithook(_OPENINGS.hear)
        _OPENINGS.installed = True
    name = str(database.absolute())
    _OPENINGS.watched[name] += 1
    try:
        yield
    finally:
        _OPENINGS.watched[name] -= 1
        if not _OPENINGS.watched[name]:
            del _OPENINGS.watched[name]

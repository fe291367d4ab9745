"""Notices when this process opens the live database file by path, which would drop SQLite's locks.

Closing any descriptor of a file gives up all of the process's locks on it (POSIX). Another program may
then delete the -wal under the open connection, and what is acknowledged afterwards is lost silently.
"""

from __future__ import annotations

import contextlib
import inspect
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
        self.by: Path | None = None
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
        if self.strict and (self.by is None or _on_behalf_of(self.by)):
            raise FileOpenedByPath(f"{name} was opened beside SQLite")
        logger.bind(path=name).error("database_opened_by_path")


def _absolute(path: Any) -> str:
    """Return the file that an event leads to, behind links and ``..``; numbers name nothing."""
    if not isinstance(path, str | bytes | os.PathLike):
        return ""
    try:
        return os.path.realpath(os.fsdecode(path))
    except (OSError, ValueError):
        return ""


_OPENINGS = _Openings()


def _on_behalf_of(package: Path) -> bool:
    """Say whether the innermost of the project's functions that led here belongs to ``package``."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(f"{package.parent}{os.sep}"):
            return file.startswith(f"{package}{os.sep}")
        frame = frame.f_back
    return False


@contextlib.contextmanager
def refusing(*, by: Path | None = None) -> Iterator[None]:
    """Raise ``FileOpenedByPath`` where otherwise an opening is only logged.

    ``by`` is a package: only what its own code opens is refused, not what others in its folder do.
    """
    before = _OPENINGS.strict, _OPENINGS.by
    _OPENINGS.strict, _OPENINGS.by = True, by
    try:
        yield
    finally:
        _OPENINGS.strict, _OPENINGS.by = before


@contextlib.contextmanager
def watched(database: Path) -> Iterator[None]:
    """Log every opening of ``database`` by this process meanwhile.

    SQLite opens files without Python's knowledge and is not concerned.
    """
    if not _OPENINGS.installed:
        sys.addaudithook(_OPENINGS.hear)
        _OPENINGS.installed = True
    name = _absolute(database)
    _OPENINGS.watched[name] += 1
    try:
        yield
    finally:
        _OPENINGS.watched[name] -= 1
        if not _OPENINGS.watched[name]:
            del _OPENINGS.watched[name]

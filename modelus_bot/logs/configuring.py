"""Logs: built from the settings, changed by edits of them without losing a record, closed at the end."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from loguru import logger

from modelus_bot.config import LoggingSettings, Settings
from modelus_bot.logs.background import BackgroundWriter
from modelus_bot.logs.destinations import Cutoff, RotatedFile, Stream
from modelus_bot.logs.lines import fields_of, json_line, terminal_line
from modelus_bot.logs.secrets import Hide, hider
from modelus_bot.logs.standard import StandardLibrary
from modelus_bot.runtime.tunables import Tunable

if TYPE_CHECKING:
    from loguru import Message, Record

__all__ = ["Logs", "configure_logging"]

CLOSE_SECONDS = Tunable(3.0)
"""How long the end may wait for a destination that does not take its last lines."""


@contextmanager
def configure_logging(settings: Settings, *, terminal: TextIO | bool | None = True) -> Iterator[Logs]:
    """Log as ``settings.logging`` says until the block ends, then take everything off again.

    ``terminal`` is where readable lines go: True means standard error, False or None nowhere.
    A log file that cannot be written is reported on the terminal and does not stop anything.
    """
    stream = sys.stderr if terminal is True else terminal or None
    with contextlib.suppress(ValueError):
        logger.remove(0)  # what loguru prints when nobody has configured it
    logs = Logs(settings.logging, hider(settings), stream)
    try:
        yield logs
    finally:
        logs.close()


class Logs:
    """Turns each record into a line for the terminal and one for the file; their threads write them."""

    def __init__(self, settings: LoggingSettings, hide: Hide, stream: TextIO | None) -> None:
        """Start logging."""
        self._settings = settings
        self._hide = hide
        self._cutoff: Cutoff | None = None
        self._coloured = stream is not None and stream.isatty() and "NO_COLOR" not in os.environ
        self._terminal = BackgroundWriter(Stream(stream)) if stream is not None else None
        self._file: RotatedFile | None = None
        self._file_writer: BackgroundWriter | None = None
        self._retired: list[BackgroundWriter] = []
        self._swapping = threading.Lock()
        """Held while a line is handed to the file's thread, so that none goes to one that was retired."""
        self._least = logger.level(settings.level).no
        self._standard = StandardLibrary(settings.level)
        self._sink = logger.add(
            self._take, level=0, filter=self._wanted, format=_nothing, backtrace=False, diagnose=False
        )
        self._open_file(settings)

    def apply(self, edited: Settings) -> None:
        """Go on with edited settings; every record is logged under the old ones or the new ones."""
        settings = edited.logging
        old, self._settings = self._settings, settings
        if settings.level != old.level:
            self._least = logger.level(settings.level).no
            self._standard.set_level(settings.level)
        if settings.file != old.file:
            self._open_file(settings)
        else:
            self._configure_file(settings)

    def prune_by(self, cutoff: Cutoff) -> None:
        """Delete files that were put aside long ago, from now on; until then none is deleted."""
        self._cutoff = cutoff
        self._configure_file(self._settings)

    def close(self) -> None:
        """Write what waits and stop logging; waits no longer than a few seconds for what hangs."""
        self._retire_file()
        for writer in self._retired:
            if not writer.join(CLOSE_SECONDS.value):
                logger.warning("log_file_left_behind")
        logger.remove(self._sink)
        self._standard.restore()
        if self._terminal is not None:
            self._terminal.retire()
            self._terminal.join(CLOSE_SECONDS.value)

    def _configure_file(self, settings: LoggingSettings) -> None:
        if self._file is not None and self._file_writer is not None:
            file = self._file
            self._file_writer.call(
                lambda: file.configure(megabytes=settings.rotation_megabytes, days=settings.retention_days)
            )

    def _older_than(self, seconds: float) -> float | None:
        return None if self._cutoff is None else self._cutoff(seconds)

    def _open_file(self, settings: LoggingSettings) -> None:
        """Let the lines from now on go to the file of the settings, or to none."""
        path = settings.file
        file = writer = None
        if path is not None:
            file = RotatedFile(
                path,
                megabytes=settings.rotation_megabytes,
                days=settings.retention_days,
                cutoff=self._older_than,
            )
            writer = BackgroundWriter(file)
        with self._swapping:
            before, self._file_writer, self._file = self._file_writer, writer, file
            if before is not None:
                before.retire()
        if before is not None:
            self._retired = [item for item in self._retired if not item.join(0)] + [before]

    def _retire_file(self) -> None:
        self._open_file(self._settings.model_copy(update={"file": None}))

    def _wanted(self, record: Record) -> bool:
        return record["level"].no >= self._least

    def _take(self, message: Message) -> None:
        record = message.record
        fields = fields_of(record, self._hide)
        if self._terminal is not None:
            line = terminal_line(record, fields, self._hide, coloured=self._coloured)
            self._terminal.put(line)
        if self._file is not None:
            line = json_line(record, fields, self._hide)
            with self._swapping:
                if self._file_writer is not None:
                    self._file_writer.put(line)


def _nothing(_: Record) -> str:
    return ""

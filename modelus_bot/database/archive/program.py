"""The program that archives: whether it can be used, and how it is started for each of its tasks."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path

from loguru import logger

from modelus_bot.config import ArchiveSettings
from modelus_bot.database.archive.litestream_config import ArchivePaths, environment
from modelus_bot.database.archive.supervisor import Launch
from modelus_bot.runtime.processes import start

__all__ = ["TESTED", "Program", "find_program", "version_of"]

TESTED = (0, 5, 17)
"""The version whose behaviour the tests of the archive prove."""

VERSION_SECONDS = 10.0


def find_program(binary: str) -> Path | None:
    """Return the program: the configured path, else beside the interpreter, else on PATH; None if nowhere."""
    if os.sep in binary:
        return Path(binary).absolute() if os.access(binary, os.X_OK) else None
    beside = Path(sys.executable).with_name(binary)
    if beside.is_file() and os.access(beside, os.X_OK):
        return beside
    found = shutil.which(binary)
    return Path(found).absolute() if found else None


async def version_of(program: Path, *, seconds: float = VERSION_SECONDS) -> tuple[int, ...]:
    """Ask the program for its version; an empty tuple when it does not answer like one."""
    settings = ArchiveSettings()
    try:
        process = await start(
            [program, "version"], environment=environment(settings, os.environ), complaints="nowhere"
        )
    except OSError:
        return ()
    try:
        async with asyncio.timeout(seconds):
            answer, _ = await process.communicate()
    except TimeoutError:
        return ()
    finally:
        await process.dismiss()
    found = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)\S*", answer.decode("utf-8", "replace").strip())
    return tuple(int(part) for part in found.groups()) if found else ()


class Program:
    """One installed program and the settings it is used with."""

    def __init__(self, places: ArchivePaths, settings: ArchiveSettings) -> None:
        """Look for the program; it is not started yet."""
        self._places = places
        self._settings = settings
        self._path = find_program(settings.binary) if settings.mode == "auto" else None
        self._version: tuple[int, ...] | None = None

    @property
    def version(self) -> str:
        """Its version, empty until ``probe`` has asked for it."""
        return ".".join(map(str, self._version or ()))

    @property
    def unusable(self) -> str:
        """Why it cannot be used, as a sentence; empty when it can, as far as is known."""
        if self._settings.mode == "off":
            return "The archive is switched off (archive.mode)."
        if self._path is None:
            return f"The program {self._settings.binary} was not found; install modelus-bot[archive]."
        if self._version is not None and (self._version[:2] != TESTED[:2] or self._version < TESTED):
            tested = ".".join(map(str, TESTED))
            return f"{self._path} is not a litestream that works with this bot (tested: {tested})."
        return ""

    async def probe(self) -> bool:
        """Ask it for its version, once, and return whether it can be used."""
        if self._path is not None and self._version is None:
            self._version = await version_of(self._path)
            if not self.unusable and self._version != TESTED:
                logger.bind(version=self.version).warning("archive_program_untested_version")
        return not self.unusable

    def launch(self, command: str, config: str, *arguments: str, inherited: tuple[int, ...] = ()) -> Launch:
        """Say how it is started for ``command`` with the configuration file ``config`` of the run folder."""
        assert self._path is not None  # noqa: S101 - asked before anything is started
        return Launch(
            [self._path, command, "-config", self._places.run / config, "-no-expand-env", *arguments],
            self._places.run,
            environment(self._settings, os.environ),
            inherited,
        )

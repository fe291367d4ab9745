"""Keep one program running: it dies with this process, is started again when it ends, is stopped in order."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from modelus_bot.database.archive import spawn
from modelus_bot.database.archive.process_log import ProgramLog
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.processes import Process, start
from modelus_bot.runtime.tasks import Outside
from modelus_bot.runtime.tunables import Pause

__all__ = ["Launch", "Supervisor", "run_once", "started"]

BACKOFF_FIRST = Pause(0.25)
BACKOFF_CAP = Pause(60.0)
STEADY_SECONDS = 60.0
"""A program that ran this long is started again at once when it ends."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How a program is started."""

    arguments: Sequence[str | Path]
    folder: Path
    environment: Mapping[str, str]
    inherited: tuple[int, ...] = ()
    """Descriptors it keeps open, such as locks."""


async def started(launch: Launch, *, answer: bool = False) -> Process:
    """Start it so that it dies with us; ``answer`` keeps its output apart from its complaints.

    Raises ``OSError`` when it cannot be started.
    """
    return await start(
        [sys.executable, "-I", "-S", spawn.__file__, str(os.getpid()), *launch.arguments],
        environment=launch.environment,
        complaints="apart" if answer else "with output",
        folder=launch.folder,
        inherited=launch.inherited,
    )


async def run_once(launch: Launch, *, seconds: float | None = None) -> tuple[int, bytes, bytes]:
    """Run a program to its end and return code, output and complaints; it is killed with its caller.

    Raises ``TimeoutError`` after ``seconds`` and ``OSError`` when it cannot be started.
    """
    process = await started(launch, answer=True)
    try:
        async with asyncio.timeout(seconds):
            output, complaints = await process.communicate()
    finally:
        await process.dismiss()
    return process.returncode or 0, output, complaints


class Supervisor:
    """One program, kept running from ``start`` to ``stop``."""

    def __init__(
        self,
        launch: Callable[[], Launch],
        log: ProgramLog,
        *,
        on_started: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remember how it is started; ``launch`` is asked, and ``on_started`` called, each time anew."""
        self._launch = launch
        self._log = log
        self._clock = clock
        self._outside = Outside()
        self._task: asyncio.Task[None] | None = None
        self._process: Process | None = None
        self._stopping = False
        self.restarts = 0
        self.last_code: int | None = None
        """How the program ended the last time by itself; negative for a signal."""
        self._on_started = on_started

    @property
    def pid(self) -> int | None:
        """Process number while it runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """Start it and keep it running; does nothing when it already is."""
        if self._task is None:
            self._stopping = False
            self._task = self._outside.start(self._keep_running(), name="archive-program")
            await asyncio.sleep(0)

    async def stop(self, *, seconds: float) -> None:
        """End it in order and do not start it again; after ``seconds`` it is killed."""
        task = self._task
        if task is None:
            return
        self._stopping = True
        process = self._process
        if process is not None:
            await process.end(seconds=seconds)
        task.cancel()
        await asyncio.wait({task})
        self._task = None

    async def kill(self) -> None:
        """Kill it at once; it is started again."""
        if self._process is not None:
            await self._process.end()

    async def _keep_running(self) -> None:
        pause = BACKOFF_FIRST.value
        while True:
            began = self._clock()
            try:
                await self._run()
            except OSError as error:
                logger.bind(error=in_words(error)).error("archive_program_not_started")
            except Exception as error:  # noqa: BLE001 - the program must be started again whatever it was
                logger.opt(exception=error).error("archive_program_fault")
            lived = self._clock() - began
            if self._stopping:
                return
            self.restarts += 1
            pause = BACKOFF_FIRST.value if lived >= STEADY_SECONDS else pause
            logger.bind(code=self.last_code, lived=round(lived, 1), again_in=pause).warning(
                "archive_program_ended"
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, BACKOFF_CAP.value)

    async def _run(self) -> None:
        process = await started(self._launch())
        self._process = process
        logger.bind(program_pid=process.pid).info("archive_program_started")
        if self._on_started is not None:
            self._on_started()
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            while line := await _line(process.stdout):
                self._log.take(line)
            self.last_code = await process.wait()
        finally:
            await process.dismiss()
            self._process = None


async def _line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:
        return b"a line too long to be read\n"

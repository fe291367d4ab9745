"""The program at work on one database: locked, supervised, watched, asked."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from loguru import logger

from modelus_bot.database.archive.failures import ArchiveUnavailable
from modelus_bot.database.archive.incidents import Lag
from modelus_bot.database.archive.ipc_client import Control
from modelus_bot.database.archive.litestream_config import ArchivePaths
from modelus_bot.database.archive.locks import Locks
from modelus_bot.database.archive.process_log import ProgramLog
from modelus_bot.database.archive.program import Program
from modelus_bot.database.archive.supervisor import Launch, Supervisor
from modelus_bot.database.archive.sync_loop import CheckpointPolicy, Copying

__all__ = ["Running"]

STOP_SECONDS = 4.0
FIRST_SYNC_SECONDS = 2.0
"""How long starting waits for the first sign of life; the rest happens in the background."""

LOOK_SECONDS = 0.02
RETRY_SECONDS = 0.05
LONGEST_STEP = 1.0
"""Seconds between two looks at whether there is something to do, however seldom it is to copy."""

REST = 4
"""A request is followed by a rest of so many times what it took."""

FAULT_CAP = 60.0


class Running:
    """Knows whether the program works on the file that the database's path leads to.

    The program notices nothing when the file is replaced under it: it reports success and archives a
    mixture of two files. So the file is compared with the one that was there when it was started.
    """

    def __init__(
        self,
        places: ArchivePaths,
        program: Program,
        log: ProgramLog,
        lag: Lag,
        clock: Callable[[], float],
        *,
        on_replaced: Callable[[str], None],
        checkpoints: CheckpointPolicy,
    ) -> None:
        """Nothing is started yet; ``clock`` gives UTC seconds.

        ``on_replaced`` hears why it had to be started anew on another file in the old one's place.
        """
        self._program = program
        self._places = places
        self._lag = lag
        self._clock = clock
        self._control = Control(places.socket, places.database)
        self.copying = Copying(self._control, places.database, lag, self._check_at_work, clock, checkpoints)
        self.locks = Locks(*places.locks())
        self.supervisor = Supervisor(self._launch, log, on_started=self._begun)
        self._on_replaced = on_replaced
        self._file: tuple[int, int] | None = None
        self._paused = False
        self.started = False
        self.responds = False
        """True when the last look found it replicating."""

    async def start(self) -> None:
        """Start it, and wait a little for its first sign of life; raises ``AlreadyRunning``."""
        await self.locks.acquire()
        self.started = True
        self._note_file()
        try:
            await asyncio.to_thread(self._places.tidy)
            self._lag.began()
            await self.supervisor.start()
            await self._wait_for_life()
        except BaseException:
            await self.stop()
            raise

    def stopping(self) -> None:
        """Let nobody wait for it any more: it is about to be stopped."""
        self.started = False

    async def stop(self) -> None:
        """Let it send what is committed, and end it; does nothing when it is not started."""
        self.started = False
        await self._end()
        self.responds = False
        self._lag.stopped()
        self.locks.release()

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """End it for as long as the block takes; locks are kept, and the write-ahead log keeps the rest."""
        self._paused = True
        try:
            await self._end()
            await asyncio.to_thread(self._places.tidy)
            yield
        finally:
            self._paused = False
            if self.started:
                await self.supervisor.start()
                await self._wait_for_life()

    async def sync(self, seconds: float) -> None:
        """Return when everything committed before the call is archived; raises ``ArchiveUnavailable``."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                await self.copying.everything(max(RETRY_SECONDS, deadline - time.monotonic()))
            except ArchiveUnavailable as error:
                if not self.started or time.monotonic() + RETRY_SECONDS >= deadline:
                    raise ArchiveUnavailable(f"not archived within {seconds:g} s: {error.detail}") from error
            else:
                return
            await asyncio.sleep(RETRY_SECONDS)

    async def keep_up(self, pace: float) -> None:
        """Have it take over what is committed every ``pace`` seconds; never returns.

        Requests that take long come less often, and so do those after a fault of our own.
        """
        step = pause = min(pace, LONGEST_STEP)
        while True:
            await asyncio.sleep(pause)
            began = time.monotonic()
            try:
                await self._copy(pace)
            except ArchiveUnavailable:
                pause = step
            except Exception as error:  # noqa: BLE001 - copying goes on whatever happens
                pause = min(max(pause * 2, LONGEST_STEP), FAULT_CAP)
                logger.bind(again_in=pause).opt(exception=error).error("archive_copying_fault")
            else:
                pause = max(step, REST * (time.monotonic() - began))

    async def _copy(self, pace: float) -> None:
        if self.supervisor.pid is None:
            self.copying.wrote()
        elif self.responds and not self._paused:
            await self.copying.again(pace)

    async def transaction(self) -> str:
        """The newest archived transaction as the archive's files name it; raises ``ArchiveUnavailable``."""
        return f"{await self._control.transaction():016x}"

    async def look(self) -> None:
        """Find out whether it works, and whether the file is still the one it works on."""
        if self._paused:
            return
        try:
            self._check_file()
            self.responds = await self._control.replicating()
            self._check_file()
        except ArchiveUnavailable as error:
            self.responds = False
            await self._renew_if_replaced(error)

    async def _renew_if_replaced(self, error: ArchiveUnavailable) -> None:
        """Start it anew on the new file, at once: an orderly end would archive a mixture."""
        before = self._file
        if self.supervisor.pid is None or _identity(self._places.database) == before:
            return
        if before is not None:
            logger.bind(error=error.detail).error("archive_database_replaced")
            self._on_replaced(error.detail)
        await self.supervisor.kill()

    async def _wait_for_life(self) -> None:
        """Have it archive what there is."""
        deadline = time.monotonic() + FIRST_SYNC_SECONDS
        while time.monotonic() < deadline and self.started and self._file is not None:
            await self.look()
            if self.responds:
                with contextlib.suppress(ArchiveUnavailable):
                    await self.sync(deadline - time.monotonic())
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _end(self) -> None:
        """Let it copy what is committed, which may make it checkpoint, and end it."""
        with self.copying.being_written():
            await self.supervisor.stop(seconds=STOP_SECONDS)
        self.copying.wrote()

    def _launch(self) -> Launch:
        return self._program.launch("replicate", "replicate.json", inherited=self.locks.descriptors)

    def _begun(self) -> None:
        self._note_file()
        self.copying.began()

    def _note_file(self) -> None:
        self._file = _identity(self._places.database)

    def _check_at_work(self) -> None:
        if not self.started or self._paused:
            raise ArchiveUnavailable("the archive is not at work at the moment")
        self._check_file()

    def _check_file(self) -> None:
        found = _identity(self._places.database)
        if found is None:
            raise ArchiveUnavailable("the database file is not there")
        if found != self._file:
            raise ArchiveUnavailable("the database file was replaced under the archive")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

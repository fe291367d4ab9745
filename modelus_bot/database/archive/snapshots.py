"""Full copies into the archive, made on our schedule and only of a database that has passed its check.

The program copies a damaged file without a word, and a full copy of damage is the first thing a later
restore would read. So it never makes one by itself: it is stopped for a moment, run once for the copy, and
started again; meanwhile the database's write-ahead log keeps what is committed. Old copies are deleted in
the same run, never the newest one that reaches back over the whole retention.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from loguru import logger

from modelus_bot.clock.clock import Clock
from modelus_bot.config import ArchiveSettings
from modelus_bot.database.archive.failures import ArchiveUnavailable
from modelus_bot.database.archive.litestream_config import (
    NEVER,
    ArchivePaths,
    configuration,
    exact_possible,
    exact_wanted,
    write_private,
)
from modelus_bot.database.archive.litestream_process import Running
from modelus_bot.database.archive.process_log import ProgramLog
from modelus_bot.database.archive.program import Program
from modelus_bot.database.archive.restore import SNAPSHOT_LEVEL, Reader
from modelus_bot.database.archive.supervisor import run_once
from modelus_bot.database.core.errors import BackupFailed, DatabaseError
from modelus_bot.database.core.system_errors import translated
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.timer import Timer

__all__ = ["Alert", "Gate", "Snapshots", "keep_hours"]

Gate = Callable[[], Awaitable[bool]]
"""Says whether the database is sound right now; may take seconds."""

Alert = Callable[[str, dict[str, Any]], None]
"""Tells administrators: the kind of event and its details."""

HOUR = 3600
COPY_SECONDS = 900.0
HELD_SECONDS = 300.0
"""How soon a copy that was held back is tried again, unless the schedule is faster."""


class Snapshots:
    """Makes the full copies: on demand, and by the clock."""

    def __init__(
        self,
        places: ArchivePaths,
        settings: ArchiveSettings,
        program: Program,
        running: Running,
        reader: Reader,
        log: ProgramLog,
        clock: Clock,
    ) -> None:
        """Nothing happens until asked; ``clock`` gives UTC seconds."""
        self._places = places
        self.settings = settings
        self._program = program
        self._running = running
        self._reader = reader
        self._log = log
        self._clock = clock
        self._turn = asyncio.Lock()
        self._pause = Timer()
        self.newest: float | None = None
        self.held = False
        """True while the last one was not made because the gate did not allow it."""

    def apply(self, settings: ArchiveSettings) -> None:
        """Go on with another pause between two of them."""
        self.settings = settings
        self._pause.cut()

    async def take(self, gate: Gate, alert: Alert) -> bool:
        """Make one if the gate allows it; raises ``ArchiveUnavailable`` or ``BackupFailed``."""
        async with self._turn:
            if not await _allowed(gate):
                if not self.held:
                    self.held = True
                    logger.error("archive_snapshot_held")
                    alert("archive_snapshot_held", {"why": "the database did not pass its check"})
                return False
            self.held = False
            if not self._running.started:
                raise ArchiveUnavailable("the archive is not running")
            with translated(otherwise=ArchiveUnavailable):
                await self._copy()
            self.newest = self._clock()
            logger.info("archive_snapshot_made")
            return True

    async def by_the_clock(self, gate: Gate, alert: Alert) -> None:
        """Make one whenever the newest is older than the settings allow; never returns."""
        last, held = await self._last_known(), False
        while True:
            every = self.settings.snapshot_minutes * 60.0
            wanted = min(every, HELD_SECONDS) if held else every
            if not await self._pause.over(max(1.0, min(wanted, last + wanted - self._clock()))):
                continue
            last, held = self._clock(), False
            try:
                held = not await self.take(gate, alert)
            except (DatabaseError, OSError) as error:
                logger.bind(error=in_words(error)).error("archive_snapshot_failed")
                alert("archive_snapshot_failed", {"why": in_words(error)})
            except Exception as error:  # noqa: BLE001 - the clock must outlive any fault of a copy
                logger.opt(exception=error).error("archive_snapshot_fault")
                alert("archive_snapshot_failed", {"why": f"{type(error).__name__}: {error}"})

    async def _last_known(self) -> float:
        """Return when the newest full copy was made; now, when there is none or nobody can say."""
        try:
            known = await self._reader.snapshots()
        except Exception as error:  # noqa: BLE001 - the clock goes on from now, whatever it was
            logger.bind(error=repr(error)).warning("archive_snapshots_unknown")
            return self._clock()
        self.newest = known[-1] if known else None
        return self._clock() if self.newest is None else self.newest

    async def _copy(self) -> None:
        """Copy, unless nothing was written since the last copy: that would be overwritten by its equal."""
        known = await self._reader.listed(SNAPSHOT_LEVEL)
        if known and known[-1][1] == await self._running.transaction():
            return
        moments = [moment for moment, _ in known]
        keep = keep_hours(moments, self._clock.cutoff(self.settings.retention_hours * HOUR), self._clock())
        retention = NEVER if keep is None else f"{keep}h"
        config = configuration(self._places, self.settings, keep=retention, socket=False)
        await asyncio.to_thread(write_private, self._places.run / "snapshot.json", config)
        await self._limit_pieces()
        arguments = ["-once", "-force-snapshot", *([] if keep is None else ["-enforce-retention"])]
        inherited = self._running.locks.descriptors
        launch = self._program.launch("replicate", "snapshot.json", *arguments, inherited=inherited)
        try:
            async with self._running.paused():
                code, _, complaints = await run_once(launch, seconds=COPY_SECONDS)
        except TimeoutError as error:
            raise BackupFailed(f"the snapshot took longer than {COPY_SECONDS:g} s") from error
        for line in complaints.splitlines():
            self._log.take(line)
        if code != 0:
            raise BackupFailed(f"the snapshot failed: {self._log.last_error or code}")

    async def _limit_pieces(self) -> None:
        """Let the next start keep only as many single pieces as the program can look through."""
        ages = await asyncio.to_thread(self._places.ages, self._clock())
        minutes = exact_possible(self.settings, ages)
        if minutes < exact_wanted(self.settings):
            logger.bind(pieces=len(ages), exact_minutes=minutes).warning("archive_pieces_limited")
        config = configuration(self._places, self.settings, exact_minutes=minutes)
        await asyncio.to_thread(write_private, self._places.run / "replicate.json", config)


async def _allowed(gate: Gate) -> bool:
    """Ask the gate; one that fails to answer has not said yes."""
    try:
        return await gate()
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the database was not found sound
        logger.bind(error=repr(error)).error("archive_gate_failed")
        return False


def keep_hours(snapshots: Sequence[float], since: float | None, now: float) -> int | None:
    """Return how many hours of full copies must stay for every moment ``since`` then to be restorable.

    That reaches back to the newest copy older than that: moments after it are restored from it. None when
    there is no such copy yet, or nobody knows how old they are: then nothing may be deleted. All moments
    are UTC seconds.
    """
    bases = [] if since is None else [moment for moment in snapshots if moment <= since]
    return int((now - max(bases)) // HOUR) + 2 if bases else None

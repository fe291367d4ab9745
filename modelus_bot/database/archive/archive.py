"""Archive: every commit copied to a folder or bucket within moments, any moment restorable."""

from __future__ import annotations

import asyncio
import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from loguru import logger

from modelus_bot.clock.clock import Clock
from modelus_bot.config import ArchiveSettings
from modelus_bot.database.archive.failures import ArchiveUnavailable
from modelus_bot.database.archive.incidents import Lag, Streak
from modelus_bot.database.archive.litestream_config import ArchivePaths, configuration, write_private
from modelus_bot.database.archive.litestream_process import Running
from modelus_bot.database.archive.process_log import ProgramLog
from modelus_bot.database.archive.program import Program
from modelus_bot.database.archive.restore import Reader, Report
from modelus_bot.database.archive.snapshots import Alert, Gate, Snapshots
from modelus_bot.database.archive.status import ArchiveStatus
from modelus_bot.database.archive.sync_loop import NO_CHECKPOINTS, CheckpointPolicy
from modelus_bot.runtime.tasks import Outside, owned
from modelus_bot.runtime.tunables import Pause

__all__ = ["Archive"]

WATCH_SECONDS = Pause(1.0)
WATCH_CAP = 60.0
SYNC_SECONDS = 30.0
QUICK_SYNC_SECONDS = 2.0
UNRESPONSIVE_SECONDS = 600.0
"""After this long without an archived moment the program no longer counts as the one that checkpoints."""

MERGING_SECONDS = 900.0
"""How long merging archived pieces may fail; it fails now and then because new ones keep coming."""

SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID")


PACES_BEHIND = 3
"""It may be as many paces behind, however little lag is allowed: what was copied is known at the next one."""


async def _sound() -> bool:
    return True


class Archive:
    """Works as a part of the bot and, without being started, as a reader of the archive.

    ``integrity_gate`` is asked before each full copy; ``on_alert(kind, details)`` is called with
    ``archive_behind`` and ``archive_caught_up``, ``archive_merging_fails`` and ``archive_merging_works``
    (once an incident each), ``archive_snapshot_held``, ``archive_snapshot_failed`` and
    ``archive_database_replaced``. ``checkpoints`` says when the program checkpoints; without it, never.
    """

    def __init__(
        self,
        database: Path,
        settings: ArchiveSettings,
        *,
        integrity_gate: Gate = _sound,
        on_alert: Alert | None = None,
        checkpoints: CheckpointPolicy = NO_CHECKPOINTS,
        clock: Clock | None = None,
    ) -> None:
        """Nothing is created or started yet."""
        self._integrity_gate = integrity_gate
        self._on_alert = on_alert
        self.settings = settings
        clock = clock or Clock()
        self._clock, steady = clock, clock.steady
        self._places = ArchivePaths.of(database, settings)
        self._program = Program(self._places, settings)
        self._log = ProgramLog((os.environ.get(name, "") for name in SECRETS), on_line=self._merged)
        self._lag = Lag(settings.lag_alert, steady, least=PACES_BEHIND * settings.sync_milliseconds / 1000)
        self._running = Running(
            self._places,
            self._program,
            self._log,
            self._lag,
            steady,
            on_replaced=self._replaced,
            checkpoints=checkpoints,
        )
        self._merging = Streak(MERGING_SECONDS, steady)
        self._reader = Reader(self._places, self._program)
        self._snapshots = Snapshots(
            self._places, settings, self._program, self._running, self._reader, self._log, clock
        )
        self._tasks: set[asyncio.Task[Any]] = set()
        self._outside = Outside()
        self._stopping = False

    def apply(self, settings: ArchiveSettings) -> None:
        """Go on with another alert and another pause between full copies; the rest is the program's."""
        self.settings = self.settings.edited(settings)
        self._lag.allow(settings.lag_alert)
        self._snapshots.apply(self.settings)

    @property
    def available(self) -> bool:
        """True when the program was found, fits as far as is known, and is not switched off."""
        return not self._program.unusable

    @property
    def remote(self) -> bool:
        """True when it is in a bucket, where it may hold a database that this machine has never seen."""
        return bool(self.settings.url)

    @property
    def folder(self) -> Path:
        """Where it lies on this machine, also while the program is missing or a bucket is used instead."""
        return self.settings.folder.absolute() / self._places.database.name

    @property
    def checkpoints(self) -> bool:
        """True while the program is the one that checkpoints: the writer needs ``wal_autocheckpoint=0``.

        It is no longer after ten minutes without an archived moment, before the -wal grows for ever.
        """
        lag = self._lag.seconds
        return self._running.started and lag is not None and lag < UNRESPONSIVE_SECONDS

    def status(self) -> ArchiveStatus:
        """Say what is known right now; asks nobody."""
        supervisor = self._running.supervisor
        running = self._running.responds and self._lag.newest is not None and supervisor.pid is not None
        return ArchiveStatus(
            available=self.available,
            running=running,
            target=self.settings.url or str(self._places.replica),
            version=self._program.version,
            lag=self._lag.seconds,
            last_sync=self._lag.newest,
            behind=self._lag.behind,
            restarts=supervisor.restarts,
            last_snapshot=self._snapshots.newest,
            snapshots_held=self._snapshots.held,
            why=self._program.unusable or self._trouble(running),
        )

    async def probe(self) -> bool:
        """Ask the program for its version, once, and return whether the archive is available."""
        return await self._program.probe()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    async def start(self) -> None:
        """Start archiving; without the program nothing happens and ``status`` says why.

        Also after the database file was replaced: the new file goes on in the same archive. Raises
        ``AlreadyRunning`` when another process archives this database or into this folder.
        """
        if self._running.started or not await self.probe():
            return
        await self._write("reader.json", socket=False)
        await self._write("replicate.json", socket=True)
        await self._running.start()
        by_the_clock = self._snapshots.by_the_clock(self._integrity_gate, self._alert)
        keep_up = self._running.keep_up(self.settings.sync_milliseconds / 1000)
        works = {"watch": self._watch(), "copying": keep_up, "snapshots": by_the_clock}
        for name, work in works.items():
            self._tasks.add(self._outside.start(work, name=f"archive-{name}"))

    async def stop(self) -> None:
        """Send what is committed, then stop; comes before a file is replaced, and after connections close."""
        self._stopping = True
        try:
            self._running.stopping()
            while self._tasks:
                task = self._tasks.pop()
                task.cancel()
                await asyncio.wait({task})
            await self._running.stop()
        finally:
            self._stopping = False

    async def sync(self, *, seconds: float = SYNC_SECONDS) -> None:
        """Return when everything committed before the call is in the archive.

        Raises ``ArchiveUnavailable`` when that cannot be said within ``seconds``.
        """
        if not self._running.started:
            raise ArchiveUnavailable(self.status().why)
        await self._running.sync(seconds)

    async def snapshot(self) -> bool:
        """Put a full copy into the archive now; False when the integrity gate does not allow it.

        Archiving pauses meanwhile. Raises ``ArchiveUnavailable`` or ``BackupFailed``.
        """
        if not self._running.started:
            raise ArchiveUnavailable(self.status().why)
        task = owned(self._snapshots.take(self._integrity_gate, self._alert), name="archive-copy")
        self._tasks.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            task.cancel()
            if self._stopping:
                raise ArchiveUnavailable("the archive was stopped meanwhile") from None
            raise
        finally:
            self._tasks.discard(task)

    async def moments(self) -> tuple[float, float] | None:
        """Return the earliest moment that can be restored and the newest archived one, in UTC seconds."""
        await self._ready_to_read()
        return await self._reader.moments()

    async def snapshots(self) -> tuple[float, ...]:
        """Moments of the full copies, oldest first: a restore to just before one does without it."""
        await self._ready_to_read()
        return await self._reader.snapshots()

    async def restore(
        self, target: Path, *, at: float | None = None, on_progress: Report | None = None
    ) -> datetime:
        """Write the newest state, or the one at ``at`` (UTC seconds), to the new file ``target``.

        The future is now. Returns the moment that was really restored, never later than asked. The caller
        checks the file. Raises ``MomentUnavailable``, ``DiskFull``, ``BackupFailed`` or
        ``ArchiveUnavailable``.
        """
        await self._ready_to_read()
        now = self._clock()
        if self._running.responds and (at is None or at > now - WATCH_SECONDS.value):
            with contextlib.suppress(ArchiveUnavailable):
                await self._running.sync(QUICK_SYNC_SECONDS)
        moment = await self._reader.restore(target, None if at is None else min(at, now), on_progress)
        return datetime.fromtimestamp(moment, UTC)

    async def _watch(self) -> None:
        """Look every second; after a fault of its own with growing pauses, until a look works again."""
        pause = WATCH_SECONDS.value
        while True:
            await asyncio.sleep(pause)
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 - the lag is watched whatever happens
                pause = min(pause * 2, WATCH_CAP)
                logger.bind(again_in=pause).opt(exception=error).error("archive_watch_fault")
            else:
                pause = WATCH_SECONDS.value

    async def _look(self) -> None:
        try:
            await self._running.look()
        finally:
            details: dict[str, Any] = {"lag": self._lag.seconds, "why": self._log.last_error}
            if (changed := self._lag.changed()) is not None:
                self._alert("archive_behind" if changed else "archive_caught_up", details)
            if (changed := self._merging.changed()) is not None:
                self._alert("archive_merging_fails" if changed else "archive_merging_works", details)

    def _merged(self, said: str) -> None:
        if said == "compaction failed":
            self._merging.failed()
        elif said == "compaction complete":
            self._merging.worked()

    def _alert(self, kind: str, details: dict[str, Any]) -> None:
        logger.bind(**details).warning(kind)
        self._tell(kind, details)

    def _replaced(self, why: str) -> None:
        self._tell("archive_database_replaced", {"why": why})

    def _tell(self, kind: str, details: dict[str, Any]) -> None:
        if self._on_alert is not None:
            self._on_alert(kind, details)

    def _trouble(self, running: bool) -> str:
        if not self._running.started:
            return "It was not started."
        if not running:
            return self._log.last_error or "The program has not archived anything yet."
        return self._log.last_error if self._lag.behind else ""

    async def _ready_to_read(self) -> None:
        if not await self.probe():
            raise ArchiveUnavailable(self.status().why)
        await self._write("reader.json", socket=False)

    async def _write(self, name: str, *, socket: bool) -> None:
        config = configuration(self._places, self.settings, socket=socket)
        await asyncio.to_thread(self._places.make)
        await asyncio.to_thread(write_private, self._places.run / name, config)

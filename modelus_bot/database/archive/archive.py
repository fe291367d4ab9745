"""Archive: the program supervised, its lag watched, full copies gated, restores."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from loguru import logger

from modelus_bot.config import ArchiveSettings
from modelus_bot.database.archive.control import Control
from modelus_bot.database.archive.failures import ArchiveUnavailable, MomentUnavailable
from modelus_bot.database.archive.incidents import Lag
from modelus_bot.database.archive.litestream import (
    TESTED,
    Places,
    configuration,
    environment,
    find_program,
    version_of,
    write_private,
)
from modelus_bot.database.archive.locks import Locks
from modelus_bot.database.archive.logs import ProgramLog
from modelus_bot.database.archive.restoring import Reader, Report
from modelus_bot.database.archive.snapshots import Gate, allowed, keep_hours
from modelus_bot.database.archive.status import ArchiveStatus
from modelus_bot.database.archive.supervisor import Launch, Supervisor, run_once
from modelus_bot.database.errors import BackupFailed

__all__ = ["Archive"]

WATCH_SECONDS = 1.0
FIRST_SYNC_SECONDS = 5.0
"""How long starting waits for the first sign of life; the rest happens in the background."""

STOP_SECONDS = 10.0
SYNC_SECONDS = 30.0
SNAPSHOT_SECONDS = 600.0
UNRESPONSIVE_SECONDS = 600.0
"""After this long without an archived moment the program no longer counts as the one that checkpoints."""

SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID")

Alert = Callable[[str, dict[str, Any]], None]


async def _sound() -> bool:
    return True


class Archive:
    """Everything committed is copied to a folder or bucket within moments; any moment can be restored.

    Works as a part of the bot (``async with``, or ``start`` and ``stop``) and, without being started, as a
    reader of the archive. ``on_alert(kind, details)`` is called with ``archive_behind``,
    ``archive_caught_up``, ``archive_snapshot_held``, ``archive_snapshot_failed`` and
    ``archive_database_replaced``.
    """

    def __init__(
        self,
        database: Path,
        settings: ArchiveSettings,
        *,
        integrity_gate: Gate = _sound,
        on_alert: Alert = lambda _kind, _details: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Nothing is created or started yet; ``clock`` gives UTC seconds."""
        self.integrity_gate = integrity_gate
        self.on_alert = on_alert
        self._settings = settings
        self._clock = clock
        self._places = Places.of(database, settings)
        self._program = find_program(settings.binary) if settings.mode == "auto" else None
        self._version: tuple[int, ...] | None = None
        self._log = ProgramLog(os.environ.get(name, "") for name in SECRETS)
        self._locks = Locks(*self._places.locks())
        self._supervisor = Supervisor(self._replicate, self._log)
        self._supervisor.on_started = self._note_file
        self._control = Control(self._places.socket, self._places.database)
        self._reader = Reader(self._places, self._restorer)
        self._lag = Lag(settings.lag_alert, clock)
        self._identity: tuple[int, int] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._busy = asyncio.Lock()
        self._started = False
        self._responds = False
        self._last_snapshot: float | None = None
        self._held = False

    @property
    def available(self) -> bool:
        """True when the program was found, fits as far as is known, and is not switched off."""
        return not self._unavailable()

    @property
    def checkpoints(self) -> bool:
        """True while the program is the one that checkpoints: the writer needs ``wal_autocheckpoint=0``."""
        lag = self._lag.seconds
        return self._started and lag is not None and lag < UNRESPONSIVE_SECONDS

    def status(self) -> ArchiveStatus:
        """Say what is known right now; asks nobody."""
        running = self._started and self._responds and self._supervisor.pid is not None
        why = self._unavailable() or ("" if running else self._not_running())
        return ArchiveStatus(
            available=self.available,
            running=running,
            target=self._settings.url or str(self._places.replica),
            version=".".join(map(str, self._version or ())),
            lag=self._lag.seconds,
            last_sync=self._lag.newest,
            restarts=self._supervisor.restarts,
            last_snapshot=self._last_snapshot,
            snapshots_held=self._held,
            why=why,
        )

    async def probe(self) -> bool:
        """Ask the program for its version once, and return whether the archive is available."""
        if self._program is not None and self._version is None:
            self._version = await version_of(self._program) or ()
            if self._version and self._version != TESTED:
                logger.bind(version=self.status().version).warning("archive_program_untested_version")
        return self.available

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    async def start(self) -> None:
        """Start archiving; without the program nothing happens and ``status`` says why.

        Call it also after the database file was replaced: the new file goes on in the same archive.
        Raises ``AlreadyRunning`` when another process archives this database or into this folder.
        """
        if self._started or not await self.probe():
            return
        await asyncio.to_thread(self._places.make)
        await self._locks.acquire()
        try:
            config = configuration(self._places, self._settings)
            await asyncio.to_thread(write_private, self._places.run / "replicate.json", config)
            await self._supervisor.start()
        except BaseException:
            self._locks.release()
            raise
        self._started = True
        self._lag.began()
        await self._wait_for_life(FIRST_SYNC_SECONDS)
        self._watcher = asyncio.create_task(self._watch(), name="archive-watch")

    async def stop(self) -> None:
        """Send what is committed, then stop; comes before a file is replaced, and after connections close."""
        if not self._started:
            return
        self._started = False
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
            self._watcher = None
        await self._supervisor.stop(seconds=STOP_SECONDS)
        self._responds = False
        self._lag.stopped()
        self._locks.release()

    async def sync(self, *, seconds: float = SYNC_SECONDS) -> None:
        """Return when everything committed before the call is in the archive.

        Raises ``ArchiveUnavailable`` when that cannot be said within ``seconds``.
        """
        if not self._started:
            raise ArchiveUnavailable(self.status().why or "the archive is not running")
        try:
            async with asyncio.timeout(seconds), self._busy:
                asked = self._clock()
                self._check_file()
                await self._control.sync(seconds)
                self._check_file()
                self._lag.archived(asked)
        except TimeoutError as error:
            raise ArchiveUnavailable(f"the archive did not take everything within {seconds:g} s") from error

    async def moments(self) -> tuple[float, float] | None:
        """Return the earliest moment that can be restored and the newest archived one, in UTC seconds."""
        await self._prepared()
        return await self._reader.moments()

    async def snapshots(self) -> tuple[float, ...]:
        """Moments of the full copies, oldest first: restoring just before one does without it."""
        await self._prepared()
        return await self._reader.snapshots()

    async def restore(
        self, target: Path, *, at: float | None = None, on_progress: Report | None = None
    ) -> datetime:
        """Write the newest state, or the one at ``at`` (UTC seconds), to the new file ``target``.

        The future is now. Returns the moment that was really restored, never later than asked. The caller
        checks the file. Raises ``MomentUnavailable``, ``DiskFull`` or ``BackupFailed``.
        """
        await self._prepared()
        now = self._clock()
        if at is not None and at < 0:
            raise MomentUnavailable("the moment is before 1970")
        if self._started and (at is None or at > now - 2 * WATCH_SECONDS):
            with contextlib.suppress(ArchiveUnavailable):
                await self.sync(seconds=FIRST_SYNC_SECONDS)
        moment = await self._reader.restore(target, None if at is None else min(at, now), on_progress)
        return datetime.fromtimestamp(moment, UTC)

    async def snapshot(self) -> bool:
        """Put a full copy into the archive if the integrity gate allows it; False when it does not.

        Raises ``ArchiveUnavailable`` or ``BackupFailed``.
        """
        if not self._started:
            raise ArchiveUnavailable("the archive is not running")
        if not await allowed(self.integrity_gate):
            if not self._held:
                self._held = True
                logger.error("archive_snapshot_held")
                self.on_alert("archive_snapshot_held", {"why": "the database did not pass its check"})
            return False
        self._held = False
        async with self._busy:
            await self._copy()
        self._last_snapshot = self._clock()
        logger.info("archive_snapshot_made")
        return True

    async def _copy(self) -> None:
        keep = keep_hours(await self._reader.snapshots(), self._settings.retention_hours, self._clock())
        hours = {} if keep is None else {"keep": f"{keep}h"}
        config = configuration(self._places, self._settings, socket=False, **hours)
        await asyncio.to_thread(write_private, self._places.run / "snapshot.json", config)
        arguments = ["-once", "-force-snapshot", *([] if keep is None else ["-enforce-retention"])]
        await self._supervisor.stop(seconds=STOP_SECONDS)
        try:
            launch = self._launch("replicate", "snapshot.json", *arguments)
            code, _, complaints = await run_once(launch, seconds=SNAPSHOT_SECONDS)
        finally:
            await self._supervisor.start()
        for line in complaints.splitlines():
            self._log.take(line)
        if code != 0:
            raise BackupFailed(f"the snapshot failed: {self._log.last_error or code}")

    async def _watch(self) -> None:
        due = time.monotonic() + self._settings.snapshot_minutes * 60
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if not self._busy.locked():
                await self._look()
            self._alert()
            if time.monotonic() >= due:
                due = time.monotonic() + self._settings.snapshot_minutes * 60
                await self._scheduled_snapshot()

    async def _scheduled_snapshot(self) -> None:
        try:
            await self.snapshot()
        except (ArchiveUnavailable, BackupFailed, TimeoutError, OSError) as error:
            logger.bind(error=str(error)).error("archive_snapshot_failed")
            self.on_alert("archive_snapshot_failed", {"why": str(error)})

    async def _look(self) -> None:
        try:
            self._check_file()
        except ArchiveUnavailable as error:
            self._responds = False
            if self._supervisor.pid is not None:
                logger.bind(error=str(error)).error("archive_database_replaced")
                self.on_alert("archive_database_replaced", {"why": str(error)})
                await self._supervisor.kill()
            return
        try:
            reported = await self._control.reported()
        except ArchiveUnavailable:
            self._responds = False
            return
        self._responds = reported.replicating
        if reported.last_sync is not None:
            self._lag.archived(reported.last_sync)

    async def _wait_for_life(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        began = self._clock()
        while time.monotonic() < deadline:
            await self._look()
            if self._responds and (self._lag.newest or 0.0) >= began:
                return
            await asyncio.sleep(0.02)

    def _alert(self) -> None:
        changed = self._lag.changed()
        if changed is None:
            return
        details = {"lag": self._lag.seconds, "why": self._not_running()}
        kind = "archive_behind" if changed else "archive_caught_up"
        logger.bind(**details).log("ERROR" if changed else "INFO", kind)
        self.on_alert(kind, details)

    def _note_file(self) -> None:
        self._identity = _identity(self._places.database)

    def _check_file(self) -> None:
        """Raise when the file is not the one the program has open: it would report success for nothing."""
        if _identity(self._places.database) != self._identity:
            raise ArchiveUnavailable("the database file was replaced under the archive")

    def _unavailable(self) -> str:
        if self._settings.mode == "off":
            return "the archive is switched off (archive.mode)."
        if self._program is None:
            return f"the program {self._settings.binary} was not found; install modelus-bot[archive]."
        if self._version is not None and (self._version[:2] != TESTED[:2] or self._version < TESTED):
            tested = ".".join(map(str, TESTED))
            return f"{self._program} is not a litestream that works with this bot (tested: {tested})."
        return ""

    def _not_running(self) -> str:
        if not self._started:
            return "it was not started."
        return self._log.last_error or "the program has not reported yet."

    async def _prepared(self) -> None:
        if not await self.probe():
            raise ArchiveUnavailable(self.status().why)
        await asyncio.to_thread(self._places.make)
        config = configuration(self._places, self._settings, socket=False)
        await asyncio.to_thread(write_private, self._places.run / "restore.json", config)

    def _replicate(self) -> Launch:
        return self._launch("replicate", "replicate.json")

    def _restorer(self, *arguments: str) -> Launch:
        launch = self._launch(arguments[0], "restore.json", *arguments[1:], str(self._places.database))
        return Launch(launch.arguments, launch.folder, launch.environment)

    def _launch(self, command: str, config: str, *arguments: str) -> Launch:
        assert self._program is not None  # noqa: S101 - asked before anything is started
        return Launch(
            [self._program, command, "-config", self._places.run / config, "-no-expand-env", *arguments],
            self._places.run,
            environment(self._settings, os.environ),
            self._locks.descriptors,
        )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

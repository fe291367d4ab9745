"""Protection: everything that keeps one database file safe, built together and closed together."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from loguru import logger

from modelus_bot.clock.clock import Clock
from modelus_bot.config import ArchiveSettings, BackupSettings, IntegritySettings, Settings
from modelus_bot.database.archive import Archive
from modelus_bot.database.backup import BackupManager, due_in
from modelus_bot.database.checksums import PageChecksums
from modelus_bot.database.core.alert import Alert, alert_of
from modelus_bot.database.core.errors import DatabaseError, FileMoved, FileTouched
from modelus_bot.database.core.instance_lock import meant
from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.core.notifier import Notifier
from modelus_bot.database.core.state_file import DatabaseState, StateFile
from modelus_bot.database.core.system_errors import translated
from modelus_bot.database.engine import (
    Checkpointer,
    ConnectionManager,
    Epoch,
    HighWaterMark,
    OpenFiles,
    epoch_of,
)
from modelus_bot.database.health import AlertBook, alerts_path
from modelus_bot.database.integrity import QuarantineReport
from modelus_bot.database.recovery.archive_checkpoints import ArchiveCheckpoints
from modelus_bot.database.recovery.damage_response import SETTLE_SECONDS
from modelus_bot.database.recovery.drill import Drill
from modelus_bot.database.recovery.file_monitor import FileMonitor
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.recovery.restore_request import Restores
from modelus_bot.database.recovery.startup_checks import make_ready
from modelus_bot.database.recovery.wal_origin import wal_mark
from modelus_bot.database.schema import SchemaValidator
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tasks import ended, owned
from modelus_bot.runtime.timer import Timer

__all__ = ["Protection"]

DRILL_FAULT = "A restore drill could not be made: {error}. It is tried again by the clock; the log says more."


class Protection:
    """Composes backups, archive, checksums, monitor, restores and drills around one database file."""

    def __init__(
        self,
        path: Path,
        *,
        backup: BackupSettings,
        archive: ArchiveSettings,
        integrity: IntegritySettings,
        invariants: Sequence[Invariant] = (),
        clock: Clock | None = None,
    ) -> None:
        """Build the parts; nothing is read or started yet."""
        path = meant(path)
        self.alerts = Notifier[Alert]()
        """Tells of each alert as it comes up; they wait in ``book`` besides."""
        self.book = AlertBook(alerts_path(path))
        validator = SchemaValidator()
        epoch = Epoch()
        self.backup_settings = backup
        self._pause = Timer()
        self.clock = clock = clock or Clock()
        self.files = OpenFiles(path)
        checksums = PageChecksums(path, epoch)
        self.backups = BackupManager(
            path,
            backup,
            validator=validator,
            invariants=invariants,
            clock=clock,
            on_alert=self._told_by_parts,
        )
        self.archive = Archive(
            path,
            archive,
            integrity_gate=self._whole,
            on_alert=self._told_by_parts,
            checkpoints=ArchiveCheckpoints(path, epoch, checksums, self.files, clock),
            clock=clock,
        )
        self.context = RecoveryContext(
            path,
            integrity,
            self.backups,
            self.archive,
            epoch,
            HighWaterMark(path, epoch),
            checksums,
            validator,
            invariants,
            StateFile(path),
            self.tell,
            clock,
        )
        self.drill = Drill(self.context)
        self.monitor: FileMonitor | None = None
        self.restores: Restores | None = None

    @property
    def waiting(self) -> deque[Alert]:
        """What administrators still have to be told, oldest first, until whoever tells them takes it over."""
        return self.book.new

    def tell(self, alert: Alert) -> None:
        """Let administrators know."""
        self.waiting.append(alert)
        self.alerts.tell(alert)

    def _told_by_parts(self, kind: str, details: dict[str, Any]) -> None:
        """Put what backups and archive report into a sentence."""
        self.tell(alert_of(kind, details))

    async def _whole(self) -> bool:
        """Say whether the file may go into the archive as a full copy: damage must not."""
        if (await self.context.checksums.check()).unexplained:
            return False
        return not (await self.context.check(self.context.path)).damaged

    async def make_ready(self) -> tuple[str, ...]:
        """Check, recover and migrate the file before it is opened; see ``startup_checks``."""
        applied = await make_ready(self.context)
        with translated():
            self.context.epoch.found(await asyncio.to_thread(epoch_of, self.context.path))
        return applied

    @asynccontextmanager
    async def watching(
        self,
        connections: ConnectionManager,
        head: Callable[[], tuple[int, str] | None],
        forget: Callable[[], None],
        mend: Callable[[], Awaitable[QuarantineReport]],
    ) -> AsyncIterator[None]:
        """Watch over the open file, and make copies and drills by the clock."""
        async with AsyncExitStack() as stack:
            self.monitor = await stack.enter_async_context(
                FileMonitor(self.context, connections, head, forget, mend)
            )
            self.restores = Restores(self.context, self.monitor.swap)
            stack.push_async_callback(self.restores.discard)
            await stack.enter_async_context(self.backups)
            drills = owned(self._drill_by_the_clock(), name="restore-drills")
            stack.push_async_callback(ended, drills)
            yield

    def apply(self, edited: Settings) -> None:
        """Go on with edited settings; folders, bucket and program are those it was built with."""
        self.backup_settings = self.backup_settings.edited(edited.backup)
        self.context.apply(edited.integrity)
        self.backups.apply(edited.backup)
        self.archive.apply(edited.archive)
        self._pause.cut()
        if self.monitor is not None:
            self.monitor.wake()

    def suspect(self, error: DatabaseError) -> None:
        """Let the file monitor look at a failure that may mean damage."""
        if self.monitor is not None:
            self.monitor.suspect(error)

    def takes_over(self, error: FileMoved | FileTouched) -> bool:
        """Say whether the guard deals with a file that is gone or another one, and let it look."""
        return self.monitor is not None and self.monitor.takes_over(error)

    @property
    def log_mover(self) -> Checkpointer | None:
        """Who of us moves the log into the main file; None where SQLite or the archive does."""
        return (
            self.monitor.checkpointer if self.monitor is not None and self.monitor.checkpointer.mine else None
        )

    async def settle(self, connections: ConnectionManager) -> None:
        """Note what was committed, before the connections close and move it into the main file."""
        with contextlib.suppress(DatabaseError, sqlite3.Error, ValueError, TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await connections.from_open_handle(self.context.settle)

    async def closed(self, head: tuple[int, str] | None) -> None:
        """Remember how far it went and that everything was closed in order; the next start trusts that."""
        known = self.context.state.load() or DatabaseState()
        state = known.reached(*head) if head is not None else known
        self.context.high_water.close()
        try:
            wal = await asyncio.to_thread(wal_mark, self.context.path)
            state = replace(state, clean=True, epoch=self.context.epoch.in_file, wal=wal)
        except OSError as error:
            logger.bind(error=in_words(error)).warning("database_state_not_saved")
        else:
            await asyncio.to_thread(self.context.state.save, state)

    async def _drill_by_the_clock(self) -> None:
        started = self.clock()
        while True:
            tried_at = await asyncio.to_thread(lambda: self.drill.tried_at)
            since = started if tried_at is None else tried_at
            left = due_in(since, self.backup_settings.drill_every, self.clock())
            if not await self._pause.over(max(1.0, left)):
                continue
            try:
                await self.drill.run()
            except Exception as error:  # noqa: BLE001 - the clock must outlive a drill's fault
                logger.opt(exception=error).error("drill_fault")
                self.tell(Alert("drill_fault", DRILL_FAULT.format(error=error), "critical"))

"""What recovery works with: the file, its copies, its archive, its checksums, and how people are told."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from loguru import logger

from modelus_bot.clock.clock import Clock
from modelus_bot.config import IntegritySettings
from modelus_bot.database.archive import Archive
from modelus_bot.database.backup import BackupManager
from modelus_bot.database.checksums import PageChecksums
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.audit.retreat import Retreat
from modelus_bot.database.core.child_answer import from_answer
from modelus_bot.database.core.child_process import Report
from modelus_bot.database.core.errors import CorruptionDetected, DatabaseError, StorageFailed
from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.core.sidecar import Sidecar
from modelus_bot.database.core.state_file import DatabaseState, StateFile
from modelus_bot.database.engine import Epoch, HighWaterMark, Known, is_later, known_of, renew_epoch
from modelus_bot.database.integrity import Budget, CheckReport
from modelus_bot.database.recovery.recovery_outcome import Recovered
from modelus_bot.database.recovery.search_backoff import SearchBackoff
from modelus_bot.database.schema import SchemaValidator

__all__ = ["RecoveryContext"]

CHECK_SECONDS = 300.0


@dataclass(slots=True)
class RecoveryContext:
    """Everything around one database file that outlives the connections to it."""

    path: Path
    settings: IntegritySettings
    backups: BackupManager
    archive: Archive
    epoch: Epoch
    high_water: HighWaterMark
    checksums: PageChecksums
    validator: SchemaValidator
    invariants: Sequence[Invariant]
    state: StateFile
    on_alert: Callable[[Alert], None]
    clock: Clock = field(default_factory=Clock)
    rows_broken: bool = False
    """Whether the check at the start found rows that break a rule."""
    went_back: deque[Retreat] = field(default_factory=lambda: deque(maxlen=100))
    """Returns to an older state that the audit log has no entry about yet, oldest first."""

    search_backoff: SearchBackoff = field(init=False)
    """When a recovery that found nothing is worth another try."""

    def __post_init__(self) -> None:
        """Watch what a recovery would be made from."""
        self.search_backoff = SearchBackoff(self.path, self.backups.folder, self.settings.quarantine)

    def apply(self, settings: IntegritySettings) -> None:
        """Go on with edited settings."""
        self.settings = self.settings.edited(settings)

    def found_at_start(self, report: CheckReport) -> None:
        """Remember what the check at the start says about the rows."""
        self.rows_broken = bool(report.broken_rows)

    @property
    def sidecars(self) -> tuple[Sidecar, ...]:
        """All that is kept beside the database and may fail while it works."""
        return self.checksums.sidecar, self.state.sidecar, self.high_water.sidecar

    @property
    def scratch(self) -> Path:
        """The folder beside the database where what may replace it is put together."""
        return self.path.with_name(self.path.name + "-recovery")

    async def check(
        self,
        path: Path,
        *,
        depth: Literal["quick", "full"] = "full",
        finished: bool = False,
        fresh: bool = False,
        budget: Budget | None = None,
        on_progress: Report | None = None,
    ) -> CheckReport:
        """Check a file in a child; ``finished`` for a copy that nobody writes. Raises ``ChildFailed``.

        The report has the hashes of the audit entries that are known to have been there; ``fresh`` reads
        from the disk what the system had in memory. ``budget`` is that of the operation that it is a part of.
        """
        budget = budget or Budget()
        known = await asyncio.to_thread(self.known)
        task = {
            "path": str(path),
            "depth": depth,
            "finished": finished,
            "invariants": [
                [invariant.name, invariant.sql, invariant.meaning] for invariant in self.invariants
            ],
            "schema": await asyncio.to_thread(lambda: self.validator.digest),
            "seconds": CHECK_SECONDS,
            "links": [link for link in {known.audit_id, known.line_id} if link],
            "fresh": fresh,
        }
        seconds = CHECK_SECONDS + 30
        answer = await budget.child("check", task, on_progress=on_progress, seconds=seconds)
        return from_answer(CheckReport, answer)

    def known(self) -> Known:
        """Return how far the database is known to have come, wherever that is written; blocking."""
        return known_of(self.state.load() or DatabaseState(), self.high_water.load(), self.epoch.in_file)

    def newest_epoch(self) -> int:
        """Return the latest epoch that any helper may have noted; blocking."""
        mark = self.high_water.load()
        newest = self.epoch.number
        return mark.epoch if mark is not None and is_later(mark.epoch, newest) else newest

    def settle(self, connection: sqlite3.Connection) -> None:
        """Note every commit, on the writer's thread, before pages move from the -wal into the main file.

        Where that fails, what was noted before is robbed of its voice first. Raises ``sqlite3.Error``.
        """
        self.checksums.note_commits()
        if self.epoch.owed:
            self.epoch.ensure(connection)
            self.checksums.note_commits()

    async def rewriting(self) -> None:
        """Prepare for the file to be written while nobody follows it: what is kept beside it counts no more.

        Raises ``DatabaseError`` and ``OSError``.
        """
        await self.checksums.forget()
        if self.path.exists():
            await asyncio.to_thread(renew_epoch, self.path, after=await asyncio.to_thread(self.newest_epoch))

    async def require_readable(self) -> None:
        """Raise ``CorruptionDetected`` or ``StorageFailed`` unless the database is readable or not there."""
        if not self.path.exists() or (self.path.is_file() and not self.path.stat().st_size):
            return
        report = await self.check(self.path, depth="quick")
        if not report.readable:
            raise (CorruptionDetected if report.damaged else StorageFailed)("; ".join(report.problems[:3]))

    async def empty_scratch(self) -> Path:
        """Return the scratch folder, new and empty; raises ``OSError``."""
        await asyncio.to_thread(shutil.rmtree, self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.scratch

    def note_retreat(self, reached: int, back_to: int, source: str) -> None:
        """Remember that entries were given up, so that anchors from between do not look like forgery."""
        if reached > back_to:
            self.went_back.append(Retreat(reached, back_to, source, int(self.clock())))

    def alert(
        self, kind: str, text: str, severity: Literal["info", "warning", "critical"], **more: Any
    ) -> None:
        """Log an event and tell administrators."""
        level = {"info": "INFO", "warning": "WARNING", "critical": "CRITICAL"}[severity]
        logger.bind(**more).log(level, kind)
        self.on_alert(Alert(kind, text, severity, more))

    def tell_recovered(self, recovered: Recovered, why: str, problems: Sequence[str]) -> None:
        """Tell what came of a recovery."""
        self.alert(
            "database_recovered",
            f"{why}{recovered}",
            recovered.severity,
            source=recovered.source,
            audit_id=recovered.audit_id,
            lost=recovered.lost,
            rows_lost=recovered.rows_lost,
            exact=recovered.known.exact,
            seconds=round(recovered.seconds, 2),
            problems=list(problems)[:10],
        )

    def trouble(self, kind: str, text: str, error: DatabaseError) -> None:
        """Tell of a failure under its reference code."""
        self.alert(
            kind,
            f"{text} Reference {error.reference}.",
            "critical",
            reference=error.reference,
            cause=error.detail,
        )

"""BackupManager: verified copies of one database, by the clock and on demand."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from loguru import logger
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_random_exponential

from modelus_bot.config import BackupSettings
from modelus_bot.database.backup.manifest import Kind, Manifest, read_manifests, write_manifest
from modelus_bot.database.backup.retention import superfluous
from modelus_bot.database.child import ChildFailed, Report, run_child
from modelus_bot.database.errors import BackupFailed
from modelus_bot.database.files import PARTIAL
from modelus_bot.database.integrity.invariants import Invariant
from modelus_bot.database.integrity.report import CheckReport
from modelus_bot.database.pause import Pause
from modelus_bot.database.schema import Migrator, SchemaValidator

__all__ = ["BackupManager"]

CHECK_SECONDS = 600.0
COPY_SECONDS = 3600.0
RETRY_FIRST = 1.0
RETRY_CAP = 60.0
MEGABYTE = 1_000_000

Alert = Callable[[str, dict[str, Any]], None]


class BackupManager:
    """Makes, verifies, lists and prunes copies; ``async with`` makes them by the clock.

    A copy counts only once it was checked completely. The live file is opened by nobody but SQLite,
    and that in a child.
    """

    def __init__(
        self,
        database: Path,
        settings: BackupSettings,
        *,
        validator: SchemaValidator,
        invariants: Sequence[Invariant] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Remember what to copy where; nothing is created yet."""
        self.folder = settings.folder
        self.on_alert: Alert = lambda _kind, _details: None
        self._database = database
        self._settings = settings
        self._validator = validator
        self._invariants = invariants
        self._clock = clock
        self._turn = asyncio.Lock()
        self._schedule: asyncio.Task[None] | None = None
        self._pause = Pause()

    async def __aenter__(self) -> Self:
        """Remove what a killed copy left, and start the clock."""
        await asyncio.to_thread(self._remove_leftovers)
        self._schedule = asyncio.create_task(self._by_the_clock(), name="backups")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop the clock; a copy under way is given up and leaves nothing that counts."""
        if self._schedule is not None:
            self._schedule.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._schedule
            self._schedule = None

    def apply(self, settings: BackupSettings) -> None:
        """Go on with edited settings; the folder stays, and so does a copy that is under way."""
        self._settings = self._settings.edited(settings)
        self._pause.cut()

    def manifests(self) -> tuple[Manifest, ...]:
        """Return the copies there are, newest first; reads the folder."""
        return read_manifests(self.folder, self._database.stem)

    def newest_verified(self) -> Manifest | None:
        """Return the newest copy that counts."""
        return next((one for one in self.manifests() if one.counts), None)

    async def create(self, kind: Kind, *, on_progress: Report | None = None) -> Manifest:
        """Make a copy and verify it, trying again a few times; raises ``BackupFailed``."""
        async with self._turn:
            made: Manifest | None = None
            try:
                async for attempt in AsyncRetrying(
                    stop=stop_after_attempt(self._settings.attempts),
                    wait=wait_random_exponential(multiplier=RETRY_FIRST, max=RETRY_CAP),
                    retry=retry_if_exception_type((ChildFailed, BackupFailed, OSError)),
                    reraise=True,
                ):
                    with attempt:
                        made = await self._made(kind, on_progress)
            except (ChildFailed, OSError) as error:
                raise self._failed(kind, BackupFailed(str(error))) from error
            except BackupFailed as error:
                raise self._failed(kind, error) from error
        assert made is not None  # noqa: S101 - the last attempt either returned or raised
        await self.prune()
        return made

    async def verify(self, name: str, *, on_progress: Report | None = None) -> CheckReport:
        """Check a copy again, completely; one that fails does not count any more. Raises ``BackupFailed``."""
        manifest = self._manifest(name)
        try:
            report = await self._checked(self.folder / name, manifest.sha256, on_progress)
        except BackupFailed as error:
            await asyncio.to_thread(
                write_manifest, self.folder, manifest.model_copy(update={"status": "failed"})
            )
            self.on_alert("backup_damaged", {"name": name, "why": error.detail})
            raise
        status = "verified" if report.ok else "failed"
        update = {"verified_at": self._clock(), "status": status}
        await asyncio.to_thread(write_manifest, self.folder, manifest.model_copy(update=update))
        if not report.ok:
            self.on_alert("backup_damaged", {"name": name, "why": "; ".join(report.problems[:3])})
        return report

    async def restore_to(self, name: str, target: Path, *, on_progress: Report | None = None) -> None:
        """Write a copy to a new file, checking its sha256 on the way; raises ``BackupFailed``."""
        manifest = self._manifest(name)
        task = {"source": str(self.folder / name), "target": str(target)}
        try:
            found = await run_child("hash", task, on_progress=on_progress, seconds=COPY_SECONDS)
        except ChildFailed as error:
            raise BackupFailed(f"{name} cannot be read: {error.detail}") from error
        if found["sha256"] != manifest.sha256:
            await asyncio.to_thread(target.unlink, missing_ok=True)
            raise BackupFailed(f"{name} is not what it was when it was made: its sha256 differs")

    async def rehearsed(self, name: str) -> None:
        """Note that a drill restored this copy successfully."""
        manifest = self._manifest(name).model_copy(update={"drill_at": self._clock()})
        await asyncio.to_thread(write_manifest, self.folder, manifest)

    async def prune(self) -> tuple[str, ...]:
        """Delete what retention lets go and return the names."""
        gone = superfluous(self.manifests(), self._settings, self._clock())
        for one in gone:
            await asyncio.to_thread(self._delete, one.name)
        if gone:
            logger.bind(names=[one.name for one in gone]).info("backups_pruned")
        return tuple(one.name for one in gone)

    async def _made(self, kind: Kind, on_progress: Report | None) -> Manifest:
        started = self._clock()
        await asyncio.to_thread(self.folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        name = self._new_name(kind, started)
        target = self.folder / name
        task = {
            "source": str(self._database),
            "partial": str(target.with_name(name + PARTIAL)),
            "target": str(target),
            "rate": self._settings.megabytes_per_second * MEGABYTE,
        }
        try:
            copied = await run_child("copy", task, on_progress=on_progress, seconds=COPY_SECONDS)
            report = await self._checked(target, copied["sha256"], on_progress)
            if report.damaged:
                raise BackupFailed(f"the copy did not pass its check: {'; '.join(report.problems[:3])}")
            migrations = await asyncio.to_thread(_migrations_of, target)
            manifest = Manifest(
                name=name, kind=kind, bytes=copied["bytes"], sha256=copied["sha256"], created_at=started,
                seconds=self._clock() - started, migrations=migrations, rows=report.rows,
                audit_id=report.audit_id, audit_head=report.audit_head, page_count=report.page_count,
                verified_at=self._clock(),
            )  # fmt: skip
            await asyncio.to_thread(write_manifest, self.folder, manifest)
        except BaseException:
            for leftover in (target, target.with_name(name + PARTIAL)):
                leftover.unlink(missing_ok=True)
            raise
        logger.bind(
            name=name,
            kind=kind,
            bytes=manifest.bytes,
            seconds=round(manifest.seconds, 2),
            problems=list(report.problems),
        ).info("backup_made")
        return manifest

    async def _checked(self, copy: Path, sha256: str, on_progress: Report | None) -> CheckReport:
        """Check a finished copy completely in children; raises ``BackupFailed`` when its bytes changed."""
        try:
            found = await run_child("hash", {"source": str(copy)}, seconds=COPY_SECONDS)
            if found["sha256"] != sha256:
                raise BackupFailed("its sha256 is not the one of the day it was made")
            task = {
                "path": str(copy),
                "depth": "full",
                "finished": True,
                "invariants": [[one.name, one.sql, one.meaning] for one in self._invariants],
                "schema": self._validator.digest,
                "seconds": CHECK_SECONDS,
            }
            answer = await run_child("check", task, on_progress=on_progress, seconds=CHECK_SECONDS + 30)
        except ChildFailed as error:
            raise BackupFailed(f"it cannot be checked: {error.detail}") from error
        return CheckReport.model_validate(answer)

    def _manifest(self, name: str) -> Manifest:
        found = next((one for one in self.manifests() if one.name == name), None)
        if found is None:
            raise BackupFailed(f"there is no backup {name}")
        return found

    def _new_name(self, kind: Kind, now: float) -> str:
        stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
        base = f"{self._database.stem}-{stamp}-{kind}"
        number = 1
        while True:
            name = f"{base}.db" if number == 1 else f"{base}-{number}.db"
            if not (self.folder / name).exists():
                return name
            number += 1

    def _failed(self, kind: Kind, error: BackupFailed) -> BackupFailed:
        logger.bind(kind=kind, error=error.detail, reference=error.reference).error("backup_failed")
        self.on_alert("backup_failed", {"kind": kind, "why": error.detail, "reference": error.reference})
        return error

    def _delete(self, name: str) -> None:
        """Delete the manifest first: a copy without one does not count."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)
        (self.folder / name).unlink(missing_ok=True)

    def _remove_leftovers(self) -> None:
        if not self.folder.is_dir():
            return
        stem = self._database.stem
        finished = {one.name for one in self.manifests()}
        for path in (*self.folder.glob(f"{stem}-*.db"), *self.folder.glob(f"{stem}-*{PARTIAL}")):
            if path.name not in finished and not path.with_name(path.name + ".json").exists():
                logger.bind(path=str(path)).warning("backup_leftover_removed")
                path.unlink(missing_ok=True)

    async def _by_the_clock(self) -> None:
        while True:
            if not await self._pause.over(self._seconds_to_next()):
                continue
            try:
                await self.create("scheduled")
            except BackupFailed:
                await asyncio.sleep(min(300.0, self._settings.every))
            except Exception as error:  # noqa: BLE001 - the clock must outlive any fault of a copy
                logger.opt(exception=error).error("backup_fault")
                await asyncio.sleep(min(300.0, self._settings.every))

    def _seconds_to_next(self) -> float | None:
        """Return how long until a copy is due; None while the clock is switched off."""
        if self._settings.schedule == "off":
            return None
        newest = next(iter(self.manifests()), None)
        due = newest.created_at + self._settings.every if newest is not None else self._clock()
        return min(max(1.0, due - self._clock()), self._settings.every)


def _migrations_of(copy: Path) -> tuple[str, ...]:
    return tuple(one.id for one in Migrator(copy).status() if one.applied)

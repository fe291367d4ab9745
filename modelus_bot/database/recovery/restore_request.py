"""Restoring on request: previewed in a scratch file first, and undone by the same means."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from loguru import logger

from modelus_bot.database.backup import BackupManifest
from modelus_bot.database.core.child_process import ChildFailed, Report
from modelus_bot.database.core.errors import BackupFailed, DatabaseError
from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.integrity import Budget, CheckReport
from modelus_bot.database.recovery.atomic_swap import PREVIEW_SECONDS, clear_previews, put_in_place
from modelus_bot.database.recovery.differences import TableDifference, differences
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.recovery.schema_repair import bring_up_to_date
from modelus_bot.database.recovery.timeline import NoteRestore, note_restore
from modelus_bot.runtime.atomic_files import PARTIAL
from modelus_bot.runtime.tasks import Outside

__all__ = ["RestorePlan", "Restored", "Restores"]


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """A state that can be restored, complete and checked in a scratch file, and what it would change.

    ``moment`` is the time of the state in UTC seconds, ``token`` names the plan until it is applied.
    ``tables`` is None when the present file is missing or cannot be read, so that nothing can be compared.
    """

    token: str
    source: str
    moment: float
    path: Path
    report: CheckReport
    tables: tuple[TableDifference, ...] | None
    made_at: float
    backup: str | None = None
    """Name of the copy it comes from, None for a moment of the archive."""
    at: float | None = None
    """The moment of the archive that was asked for, in UTC seconds."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A restore that was done.

    ``undo`` is the name of the backup that holds the state before it, None when that state could not
    be backed up; its files are in ``quarantined`` in either case.
    """

    plan: RestorePlan
    undo: str | None
    quarantined: Path | None
    seconds: float


class Restores:
    """Prepares and applies restores, one at a time.

    ``swap(work)`` runs ``work`` while every connection is closed and the archive is stopped, and
    opens them again afterwards.
    """

    def __init__(
        self, context: RecoveryContext, swap: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]
    ) -> None:
        """Prepare; nothing is restored yet."""
        self._context = context
        self._swap = swap
        self._plan: RestorePlan | None = None
        self._outside = Outside()
        self._turn = asyncio.Lock()

    def plan(self, token: str) -> RestorePlan:
        """Return the plan of ``token``; raises ``BackupFailed`` when it is too old or was replaced."""
        plan = self._plan
        if (
            plan is None
            or plan.token != token
            or self._context.clock.steady() - plan.made_at > PREVIEW_SECONDS
        ):
            raise BackupFailed("this preview is not there any more; make a new one")
        return plan

    async def from_backup(
        self, name: str, on_progress: Report | None = None, budget: Budget | None = None
    ) -> RestorePlan:
        """Prepare the restore of a backup; one without a manifest is checked first. Raises ``BackupFailed``.

        ``on_progress`` is told the ``step``, and ``done`` of ``total`` where that is known. ``budget``
        is that of a command that looks at more than this.
        """
        budget = budget or Budget()
        manifest = next((item for item in self._context.backups.manifests() if item.name == name), None)
        if manifest is None:
            manifest = await self._context.backups.adopt(name, on_progress=on_progress, budget=budget)

        async def produce(target: Path) -> float:
            await self._context.backups.restore_to(name, target, on_progress=on_progress)
            return float(manifest.created_at)

        plan = await self._prepare(f"backup {name}", produce, on_progress, budget)
        self._plan = replace(plan, backup=name)
        return self._plan

    async def from_archive(
        self, at: float | None, on_progress: Report | None = None, budget: Budget | None = None
    ) -> RestorePlan:
        """Prepare the restore of a moment (UTC seconds, None for the newest); raises ``BackupFailed``."""

        async def produce(target: Path) -> float:
            _say(on_progress, "putting the state together from the archive")
            return (await self._context.archive.restore(target, at=at)).timestamp()

        when = "newest state" if at is None else datetime.fromtimestamp(at, UTC).isoformat()
        plan = await self._prepare(f"archive, {when}", produce, on_progress, budget or Budget())
        self._plan = replace(plan, at=at)
        return self._plan

    async def again(self, token: str, *, backup: str | None, at: float | None, audit_id: int) -> RestorePlan:
        """Return the plan of ``token``, or prepare the same state again where it is not there any more.

        Raises ``BackupFailed``, also when that source does not give this state any more.
        """
        with contextlib.suppress(BackupFailed):
            return self.plan(token)
        plan = await (self.from_backup(backup) if backup is not None else self.from_archive(at))
        if plan.report.audit_id != audit_id:
            await self.discard()
            raise BackupFailed(f"{plan.source} holds another state than was shown; make a new preview")
        return plan

    async def apply(self, token: str, budget: Budget | None = None) -> Restored:
        """Put a plan's state in the file's place after a verified backup of the present one.

        The backup is made while nobody can write, so that it has every change that was acknowledged.
        Cancelling the call does not stop it half way.
        """
        applying = self._outside.start(self._apply(token, budget or Budget()), name="restore")
        return await asyncio.shield(applying)

    async def _apply(self, token: str, budget: Budget) -> Restored:
        async with self._turn:
            plan = self.plan(token)
            context, started = self._context, self._context.clock()
            before: BackupManifest | None = None
            quarantined: Path | None = None

            async def work() -> None:
                nonlocal quarantined, before
                await self._keep_source(plan)
                before = await self._backed_up(budget)
                reached = before.audit_id if before is not None else self._known()
                note = NoteRestore(reached=reached, back_to=plan.report.audit_id, source=plan.source)
                await asyncio.to_thread(note_restore, plan.path, note)
                quarantined = await put_in_place(context, plan.path, f"replaced by {plan.source}", ())

            await self._swap(work)
            self._plan = None
            undo = before.name if before is not None else None
            restored = Restored(plan, undo, quarantined, context.clock() - started)
            back = (
                f"To undo it, restore the backup {undo}."
                if undo
                else f"The file before it is in {quarantined}."
            )
            context.alert(
                "database_restored",
                f"The database was restored from {plan.source}. {back}",
                "warning",
                source=plan.source,
                undo=undo,
                seconds=round(restored.seconds, 2),
            )
            return restored

    def _known(self) -> int:
        """Return the newest entry of a state that could not be backed up, as far as it was remembered."""
        state = self._context.state.load()
        return state.audit_id if state is not None else 0

    async def discard(self) -> None:
        """Remove the scratch file of a plan that was not applied."""
        plan, self._plan = self._plan, None
        if plan is not None:
            await asyncio.to_thread(_remove, plan.path)

    async def _prepare(
        self,
        source: str,
        produce: Callable[[Path], Awaitable[float]],
        on_progress: Report | None,
        budget: Budget,
    ) -> RestorePlan:
        async with self._turn:
            await self.discard()
            context = self._context
            token = secrets.token_hex(4)
            target = context.path.with_name(f"{context.path.name}-preview-{token}{PARTIAL}")
            await asyncio.to_thread(clear_previews, context)
            try:
                moment = await produce(target)
                report = await self._up_to_date(source, target, on_progress, budget)
                _say(on_progress, "comparing it with the present state")
                tables = await self._compared(target, budget)
            except BaseException:
                with contextlib.suppress(OSError):
                    _remove(target)
                raise
            self._plan = RestorePlan(token, source, moment, target, report, tables, context.clock.steady())
            logger.bind(source=source, token=token, moment=moment).info("restore_prepared")
            return self._plan

    async def _up_to_date(
        self, source: str, target: Path, on_progress: Report | None, budget: Budget
    ) -> CheckReport:
        """Check a state and give it the schema of this version; raises ``BackupFailed`` where that fails."""
        report = await self._context.check(target, finished=True, on_progress=on_progress, budget=budget)
        if not report.readable:
            how = "is damaged" if report.damaged else "cannot be read"
            raise BackupFailed(f"{source} {how}: {'; '.join(report.problems[:3])}")
        try:
            await asyncio.to_thread(bring_up_to_date, target)
        except DatabaseError as error:
            raise BackupFailed(f"{source} cannot be used by this version: {error.detail}") from error
        return report

    async def _compared(self, target: Path, budget: Budget) -> tuple[TableDifference, ...] | None:
        if not self._context.path.exists():
            return None
        try:
            return await differences(self._context.path, target, budget)
        except ChildFailed as error:
            logger.bind(error=error.detail).warning("restore_cannot_compare")
            return None

    async def _keep_source(self, plan: RestorePlan) -> None:
        """Note in a copy that it was restored, so that it is not pruned in favour of a newer one."""
        if plan.backup is not None:
            with contextlib.suppress(OSError):
                await self._context.backups.note_restored(plan.backup)

    async def _backed_up(self, budget: Budget) -> BackupManifest | None:
        """Back up the present state; a file that is damaged or gone is only set aside."""
        if not self._context.path.exists():
            return None
        try:
            return await self._context.backups.create("pre_restore", budget=budget)
        except BackupFailed:
            if (await self._context.check(self._context.path, budget=budget)).damaged:
                return None
            raise


def _say(on_progress: Report | None, step: str) -> None:
    if on_progress is not None:
        on_progress({"step": step})


def _remove(database: Path) -> None:
    for path in parts_of(database):
        path.unlink(missing_ok=True)

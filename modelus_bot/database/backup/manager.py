"""BackupManager: verified copies of one database, by the clock and on demand."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from loguru import logger

from modelus_bot.clock.clock import Clock
from modelus_bot.config import BackupSettings
from modelus_bot.config.units import MEGABYTE
from modelus_bot.database.backup.failures import failure_of
from modelus_bot.database.backup.folder import CopyFolder
from modelus_bot.database.backup.listing import BackupListing, Unlisted
from modelus_bot.database.backup.make import UNPACED, Maker, manifest_of, seconds_for
from modelus_bot.database.backup.manifest import BackupManifest, Status, write_manifest
from modelus_bot.database.backup.naming import Kind, parse_name
from modelus_bot.database.backup.request_queue import Turns
from modelus_bot.database.backup.retention import superfluous
from modelus_bot.database.backup.schedule import Schedule
from modelus_bot.database.backup.verification import Verifier, differences_of_bytes
from modelus_bot.database.backup.verify_job import Verification
from modelus_bot.database.core.child_process import ChildFailed, Report, run_child
from modelus_bot.database.core.errors import BackupFailed
from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.integrity import Budget, CheckReport
from modelus_bot.database.schema import SchemaValidator
from modelus_bot.runtime.os_errors import in_words

__all__ = ["BackupManager"]

Alert = Callable[[str, dict[str, Any]], None]


class BackupManager:
    """Makes, verifies, lists and prunes copies; ``async with`` makes them by the clock.

    A copy counts only once it was checked completely. The live file is opened by nobody but SQLite,
    and that in a child. Several programs may share the folder, and several databases of other names.
    """

    def __init__(
        self,
        database: Path,
        settings: BackupSettings,
        *,
        validator: SchemaValidator,
        invariants: Sequence[Invariant] = (),
        clock: Clock | None = None,
        on_alert: Alert | None = None,
    ) -> None:
        """Remember what to copy where; nothing is created yet."""
        self.folder = settings.folder
        self._on_alert = on_alert
        self._database = database
        self.settings = settings
        self._clock = clock = clock or Clock()
        self._copies = CopyFolder(settings.folder, database.stem)
        self._verifier = Verifier(validator, invariants)
        self._maker = Maker(database, self._copies, self._verifier, clock)
        self._turns: Turns[Kind, BackupManifest] = Turns()
        self._schedule = Schedule(settings, clock, self._newest_at, lambda: self.create("scheduled"))
        self._used: Counter[str] = Counter()
        self._failing = False
        self._flawed = False

    async def __aenter__(self) -> Self:
        """Remove what killed copies left, and start the clock."""
        try:
            await asyncio.to_thread(self._remove_leftovers)
        except OSError as error:
            logger.bind(folder=str(self.folder), error=in_words(error)).warning("backup_folder_unreadable")
        self._schedule.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop the clock; a copy under way is given up and leaves nothing that counts."""
        await self._schedule.stop()
        await self._turns.stop()

    def apply(self, settings: BackupSettings) -> None:
        """Go on with edited settings; the folder stays the one it began with."""
        self.settings = settings.model_copy(update={"folder": self.folder})
        self._schedule.apply(self.settings)

    def manifests(self) -> tuple[BackupManifest, ...]:
        """Return the copies there are, newest first; reads the folder."""
        return self._copies.manifests()

    def listing(self) -> BackupListing:
        """Return what lies in the folder: what counts, what does not and why, and what cannot be read."""
        return self._copies.listing()

    def unlisted(self) -> tuple[Unlisted, ...]:
        """Return the copies that are there and do not count, newest first; ``adopt`` may change that."""
        return self.listing().unlisted

    def newest_verified(self) -> BackupManifest | None:
        """Return the newest copy that passed every check."""
        return next((manifest for manifest in self.manifests() if manifest.counts), None)

    def newest_whole(self) -> BackupManifest | None:
        """Return the newest copy that can be restored, even if rows in it break rules."""
        return next((manifest for manifest in self.manifests() if manifest.whole), None)

    def may_name(self, name: str) -> bool:
        """Whether a file of this name in the folder would be a copy of this database."""
        return parse_name(self._database.stem, name) is not None

    def differences(self, manifest: BackupManifest) -> tuple[str, ...]:
        """Say in what the bytes of a copy are not those it was made with; blocking, changes nothing."""
        return differences_of_bytes(self.folder / manifest.name, manifest.facts)

    def age(self) -> float | None:
        """Return the seconds since the newest verified copy was made, None when there is none."""
        newest = self.newest_verified()
        return None if newest is None else self._clock.age(newest.created_at)

    async def create(
        self, kind: Kind, *, on_progress: Report | None = None, budget: Budget | None = None
    ) -> BackupManifest:
        """Make a copy and verify it, trying again a few times; raises ``BackupFailed``.

        One copy is made at a time: others wait, and are told so by the step ``waiting``. A copy of a
        database in which rows break rules is ``flawed``: it can be restored, and does not count as verified.
        """
        return await self._turns.run(kind, lambda tell: self._create(kind, tell, budget), on_progress)

    async def verify(
        self, name: str, *, on_progress: Report | None = None, budget: Budget | None = None
    ) -> CheckReport:
        """Check a copy again, completely, and write the result into its manifest.

        One that is damaged does not count any more. One whose manifest is lost gets a new one if it is
        whole. Raises ``BackupFailed`` when there is no such copy or it could not be checked.
        """
        async with self._turns.alone():
            manifest = await asyncio.to_thread(self._find, name)
            if manifest is None and await asyncio.to_thread(self._copies.name_of, name) is None:
                raise BackupFailed(f"there is no backup {name}")
            with self._using(name):
                try:
                    rate = self.settings.megabytes_per_second * MEGABYTE
                    copy = self.folder / name
                    expected = None if manifest is None else manifest.facts
                    found = await self._verifier.verified(copy, expected, rate, on_progress, budget)
                    await asyncio.to_thread(self._note, name, manifest, found)
                except FileNotFoundError as error:
                    raise BackupFailed(f"the backup {name} is not there any more") from error
                except (ChildFailed, OSError) as error:
                    raise failure_of(error) from error
        report = found.report
        if report.damaged and manifest is not None and manifest.status != "failed":
            self._tell("backup_damaged", {"name": name, "why": "; ".join(report.problems[:3])})
        return report

    async def adopt(
        self, name: str, *, on_progress: Report | None = None, budget: Budget | None = None
    ) -> BackupManifest:
        """Check a copy completely that has lost its manifest and write a new one; raises ``BackupFailed``."""
        report = await self.verify(name, on_progress=on_progress, budget=budget)
        manifest = await asyncio.to_thread(self._find, name)
        if manifest is None:
            raise BackupFailed(f"{name} is not whole: {'; '.join(report.problems[:3])}")
        return manifest

    async def restore_to(
        self, name: str, target: Path, *, on_progress: Report | None = None, paced: bool = True
    ) -> None:
        """Write a copy to a new file, checking its sha256 on the way; raises ``BackupFailed``.

        One that has lost its manifest is written as it is: whoever asks has to check it. A file that is at
        ``target`` is replaced; the database itself is refused. It is ``paced`` like making a copy is,
        unless nobody is using the database.
        """
        manifest = await asyncio.to_thread(self._find, name)
        if manifest is None and await asyncio.to_thread(self._copies.name_of, name) is None:
            raise BackupFailed(f"there is no backup {name}")
        if any(_is_same(target, part) for part in (*parts_of(self._database), self.folder / name)):
            raise BackupFailed(f"{target} is in use: a copy is restored beside it, never over it")
        rate = self.settings.megabytes_per_second * MEGABYTE
        task = {
            "source": str(self.folder / name),
            "target": str(target),
            "sha256": manifest.sha256 if manifest is not None else None,
            "rate": rate if paced else UNPACED,
        }
        with self._using(name):
            try:
                size = manifest.bytes if manifest is not None else (self.folder / name).stat().st_size
                seconds = seconds_for(size, rate)
                await run_child("restore", task, on_progress=on_progress, seconds=seconds)
            except ChildFailed as error:
                raise BackupFailed(f"{name} cannot be restored: {error.detail}") from error
            except OSError as error:
                raise failure_of(error) from error

    async def rehearsed(self, name: str) -> None:
        """Note that a drill restored this copy successfully."""
        await asyncio.to_thread(self._copies.update, name, drill_at=self._clock())

    async def prune(self) -> tuple[str, ...]:
        """Delete what retention lets go and return the names; nothing while another program copies."""
        async with self._turns.alone():
            try:
                with self._copies.locked() as mine:
                    return await self._prune() if mine else ()
            except FileNotFoundError:
                return ()

    async def _create(self, kind: Kind, tell: Report, budget: Budget | None) -> BackupManifest:
        try:
            made = await self._maker.make(kind, self.settings, tell, budget)
        except BackupFailed as error:
            self._note_failure(kind, error)
            raise
        self._note_success(made)
        try:
            with self._copies.locked() as mine:
                if mine:
                    await self._prune()
        except OSError as error:
            logger.bind(error=in_words(error)).warning("backups_not_pruned")
        return made

    async def note_restored(self, name: str) -> None:
        """Note that a copy is put in the database's place: it stays as long as one made for that reason."""
        await asyncio.to_thread(self._copies.update, name, restored_at=self._clock())

    async def _prune(self) -> tuple[str, ...]:
        gone = await asyncio.to_thread(self._superfluous)
        for name in gone:
            await asyncio.to_thread(self._copies.delete, name)
        if gone:
            logger.bind(names=list(gone)).info("backups_pruned")
        return gone

    def _superfluous(self) -> tuple[str, ...]:
        if not self._clock.believable:
            logger.info("backups_kept_in_doubt")
            return ()
        found = superfluous(self.manifests(), self.settings, self._clock.age)
        return tuple(item.name for item in found if not self._used[item.name])

    def _find(self, name: str) -> BackupManifest | None:
        return next((manifest for manifest in self.manifests() if manifest.name == name), None)

    def _newest_at(self) -> float | None:
        newest = self.newest_whole()
        return None if newest is None else newest.created_at

    def _note(self, name: str, manifest: BackupManifest | None, found: Verification) -> None:
        """Write the result of a check down; raises ``OSError``."""
        report = found.report
        if not (self.folder / name).is_file():
            raise FileNotFoundError(name)
        if manifest is None:
            self._adopt(name, found)
            return
        status: Status = "failed" if report.damaged else "verified" if report.ok else "flawed"
        self._copies.update(name, verified_at=self._clock(), status=status, problems=report.problems)
        logger.bind(name=name, status=status, problems=list(report.problems[:5])).info("backup_checked")

    def _adopt(self, name: str, found: Verification) -> None:
        """Give a whole copy whose manifest was lost a new one; among the others it counts as the oldest."""
        parsed = self._copies.name_of(name)
        if parsed is None or found.facts is None or found.report.damaged:
            return
        manifest = manifest_of(found, found.facts, name, parsed.kind, parsed.made_at)
        write_manifest(self.folder, manifest.model_copy(update={"verified_at": self._clock()}))
        logger.bind(name=name).warning("backup_manifest_written_anew")

    def _note_failure(self, kind: Kind, error: BackupFailed) -> None:
        """Log every failure, and tell of the first one until a copy succeeds."""
        logger.bind(kind=kind, error=error.detail, reference=error.reference).error("backup_failed")
        if not self._failing:
            self._failing = True
            details = {
                "kind": kind,
                "why": error.detail,
                "advice": error.advice,
                "reference": error.reference,
            }
            self._tell("backup_failed", details)

    def _note_success(self, made: BackupManifest) -> None:
        logger.bind(
            name=made.name,
            kind=made.kind,
            bytes=made.bytes,
            seconds=round(made.seconds, 2),
            status=made.status,
            problems=list(made.problems),
        ).info("backup_made")
        if self._failing:
            self._failing = False
            self._tell("backup_works_again", {"name": made.name, "why": f"{made.name} was made."})
        if not made.counts and not self._flawed:
            self._tell("backup_flawed", {"name": made.name, "why": "; ".join(made.problems[:3])})
        self._flawed = not made.counts

    def _tell(self, kind: str, details: dict[str, Any]) -> None:
        if self._on_alert is not None:
            self._on_alert(kind, details)

    @contextlib.contextmanager
    def _using(self, name: str) -> Iterator[None]:
        """Keep a copy from being pruned."""
        self._used[name] += 1
        try:
            yield
        finally:
            self._used[name] -= 1

    def _remove_leftovers(self) -> None:
        with contextlib.suppress(FileNotFoundError), self._copies.locked() as mine:
            for name in self._copies.remove_leftovers() if mine else ():
                logger.bind(name=name).warning("backup_leftover_removed")


def _is_same(path: Path, other: Path) -> bool:
    return path.resolve() == other.resolve()
